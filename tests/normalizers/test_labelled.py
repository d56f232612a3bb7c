"""Values that stand alone under a label that the portal's TOML explains."""

from datetime import date, time
from decimal import Decimal

import pytest

from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_notice
from schema.calls import Absence, Call, DeadlineKind, DeadlineRole
from schema.findings import Basis
from schema.money import Money
from schema.notices import RawNotice, Section

LABELS = {
    "identifier": "codes",
    "reference": "ignore",
    "opens": "opens_at",
    "deadlineDate": "deadlines",
    "deadlineModel": "deadline_kind",
    "budget": "budget_total",
    "maximum": "grant_max",
    "grants": "expected_projects",
    "office": "issuer",
    "published": "published_on",
    "Fonti di finanziamento": "programme",
    "who": "applicant_types",
    "where": "eligible_areas",
    "Dotazione finanziaria": "budget_total",
    "Regime di Aiuto di Stato": "ignore",
}


def read(*labelled: tuple[str, str], sections: tuple[Section, ...] = (), **hints: object) -> Call:
    raw = RawNotice(
        "it_test", "1", "https://example.org/1", "Bando per le filiere", labelled, sections
    )
    given = Hints(
        language="it",
        labels=LABELS,
        zone="Europe/Rome",
        only_calls=True,
        **hints,  # type: ignore[arg-type]
    )
    original = read_notice(raw)
    call = normalise(original, given)
    for proofs in call.evidence.values():
        for proof in proofs:
            assert proof.quote == proof.span.quote(original.text)
    return call


def test_moments_of_an_interface_are_read_and_midnight_is_no_hour() -> None:
    call = read(
        ("opens", "2020-09-15T00:00:00.000"),
        ("deadlineDate", "2020-11-30T17:00:00.000+0000"),
    )
    assert call.opens_at is not None
    assert (call.opens_at.on, call.opens_at.at) == (date(2020, 9, 15), None)
    (deadline,) = call.deadlines
    assert (deadline.moment.on, deadline.moment.at) == (date(2020, 11, 30), time(17))
    assert deadline.moment.zone == "Europe/Rome"
    assert call.deadline_kind is DeadlineKind.FIXED
    assert call.evidence["deadlines"][0].quote.startswith("deadlineDate: 2020-11-30")


def test_two_stages_have_their_roles() -> None:
    call = read(
        ("deadlineDate", "2026-10-08T00:00:00.000+0000"),
        ("deadlineDate", "2027-04-21T00:00:00.000+0000"),
        ("deadlineModel", "two-stage"),
    )
    assert [each.role for each in call.deadlines] == [DeadlineRole.STAGE_1, DeadlineRole.STAGE_2]
    assert call.deadline_kind is DeadlineKind.MULTIPLE


def test_the_label_wins_over_prose_that_tells_the_old_deadline() -> None:
    body = Section("<p>Il termine per le domande, già fissato al 30/11/2020, è prorogato.</p>")
    call = read(("deadlineDate", "15/12/2020 , ore 17:00"), sections=(body,))
    assert [each.moment.isoformat() for each in call.deadlines] == ["2020-12-15T17:00"]


@pytest.mark.parametrize(
    ("printed", "money"),
    [
        ("26.500.000,00", Money(Decimal("26500000.00"), "EUR")),
        ("8000000 EUR (2020)", Money(Decimal(8000000), "EUR")),
        ("€ 250.000", Money(Decimal(250000), "EUR")),
        ("1.500.000,00 HRK", Money(Decimal("1500000.00"), "HRK")),
    ],
)
def test_a_bare_amount_under_a_budget_label(printed: str, money: Money) -> None:
    call = read(("budget", printed))
    assert call.budget_total == money
    heading = Section(f"<p>{printed}</p>", "Dotazione finanziaria")
    assert read(sections=(heading,)).budget_total == money


def test_figures_of_several_years_are_summed_and_marked_derived() -> None:
    call = read(("budget", "8000000 EUR (2026)"), ("budget", "6000000 EUR (2027)"))
    assert call.budget_total == Money(Decimal(14000000), "EUR")
    assert {proof.basis for proof in call.evidence["budget_total"]} == {Basis.DERIVED}


def test_what_stands_under_an_ignored_label_is_never_read() -> None:
    heading = Section("<p>RLA12020034211, 6 milioni di euro</p>", "Regime di Aiuto di Stato")
    call = read(("reference", "COS-TOURINN-2020-3-04"), sections=(heading,))
    assert call.codes == ()
    assert call.budget_total is None
    assert call.absence["codes"] is Absence.NOT_FOUND


def test_codes_of_labels_come_first_and_each_once() -> None:
    body = Section("<p>Bando RLA12020034211 (COS-CLUSTER-2020-3-03).</p>")
    call = read(("identifier", "RLA12020034211"), sections=(body,))
    assert call.codes == ("RLA12020034211", "COS-CLUSTER-2020-3-03")
    assert len(call.evidence["codes"]) == 2


def test_numbers_and_names() -> None:
    call = read(("grants", "8"), ("maximum", "1000000 EUR"), ("office", "Regione Lombardia"))
    assert call.expected_projects == 8
    assert call.grant_max == Money(Decimal(1000000), "EUR")
    assert call.issuer == "Regione Lombardia"


@pytest.mark.parametrize("printed", ["2020-13-45T00:00:00", "n.d.", "", "99.99.9999", "∞"])
def test_a_value_that_is_none_is_left_out_without_a_crash(printed: str) -> None:
    call = read(("deadlineDate", printed), ("budget", printed), ("grants", printed))
    assert call.deadlines == ()
    assert call.budget_total is None


@pytest.mark.parametrize(
    ("printed", "programme"),
    [("Risorse regionali", None), ("Fondo Rilancio Filiere", "Fondo Rilancio Filiere")],
)
def test_own_money_is_no_programme(printed: str, programme: str | None) -> None:
    call = read(("Fonti di finanziamento", printed))
    assert call.programme == programme
    assert ("programme" in call.absence) is (programme is None)


def test_a_portal_of_calls_needs_no_words_to_say_so() -> None:
    assert read(("identifier", "X-1")).is_call


def test_the_same_pair_in_head_and_foot_is_one_figure() -> None:
    assert read(("budget", "500000 EUR"), ("budget", "500000 EUR")).budget_total == Money(
        Decimal(500000), "EUR"
    )


@pytest.mark.parametrize(
    ("printed", "money"),
    [("$100,000", Money(Decimal(100000), "USD")), ("£ 2,500.50", Money(Decimal("2500.50"), "GBP"))],
)
def test_signs_and_groups_of_other_countries(printed: str, money: Money) -> None:
    raw = RawNotice("us_test", "1", "https://example.org/1", "Grants", (("budget", printed),))
    call = normalise(read_notice(raw), Hints(language="en", labels=LABELS, only_calls=True))
    assert call.budget_total == money


def test_one_printed_value_feeds_one_field() -> None:
    call = read(("published", "03/03/2025"), ("budget", "750000 EUR"))
    assert call.published_on == date(2025, 3, 3)
    assert call.deadlines == ()
    assert (call.grant_min, call.grant_max) == (None, None)


def test_the_hour_that_only_the_prose_prints_is_kept() -> None:
    body = Section("<p>Le domande vanno inviate entro le ore 12.00 del 23/06/2026.</p>")
    call = read(("deadlineDate", "2026-06-23T00:00:00"), sections=(body,))
    assert [each.moment.isoformat() for each in call.deadlines] == ["2026-06-23T12:00"]


def test_kinds_of_applicants_and_places_under_their_labels() -> None:
    call = read(("who", "Imprese; Associazioni"), ("where", "ES24 - ARAGON; Lombardia"))
    assert {"enterprise_any", "ngo"} <= set(call.applicant_types)
    assert call.eligible_areas == ("ES24", "Lombardia")


def test_the_portals_own_issuer_stands_above_names_in_prose() -> None:
    body = Section("<p>La Regione ha pubblicato il bando.</p>")
    assert read(sections=(body,), issuer="Regione Sardegna").issuer == "Regione Sardegna"
    named = read(("office", "Sardegna Ricerche"), issuer="Regione Sardegna")
    assert named.issuer == "Sardegna Ricerche"
