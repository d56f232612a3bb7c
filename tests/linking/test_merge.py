"""Merging: every field from the best source, its words beside it, contradictions spoken about."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from decimal import Decimal

from hypothesis import given, settings
from hypothesis import strategies as st

from linking.clustering import Cluster, LinkedNotice, link
from linking.merge import merge
from schema.calls import (
    Absence,
    Call,
    Deadline,
    DeadlineKind,
    Document,
    Moment,
    Text,
    TextStatus,
)
from schema.fields import KEY_FIELDS
from schema.findings import Basis, Evidence
from schema.issues import Issue
from schema.money import Money
from schema.spans import Span
from tests.support.linked_notices import read_notices


def linked(*names: str, case: str = "cosme_2020") -> Cluster:
    notices = read_notices(case)
    (cluster,) = link(notices[name] for name in names)
    return cluster


def changed(notice: LinkedNotice, **values: object) -> LinkedNotice:
    return replace(notice, call=replace(notice.call, **values))  # type: ignore[arg-type]


def cluster_of(notices: Iterable[LinkedNotice]) -> Cluster:
    (cluster,) = link(notices)
    return cluster


def test_what_a_page_prints_goes_before_what_the_leading_notices_document_says() -> None:
    first, second = linked("it", "hr").notices
    said = Evidence("5.000.000 euro", Span(0, 14), "it:budget-before", source="sha256:0")
    documented = changed(
        first,
        budget_total=Money(Decimal(5_000_000), "EUR"),
        evidence={**first.call.evidence, "budget_total": (said,)},
    )
    printed = changed(
        second,
        budget_total=Money(Decimal(6_000_000), "EUR"),
        evidence={**second.call.evidence, "budget_total": (replace(said, source=None),)},
    )
    call = merge(replace(linked("it", "hr"), notices=(documented, printed)))
    assert call.budget_total == printed.call.budget_total
    assert [each.source for each in call.evidence["budget_total"]] == [printed.notice_id]
    call = merge(replace(linked("it", "hr"), notices=(documented,)))
    assert [each.source for each in call.evidence["budget_total"]] == ["sha256:0"]


def test_the_page_without_facts_is_filled_and_every_source_is_named() -> None:
    call = merge(linked("hr", "it"))

    assert call.codes == ("RLA12020034211", "COS-CLUSTER-2020-3-03")
    assert [deadline.moment.on for deadline in call.deadlines] == [date(2021, 2, 2)]
    assert call.deadline_kind is DeadlineKind.FIXED
    assert call.budget_total == Money(Decimal(6_000_000), "EUR")
    assert call.published_on == date(2020, 11, 9)
    assert call.language == call.title.language == "it"
    for field in ("codes", "deadlines", "budget_total", "published_on", "programme"):
        assert {each.source for each in call.evidence[field]} == {"it"}, field
        assert field not in call.absence
    assert call.absence["grant_max"] is Absence.NOT_FOUND
    assert not call.issues


def test_the_page_goes_before_the_register_and_the_contradiction_is_quoted() -> None:
    call = merge(linked("hr", "it", "it-register"))

    assert [deadline.moment.on for deadline in call.deadlines] == [date(2021, 2, 2)]
    (issue,) = call.issues
    assert (issue.kind, issue.field, issue.portal) == (
        "conflicting_values",
        "deadlines",
        "it_register",
    )
    assert "2021-02-02" in issue.message
    assert "2021-02-09" in issue.message
    assert issue.detail is not None
    assert issue.detail.count("“") == 2


def test_a_stated_value_goes_before_a_derived_one_of_a_better_source() -> None:
    notices = read_notices("cosme_2020")
    guessed = Evidence("entro 60 giorni", Span(0, 15), "it:relative", Basis.DERIVED)
    page = changed(
        notices["it"],
        deadlines=(Deadline(Moment(date(2021, 2, 1)), basis=Basis.DERIVED),),
        evidence={**notices["it"].call.evidence, "deadlines": (guessed,)},
    )
    call = merge(cluster_of([page, notices["it-register"]]))
    assert [deadline.moment.on for deadline in call.deadlines] == [date(2021, 2, 9)]
    assert call.evidence["deadlines"][0].source == "it-register"
    assert [issue.kind for issue in call.issues] == ["conflicting_values"]


def test_an_empty_value_never_replaces_a_known_one() -> None:
    notices = read_notices("cosme_2020")
    silent = changed(
        notices["it"],
        budget_total=None,
        evidence={k: v for k, v in notices["it"].call.evidence.items() if k != "budget_total"},
        absence={**notices["it"].call.absence, "budget_total": Absence.NOT_PUBLISHED},
    )
    amount = Money(Decimal(6_000_000), "EUR")
    register = changed(
        notices["it-register"],
        budget_total=amount,
        evidence={"budget_total": (Evidence("6 milioni", Span(0, 9), "it:money"),)},
        absence={},
    )
    call = merge(cluster_of([silent, register]))
    assert call.budget_total == amount
    assert "budget_total" not in call.absence


def test_the_most_telling_reason_of_absence_is_kept() -> None:
    notices = read_notices("cosme_2020")
    known = notices["it"].call.absence
    silent = changed(notices["it"], absence={**known, "grant_max": Absence.NOT_FOUND})
    telling = changed(notices["hr"], absence={**known, "grant_max": Absence.NOT_PUBLISHED})
    assert merge(cluster_of([silent, telling])).absence["grant_max"] is Absence.NOT_PUBLISHED


def test_a_standing_call_stays_standing_and_a_relays_date_is_reported() -> None:
    notices = read_notices("cosme_2020")
    bare = {k: v for k, v in notices["it"].call.evidence.items() if k != "deadlines"}
    words = (Evidence("a sportello", Span(0, 11), "it:rolling"),)
    rolling = changed(
        notices["it"],
        deadlines=(),
        deadline_kind=DeadlineKind.ROLLING,
        evidence={**bare, "deadlines": words},
        absence={**notices["it"].call.absence, "deadlines": Absence.NOT_APPLICABLE},
    )
    call = merge(cluster_of([rolling, notices["it-register"]]))
    assert call.deadline_kind is DeadlineKind.ROLLING
    assert call.deadlines == ()
    assert call.absence["deadlines"] is Absence.NOT_APPLICABLE
    (issue,) = call.issues
    assert (issue.kind, issue.field) == ("conflicting_values", "deadlines")
    assert "rolling" in issue.message
    assert "2021-02-09" in issue.message


def test_equal_amounts_in_two_currencies_do_not_contradict() -> None:
    notices = read_notices("cosme_2020")
    kuna = changed(notices["it-register"], budget_total=Money(Decimal(45_207_000), "HRK"))
    other = changed(notices["it-register"], budget_total=Money(Decimal(5_000_000), "EUR"))
    assert "budget_total" not in {i.field for i in _issues([notices["it"], kuna])}
    assert "budget_total" in {i.field for i in _issues([notices["it"], other])}


def test_documents_contacts_and_earlier_issues_are_united() -> None:
    notices = read_notices("cosme_2020")
    guide = Document("Guida", "https://x.example/guide.pdf")
    copy = Document("Vodič", "https://x.example/guide.pdf")
    form = Document("Obrazac", "https://x.example/form.pdf")
    doubt = Issue("unknown_status", "the status word “Sospeso” is unknown")
    page = changed(notices["it"], documents=(guide,), contacts=("a@x.example",), issues=(doubt,))
    relay = changed(notices["hr"], documents=(copy, form), contacts=("b@x.example", "a@x.example"))
    call = merge(cluster_of([page, relay]))
    assert call.documents == (guide, form)
    assert call.contacts == ("a@x.example", "b@x.example")
    assert call.issues == (doubt,)


def test_a_better_text_of_a_relay_fills_what_the_lead_lacks() -> None:
    notices = read_notices("cosme_2020")
    summary = Text("Akcija jača klastere.", "hr", "The action.", "argos", TextStatus.TRANSLATED)
    call = merge(cluster_of([notices["it"], changed(notices["hr"], summary=summary)]))
    assert call.summary == summary
    assert call.title.language == "it"


def test_a_single_notice_keeps_everything_it_had() -> None:
    notice = read_notices("cosme_2020")["it"]
    call = merge(cluster_of([notice]))
    named = {
        name: tuple(replace(each, source="it") for each in words)
        for name, words in notice.call.evidence.items()
    }
    assert call == replace(notice.call, evidence=named)


VALUES = st.fixed_dictionaries(
    {},
    optional={
        "budget_total": st.integers(1, 10**9).map(lambda n: Money(Decimal(n), "EUR")),
        "grant_max": st.integers(1, 10**6).map(lambda n: Money(Decimal(n), "EUR")),
        "expected_projects": st.integers(1, 500),
        "issuer": st.sampled_from(["EASME", "Regione"]),
    },
)


def _with(notice: LinkedNotice, values: dict[str, object]) -> LinkedNotice:
    empty = dict.fromkeys(("budget_total", "grant_max", "expected_projects", "issuer"))
    words = {name: (Evidence(str(value), Span(0, 1), "t:x"),) for name, value in values.items()}
    kept = {k: v for k, v in notice.call.evidence.items() if k not in empty}
    absence = {n: Absence.NOT_FOUND for n in KEY_FIELDS if n not in kept and n not in values}
    return changed(notice, **(empty | values), evidence=kept | words, absence=absence)


@settings(max_examples=60)
@given(VALUES, VALUES)
def test_nothing_known_is_lost_and_every_key_field_is_accounted_for(
    page: dict[str, object], register: dict[str, object]
) -> None:
    notices = read_notices("cosme_2020")
    one, other = _with(notices["it"], page), _with(notices["it-register"], register)
    call = merge(cluster_of([one, other]))
    for name in page.keys() | register.keys():
        assert getattr(call, name) == (page | {} if name in page else register)[name]
    _assert_accounted_for(call)


def _assert_accounted_for(call: Call) -> None:
    for name in KEY_FIELDS:
        filled = getattr(call, name) not in (None, ())
        assert filled == (name not in call.absence), name
        if filled:
            assert call.evidence[name], name
            assert all(each.source for each in call.evidence[name])


def _issues(notices: Iterable[LinkedNotice]) -> tuple[Issue, ...]:
    return merge(cluster_of(notices)).issues
