"""One notice costs seconds at most: limits bind alike everywhere, and say that they did."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import pytest

from crawlers.pages.readers import ParseResult
from normalizers import limits
from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_html, read_notice, read_text
from normalizers.text.elements import build
from processing import page_guard
from processing.page_extraction import ParsedPage
from schema.calls import Call
from schema.exchanges import ArchivedExchange, Exchange
from schema.notices import RawNotice, Section
from tests.support.ingesting import FIRST_DAY

SECONDS = 10.0
START = "Bando per le imprese\n\nScadenza: 31/12/2021. Dotazione: 6 milioni di euro.\n\n"


@contextmanager
def seconds_at_most() -> Iterator[None]:
    began = time.process_time()
    yield
    assert time.process_time() - began < SECONDS


def call_of(text: str, language: str = "it") -> Call:
    return normalise(read_text(text), Hints(language=language, languages=(language,)))


def met(call: Call) -> list[str | None]:
    return [issue.detail for issue in call.issues if issue.kind == "page_limit"]


@pytest.mark.parametrize(
    ("name", "unit", "count"),
    [
        ("text", "parola ", 150_000),
        ("marks", "domanda contributo ", 25_000),
        ("dates", "1/1/2020, ", 450),
        ("amounts", "7 euro ", 1_600),
        ("rates", "50% ", 400),
        ("codes", "", 600),
    ],
)
def test_what_goes_beyond_a_limit_says_so_and_the_rest_is_read(
    name: str, unit: str, count: int
) -> None:
    units = unit * count or " ".join(f"RLA1202003{number:04}" for number in range(count))
    with seconds_at_most():
        call = call_of(START + units)
    assert met(call) == [name]
    assert [deadline.moment.on for deadline in call.deadlines] == [date(2021, 12, 31)]
    assert call.budget_total is not None


@pytest.mark.parametrize(
    ("name", "unit", "count"),
    [
        ("markup", "<!-- ", 1_000_000),
        ("elements", "<b>x</b>", 60_000),
        ("depth", "<div>", 300),
        ("attachments", "<a href='a.pdf'>a</a>", 2_100),
    ],
)
def test_markup_goes_beyond_a_limit(name: str, unit: str, count: int) -> None:
    start = "<html><body><h1>Bando</h1><p>Scadenza: 31/12/2021</p>"
    with seconds_at_most():
        original = read_html(start + unit * count)
    assert original.limits == (name,)
    assert original.text.startswith("Bando\nScadenza: 31/12/2021")
    fragment = RawNotice("it_x", "1", "https://x", "Bando", (), (Section(start + unit * count),))
    assert read_notice(fragment).limits == (name,)


def test_a_notice_at_a_limit_is_whole() -> None:
    text = "x" * limits.TEXT
    assert (read_text(text).text, read_text(text).limits) == (text, ())
    assert met(call_of("1/1/2020, " * limits.DATES)) == []
    assert met(call_of("7 euro " * limits.AMOUNTS)) == []


def test_words_below_the_depth_are_kept() -> None:
    beyond: dict[str, None] = {}
    tree = build("<div>" * 1_000 + "<b>deep</b><script>no</script> down" + "</div>" * 1_000, beyond)
    assert tree.text().split() == ["deep", "down"]
    assert list(beyond) == ["depth"]


UNITS = {
    "fr": "questions-réponses cloture  de l'appel du des le 31.12.2021.  profession libérale ",
    "hr": "1.1.2020 rok  podnošenja prijave dostave predaje zaprimanja trajanja   je su iznos, ",
    "it": "1.1.2020, nota, spese ammissibili, resid ",
}


@pytest.mark.parametrize("language", UNITS)
def test_a_sentence_without_end_takes_seconds(language: str) -> None:
    unit = UNITS[language]
    with seconds_at_most():
        call_of(unit * (300_000 // len(unit)), language)


@pytest.mark.parametrize("unit", ["<table><tr><td>", "<dl><dd>", "<ul><li>x", "<b>", "<s>x"])
def test_elements_within_each_other_take_seconds(unit: str) -> None:
    with seconds_at_most():
        read_html(unit * (1_000_000 // len(unit)))


def test_a_page_of_too_many_notices_is_read_so_far(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(page_guard, "MOST_NOTICES", 3)
    exchange = Exchange("it_x", "register", "https://x", FIRST_DAY, 200, b"")
    raw = [RawNotice("it_x", str(number), "https://x", "Bando") for number in range(5)]
    found = ParsedPage.of(ArchivedExchange("it_x-1", 1, exchange), ParseResult(tuple(raw)))
    assert [each.source_id for each in found.notices] == ["0", "1", "2"]
    assert [issue.kind for issue in found.issues] == ["page_limit"]
