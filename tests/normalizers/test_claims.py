"""What the finders of fields claim: in order, each for its own field, with what lost beside it."""

from dataclasses import fields
from datetime import date

import pytest

from normalizers.claims import Candidate, Claims, prevailing, rank
from normalizers.explanations import explain
from normalizers.fields import kinds, publications
from normalizers.normalise import Hints, claim_fields, normalise, read
from normalizers.source_texts import read_notice, read_text
from schema.calls import Absence, Call
from schema.fields import KEY_FIELDS
from schema.notices import RawNotice, Section

ASSEMBLED = {"language", "documents", "evidence", "absence", "issues"}
"""Fields of a call that are no claim of a finder."""
LABELS = {"scade": "deadlines", "fonte": "programme"}


def notice(*labelled: tuple[str, str], body: str = "") -> RawNotice:
    title = "Bando per le filiere"
    return RawNotice("it_test", "1", "https://example.org/1", title, labelled, (Section(body),))


def candidate(points: float, value: str) -> Candidate[str]:
    return Candidate(points, 0, 0, value, "test")


def test_every_field_of_a_call_has_a_claim() -> None:
    claimed = {each.name for each in fields(Claims)}
    assert claimed == {each.name for each in fields(Call)} - ASSEMBLED


def test_every_step_has_run_when_the_fields_are_claimed() -> None:
    claims = claim_fields(read(read_text("Bando per le imprese"), Hints(language="it")))
    assert [name for name, _ in claims.by_field()] == [each.name for each in fields(Claims)]


def test_a_claim_that_is_asked_for_before_its_step_is_an_error() -> None:
    context = read(read_text("Bando per le imprese"), Hints(language="it"))
    with pytest.raises(AttributeError):
        kinds.claim_kind(context)


def test_the_publication_tells_when_the_notice_was_written() -> None:
    text = "Bando per le imprese\nPubblicato il 10/11/2024\nScadenza: 31 gennaio"
    publication = publications.claim_publication(read(read_text(text), Hints(language="it")))
    assert publication.claim.value == publication.written_on == date(2024, 11, 10)
    call = normalise(read_text(text), Hints(language="it"))
    assert [each.moment.on for each in call.deadlines] == [date(2025, 1, 31)]


def test_a_label_wins_by_its_weight_and_what_lost_is_shown() -> None:
    body = "<p>Le domande vanno inviate entro il 23/06/2026.</p>"
    raw = notice(("scade", "2026-07-01"), body=body)
    lines = explain(read_notice(raw), Hints(language="it", labels=LABELS))
    shown = [line for line in lines if " deadline 20" in line]
    assert shown[0] == "* deadline 2026-07-01 “scade: 2026-07-01” (100.00: label)"
    assert shown[1].startswith("- deadline 2026-06-23")


@pytest.mark.parametrize(
    ("body", "programme"),
    [("<p>Il bando COSME sostiene le filiere.</p>", "COSME"), ("<p>Il bando.</p>", "Fondo unico")],
)
def test_the_label_of_a_programme_weighs_less_than_the_text(body: str, programme: str) -> None:
    raw = notice(("fonte", "Fondo unico"), body=body)
    call = normalise(read_notice(raw), Hints(language="it", labels=LABELS))
    assert call.programme == programme


def test_the_weightier_group_prevails() -> None:
    told = [candidate(2.0, "a"), candidate(3.0, "b")]
    label, weak = [candidate(100.0, "c")], [candidate(-1.0, "d")]
    assert prevailing(label, told) is label
    assert prevailing(weak, told) is told
    assert prevailing(weak, []) is weak
    assert not prevailing([], [])


def test_candidates_are_ranked_by_their_points() -> None:
    found = rank([candidate(5.0, "a")], [candidate(7.0, "b"), candidate(5.0, "c")])
    assert [each.value for each in found] == ["b", "a", "c"]


def test_each_finder_says_why_its_field_is_empty() -> None:
    claims = claim_fields(read(read_text("Bando\nScadenza: 31/06/2024"), Hints(language="it")))
    assert claims.deadlines.absence is Absence.FAILED
    assert [issue.field for issue in claims.deadlines.issues] == ["deadlines"]
    assert claims.opens_at.absence is Absence.NOT_FOUND
    assert claims.opens_at.issues == ()


def test_nothing_applies_to_what_is_no_call() -> None:
    call = normalise(read_text("Graduatoria finale: elenco dei beneficiari"), Hints(language="it"))
    assert not call.is_call
    assert set(call.absence.values()) == {Absence.NOT_APPLICABLE}
    assert set(call.absence) <= set(KEY_FIELDS)
