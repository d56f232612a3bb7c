"""What may be called a change, and what may not: the words of an event must be trustworthy."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given, settings

from processing.changes import compare, settle
from schema.calls import (
    Absence,
    ApplicantType,
    Call,
    Deadline,
    DeadlineKind,
    DeadlineRole,
    Document,
    Moment,
    Status,
    Text,
)
from schema.events import Change, EventKind
from schema.fields import KEY_FIELDS
from schema.findings import Basis
from schema.money import Money
from storage.wording import value_text
from tests.support.calls import FULL, calls, changed, deadlines, on, proof, without

SEEN = datetime(2021, 1, 15, 8, tzinfo=UTC)
CUT_OFFS = replace(
    FULL,
    deadlines=deadlines(on(2021, 1, 10), on(2021, 6, 1), role=DeadlineRole.CUT_OFF),
    deadline_kind=DeadlineKind.MULTIPLE,
)


def kinds(old: Call, new: Call, seen_at: datetime = SEEN) -> list[tuple[EventKind, str | None]]:
    return [(change.kind, change.field) for change in compare(old, new, seen_at)]


@settings(max_examples=40)
@given(calls)
def test_nothing_changes_between_a_call_and_itself(call: Call) -> None:
    assert compare(call, call, SEEN) == []
    assert settle(call, call, "n-x.1") == (call, ())


def test_an_empty_condition_is_no_change() -> None:
    one, blank = Text("Sede in Lombardia.", "it"), Text(" ", "it")
    before, after = (replace(FULL, conditions=each) for each in ((one,), (one, blank)))
    assert compare(before, after, SEEN) == []


@settings(max_examples=40)
@given(calls, calls)
def test_no_event_reports_an_empty_value_or_twice_the_same(old: Call, new: Call) -> None:
    changes = compare(old, new, SEEN)
    assert len(set(changes)) == len(changes)
    for change in changes:
        assert change.new_value
        same = change.old_value == change.new_value
        assert not same or change.field in ("deadlines", "is_call")
        assert change.kind is EventKind.CORRECTED or change.old_value or change.field


@settings(max_examples=40)
@given(calls, calls)
def test_a_known_value_is_never_lost(known: Call, read: Call) -> None:
    settled, issues = settle(known, read, "n-x.1")
    for field in KEY_FIELDS:
        before, now = value_text(getattr(known, field)), value_text(getattr(settled, field))
        if before and read.absence.get(field) is not Absence.NOT_APPLICABLE:
            assert now
        if before and not value_text(getattr(read, field)) and now:
            assert now == before
            assert any(issue.field == field for issue in issues)
            assert field not in settled.absence


@settings(max_examples=40)
@given(calls, calls)
def test_settling_again_changes_nothing(known: Call, read: Call) -> None:
    settled, _ = settle(known, read, "n-x.1")
    assert settle(settled, settled, "n-x.2") == (settled, ())


def test_an_extension_names_both_dates_and_both_quotes() -> None:
    new = changed(FULL, {"deadlines": "2 marzo 2021"}, deadlines=deadlines(on(2021, 3, 2)))
    assert compare(FULL, new, SEEN) == [
        Change(
            EventKind.DEADLINE_EXTENDED,
            "deadlines",
            "2021-02-02T17:00",
            "2021-03-02",
            "2 febbraio 2021, ore 17.00",
            "2 marzo 2021",
        )
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (on(2021, 2, 2), on(2021, 3, 2), [(EventKind.DEADLINE_EXTENDED, "deadlines")]),
        (on(2021, 3, 2), on(2021, 2, 2), [(EventKind.DEADLINE_SHORTENED, "deadlines")]),
        # extended after it had passed: still an extension
        (on(2021, 1, 10), on(2021, 2, 10), [(EventKind.DEADLINE_EXTENDED, "deadlines")]),
        # an hour added to the same day, or another zone: no extension
        (on(2021, 2, 2), on(2021, 2, 2, at="17:00"), [(EventKind.CORRECTED, "deadlines")]),
        (on(2021, 2, 2, at="17:00"), on(2021, 2, 2), [(EventKind.CORRECTED, "deadlines")]),
        (
            on(2021, 2, 2, at="17:00"),
            replace(on(2021, 2, 2, at="17:00"), zone="Europe/Lisbon"),
            [(EventKind.CORRECTED, "deadlines")],
        ),
        # another hour, both printed: five hours more are five hours more
        (
            on(2021, 2, 2, at="12:00"),
            on(2021, 2, 2, at="17:00"),
            [(EventKind.DEADLINE_EXTENDED, "deadlines")],
        ),
        # a page that falls back to an older date after the last has passed
        (on(2021, 1, 10), on(2020, 12, 10), []),
    ],
)
def test_one_deadline(
    old: Moment, new: Moment, expected: list[tuple[EventKind, str | None]]
) -> None:
    before = replace(FULL, deadlines=deadlines(old))
    assert kinds(before, replace(FULL, deadlines=deadlines(new))) == expected


def test_a_cut_off_that_passed_and_left_the_page_is_no_change() -> None:
    new = replace(CUT_OFFS, deadlines=CUT_OFFS.deadlines[1:])
    assert kinds(CUT_OFFS, new) == []
    assert kinds(new, CUT_OFFS) == []


def test_a_further_cut_off_extends_the_call() -> None:
    moments = (on(2021, 6, 1), on(2021, 9, 1))
    new = replace(CUT_OFFS, deadlines=deadlines(*moments, role=DeadlineRole.CUT_OFF))
    (change,) = compare(CUT_OFFS, new, SEEN)
    assert change.kind is EventKind.DEADLINE_EXTENDED
    assert (change.old_value, change.new_value) == ("2021-06-01 (cut-off)", "2021-09-01 (cut-off)")


def test_a_single_deadline_that_becomes_the_first_of_two_is_an_extension() -> None:
    new = replace(
        FULL,
        deadlines=deadlines(on(2021, 2, 2, at="17:00"), on(2021, 5, 2), role=DeadlineRole.CUT_OFF),
    )
    assert kinds(FULL, new) == [(EventKind.DEADLINE_EXTENDED, "deadlines")]


def test_a_future_cut_off_dropped_between_others_is_a_correction() -> None:
    role = DeadlineRole.CUT_OFF
    old = replace(FULL, deadlines=deadlines(on(2021, 3, 1), on(2021, 6, 1), role=role))
    new = replace(FULL, deadlines=deadlines(on(2021, 6, 1), role=role))
    assert kinds(old, new) == [(EventKind.CORRECTED, "deadlines")]


def test_each_stage_has_its_own_extension() -> None:
    def stages(first: Moment, second: Moment) -> Call:
        return replace(
            FULL,
            deadlines=(
                Deadline(first, DeadlineRole.STAGE_1),
                Deadline(second, DeadlineRole.STAGE_2),
            ),
        )

    old = stages(on(2021, 3, 1), on(2021, 9, 1))
    new = stages(on(2021, 4, 1), on(2021, 9, 1))
    (change,) = compare(old, new, SEEN)
    assert change.kind is EventKind.DEADLINE_EXTENDED
    assert (change.old_value, change.new_value) == ("2021-03-01 (stage-1)", "2021-04-01 (stage-1)")


def test_a_date_worked_out_before_and_printed_now_is_a_correction() -> None:
    old = replace(FULL, deadlines=(Deadline(on(2021, 2, 1), basis=Basis.DERIVED),))
    new = replace(FULL, deadlines=deadlines(on(2021, 2, 9)))
    assert kinds(old, new) == [(EventKind.CORRECTED, "deadlines")]


def test_a_call_that_turns_rolling_is_a_correction() -> None:
    new = replace(
        without(FULL, "deadlines", why=Absence.NOT_APPLICABLE), deadline_kind=DeadlineKind.ROLLING
    )
    settled, issues = settle(FULL, new, "n-x.1")
    assert (settled, issues) == (new, ())
    (change,) = compare(FULL, settled, SEEN)
    assert (change.kind, change.new_value) == (EventKind.CORRECTED, "rolling")


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("6000000 EUR", "8000000 EUR", [(EventKind.BUDGET_CHANGED, "budget_total")]),
        ("6000000 EUR", "6000000.00 EUR", []),
        ("7534500 HRK", "1000000 EUR", [(EventKind.CORRECTED, "budget_total")]),
        ("7534500 HRK", "2000000 EUR", [(EventKind.BUDGET_CHANGED, "budget_total")]),
        ("6000000 EUR", "6000000 USD", [(EventKind.BUDGET_CHANGED, "budget_total")]),
        (None, "6000000 EUR", [(EventKind.CORRECTED, "budget_total")]),
    ],
)
def test_budgets(old: str | None, new: str, expected: list[tuple[EventKind, str | None]]) -> None:
    def money(text: str | None) -> Money | None:
        if text is None:
            return None
        amount, currency = text.split()
        return Money(Decimal(amount), currency)

    before = replace(FULL, budget_total=money(old))
    assert kinds(before, replace(FULL, budget_total=money(new))) == expected


def test_a_value_no_longer_printed_is_kept_with_its_evidence_and_an_issue() -> None:
    read = without(FULL, "budget_total", "deadlines")
    settled, issues = settle(FULL, read, "n-abcdefghij.2")
    assert settled.budget_total == FULL.budget_total
    assert settled.deadlines == FULL.deadlines
    assert settled.deadline_kind is DeadlineKind.FIXED
    assert settled.evidence["budget_total"] == (proof("6.000.000 euro", source="n-abcdefghij.2"),)
    assert "budget_total" not in settled.absence
    assert [issue.field for issue in issues] == ["deadlines", "budget_total"]
    assert all(issue.kind == "no_longer_printed" for issue in issues)
    assert compare(FULL, settled, SEEN) == []
    again, _ = settle(settled, read, "n-abcdefghij.3")
    assert again.evidence["budget_total"][0].source == "n-abcdefghij.2"


def test_a_year_worked_out_anew_from_the_same_words_is_no_extension() -> None:
    words = proof("entro il 31 marzo", basis=Basis.DERIVED)
    evidence = {**FULL.evidence, "deadlines": (words,)}
    old = replace(
        FULL, deadlines=(Deadline(on(2021, 3, 31), basis=Basis.DERIVED),), evidence=evidence
    )
    new = replace(old, deadlines=(Deadline(on(2022, 3, 31), basis=Basis.DERIVED),))
    settled, _ = settle(old, new, "n-x.1")
    assert settled.deadlines == old.deadlines
    # but a page that says something else as well may mean another year
    other = changed(new, {"published_on": "1 febbraio 2022"}, published_on=date(2022, 2, 1))
    settled, _ = settle(old, other, "n-x.1")
    assert settled.deadlines == other.deadlines


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        (Status.OPEN, Status.CLOSED, [(EventKind.CLOSED_EARLY, "declared_status")]),
        (None, Status.CLOSED, [(EventKind.CLOSED_EARLY, "declared_status")]),
        (Status.CLOSED, Status.OPEN, [(EventKind.REOPENED, "declared_status")]),
        (Status.FORTHCOMING, Status.OPEN, []),
        (Status.OPEN, None, []),
    ],
)
def test_the_portal_s_word_before_the_deadline(
    old: Status | None, new: Status | None, expected: list[tuple[EventKind, str | None]]
) -> None:
    before = replace(FULL, declared_status=old)
    assert kinds(before, replace(FULL, declared_status=new)) == expected


def test_closing_at_the_deadline_is_not_early() -> None:
    after = datetime(2021, 2, 3, tzinfo=UTC)
    assert kinds(FULL, replace(FULL, declared_status=Status.CLOSED), after) == []


def test_money_that_ran_out_closes_early() -> None:
    rolling = replace(
        without(FULL, "deadlines", why=Absence.NOT_APPLICABLE),
        deadline_kind=DeadlineKind.UNTIL_EXHAUSTED,
    )
    expected = [(EventKind.CLOSED_EARLY, "declared_status")]
    assert kinds(rolling, replace(rolling, declared_status=Status.CLOSED)) == expected


def test_an_extension_after_the_end_reopens_once() -> None:
    closed = replace(FULL, declared_status=Status.CLOSED)
    new = replace(FULL, deadlines=deadlines(on(2021, 4, 1)))
    after = datetime(2021, 2, 10, tzinfo=UTC)
    assert kinds(closed, new, after) == [(EventKind.DEADLINE_EXTENDED, "deadlines")]


def test_an_announcement_that_becomes_a_call_is_new_and_nothing_else() -> None:
    old = replace(without(FULL, "deadlines"), is_call=False, is_call_reason="consultation")
    assert compare(old, FULL, SEEN) == [Change(EventKind.NEW, "is_call", "consultation", "call")]


def test_a_call_whose_page_turns_into_results_is_corrected() -> None:
    new = replace(FULL, is_call=False, is_call_reason="result")
    (change,) = compare(FULL, new, SEEN)
    assert (change.kind, change.field) == (EventKind.CORRECTED, "is_call")
    assert (change.old_value, change.new_value) == ("call", "result")


@pytest.mark.parametrize(
    "new",
    [
        replace(FULL, title=Text("  Bando  per reti\nd'impresa ", "it")),
        replace(FULL, codes=("RLA12020034211",)),
        replace(FULL, summary=Text("Altre parole.", "it"), contacts=("info@example.org",)),
        replace(FULL, evidence={field: (proof("x", 9),) for field in FULL.evidence}),
    ],
)
def test_white_space_order_and_prose_are_no_events(new: Call) -> None:
    assert compare(FULL, new, SEEN) == []


def test_order_of_a_list_does_not_matter_but_its_members_do() -> None:
    old = replace(FULL, codes=("A-1", "B-2"))
    assert kinds(old, replace(old, codes=("B-2", "A-1"))) == []
    assert kinds(old, replace(old, codes=("B-2", "C-3"))) == [(EventKind.CORRECTED, "codes")]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("title", Text("Bando per reti e distretti", "it")),
        ("expected_projects", 20),
        ("grant_max", Money(Decimal(50_000), "EUR")),
        ("opens_at", on(2020, 11, 10)),
        ("applicant_types", (ApplicantType.SME, ApplicantType.CLUSTER)),
        ("conditions", (Text("Sede in Lombardia.", "it"),)),
        ("documents", (Document("Rettifica"),)),
        ("intensity_max_pct", 75.0),
    ],
)
def test_every_other_value_that_is_new_or_different_is_a_correction(
    field: str, value: object
) -> None:
    (change,) = compare(FULL, replace(FULL, **{field: value}), SEEN)
    assert (change.kind, change.field) == (EventKind.CORRECTED, field)
    assert change.new_value == value_text(value)


def test_one_page_may_change_in_several_ways() -> None:
    new = replace(
        FULL,
        deadlines=deadlines(on(2021, 2, 2, at="17:00"), on(2021, 5, 1)),
        budget_total=Money(Decimal(9_000_000), "EUR"),
        programme="SMP",
    )
    assert kinds(FULL, new, SEEN - timedelta(days=30)) == [
        (EventKind.DEADLINE_EXTENDED, "deadlines"),
        (EventKind.BUDGET_CHANGED, "budget_total"),
        (EventKind.CORRECTED, "programme"),
    ]
