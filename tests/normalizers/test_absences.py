"""Why a field is empty: a value yet to come, a misprinted date, nothing at all."""

import pytest

from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_text
from schema.calls import Absence, Call

ITALIAN = Hints(language="it", languages=("it",))


def read(text: str) -> Call:
    return normalise(read_text("Bando per contributi alle imprese\n" + text), ITALIAN)


@pytest.mark.parametrize(
    ("text", "field"),
    [
        ("La dotazione finanziaria sarà comunicata in seguito.", "budget_total"),
        ("Apertura dello sportello: da definire", "opens_at"),
        ("Per la scadenza si rimanda al bando.", "deadlines"),
        ("L'intensità dell'aiuto è quella indicata nell'avviso.", "intensity_max_pct"),
    ],
)
def test_a_value_that_the_notice_promises_is_not_published(text: str, field: str) -> None:
    call = read("Possono presentare domanda le piccole e medie imprese.\n" + text)
    assert call.absence[field] is Absence.NOT_PUBLISHED


def test_a_promise_counts_only_for_its_own_field() -> None:
    call = read("La dotazione finanziaria sarà comunicata in seguito.")
    assert call.absence["deadlines"] is Absence.NOT_FOUND


@pytest.mark.parametrize("printed", ["31/06/2024", "30.02.2024", "31 novembre 2024"])
def test_a_misprinted_deadline_is_an_issue_and_a_failure(printed: str) -> None:
    call = read(f"Scadenza: {printed}")
    assert call.deadlines == ()
    assert call.absence["deadlines"] is Absence.FAILED
    issues = [issue for issue in call.issues if issue.kind == "misprinted_date"]
    assert [issue.field for issue in issues] == ["deadlines"]


def test_a_misprinted_date_that_is_not_ours_is_no_issue() -> None:
    call = read("Decreto n. 12 del 31/06/2024")
    assert call.issues == ()


def test_doubled_apostrophes_are_shown_as_one_and_quoted_as_printed() -> None:
    call = normalise(read_text("Bando dell''EASME per le imprese\n"), ITALIAN)
    assert call.title.original == "Bando dell'EASME per le imprese"
    assert call.evidence["title"][0].quote == "Bando dell''EASME per le imprese"
