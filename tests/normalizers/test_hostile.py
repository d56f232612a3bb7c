"""Hostile input: nothing crashes, every span quotes the text, and time stays linear."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from exports.extracts import render_extract
from normalizers.lexicon import languages
from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_html, read_text
from normalizers.text.blocks import SourceText
from schema.calls import Call
from schema.fields import KEY_FIELDS

FRAGMENTS = st.sampled_from(
    [
        "Rok za prijavu: ", "15. travnja 2021.", "do ", "od 1. do 31. ožujka 2021.", "€ ", "1.000,00",  # noqa: E501
        " milijuna eura", "entro il 31/12/2023", "dal 1 al 31 marzo", "ore 24.00", "29. IX. 2015.",
        "31. 2. 2021.", "99/99/9999", "\n\n", "\n• ", ":", "(", ")", "%", "50 % ", "KK.03.2.1.19",
        "İ", "ﬁ", "\u200b", "\x00", "\ud7ff", "ß", "Beneficiari: ", "imprese", "osim ", "https://a.b/2020-01-01",
    ]
)  # fmt: skip
NOTICES = st.one_of(st.text(max_size=300), st.lists(FRAGMENTS, max_size=25).map("".join))
QUIET = settings(max_examples=150, suppress_health_check=[HealthCheck.too_slow])


def check(original: SourceText, call: Call) -> None:
    for name, proofs in call.evidence.items():
        for proof in proofs:
            assert proof.span.quote(original.text) == proof.quote, name
    for name in KEY_FIELDS:
        empty = getattr(call, name) in (None, (), "")
        assert (name in call.absence) == empty, name
        assert empty or name in call.evidence, name
    for block in original.blocks:
        assert 0 <= block.span.start <= block.span.end <= len(original.text)
    render_extract(call, "x")


@QUIET
@given(NOTICES, st.sampled_from(languages()))
def test_any_text_is_read(text: str, language: str) -> None:
    original = read_text(text)
    check(original, normalise(original, Hints(language=language, languages=(language,))))


@QUIET
@given(
    st.lists(
        st.one_of(
            FRAGMENTS,
            st.sampled_from(
                ["<p>", "<table><tr><td>", "</td>", "<li>", "<s>", "<dl><dt>", "<h1>", "<"]
            ),
        ),
        max_size=25,
    ).map("".join)
)
def test_any_html_is_read(html: str) -> None:
    original = read_html(html)
    check(original, normalise(original, Hints()))


@pytest.mark.parametrize(
    "unit",
    [
        "a", "1", "1.", "1,", "1 ", " ", "\n", "(", "€ ", "€ 1", "od 1. do ", "1. i ", "do ", "rok ",  # noqa: E501
        "dal 1 al ", "A-", "A-2020-", "KK.1.", "1.1.2020 ", "1.000", "un milione e ", "50% ", ": ",
        "a:\n", "• a\n", "imprese ", "possono presentare domanda ", "codice ", "Codice: A1.", "fino a ",  # noqa: E501
        "entro le ore 12 del ", "- ", "ore ", "Ministarstvo za ", "1 marzo e ", "x" * 60 + " ", "bando. ",  # noqa: E501
    ],
)  # fmt: skip
def test_a_hundred_kilobytes_take_less_than_a_second(unit: str) -> None:
    text = (unit * (100_000 // len(unit) + 1))[:100_000]
    for language in ("hr", "it"):
        normalise(read_text("rok 1.1.2020"), Hints(languages=(language,)))  # compile first
        taken = []
        for _ in range(2):  # the first may still import or compile something
            started = time.process_time()
            normalise(read_text(text), Hints(languages=(language,)))
            taken.append(time.process_time() - started)
        assert min(taken) < 1.0


@pytest.mark.parametrize("digits", [16, 30, 60, 400])
def test_a_number_of_more_digits_than_any_money_has_is_no_amount(digits: int) -> None:
    text = f"Višina sredstev znaša {'2' * digits},03 tis evri. Kn {'7' * digits}. 85 %."
    for language in languages():
        original = read_text(text)
        check(original, normalise(original, Hints(language=language, languages=(language,))))
