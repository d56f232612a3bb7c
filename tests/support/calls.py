"""Calls for tests: one that has everything, and any that can be."""

import types
import typing
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from enum import Enum
from typing import Any

from hypothesis import strategies as st

from schema.calls import (
    Absence,
    ApplicantType,
    Call,
    Consortium,
    Deadline,
    DeadlineKind,
    DeadlineRole,
    Document,
    Moment,
    Status,
    Text,
    TextStatus,
)
from schema.fields import FIELDS, KEY_FIELDS
from schema.findings import Basis, Evidence
from schema.issues import Issue, Severity
from schema.money import Money
from schema.spans import Span


def proof(quote: str, start: int = 0, source: str | None = None, **changes: Any) -> Evidence:
    """Return evidence whose span is as long as its quote."""
    span = Span(start, start + len(quote))
    return Evidence(quote, span, rule="it:test", source=source, **changes)


def on(year: int, month: int, day: int, *, at: str | None = None) -> Moment:
    """Return a moment in Rome."""
    hour = time.fromisoformat(at) if at else None
    return Moment(date(year, month, day), hour, "Europe/Rome")


def deadlines(*moments: Moment, role: DeadlineRole = DeadlineRole.SINGLE) -> tuple[Deadline, ...]:
    """Return stated deadlines of one role."""
    return tuple(Deadline(moment, role) for moment in moments)


FULL = Call(
    is_call=True,
    is_call_reason="call",
    language="it",
    title=Text("Bando per reti d'impresa", "it"),
    summary=Text("Sostegno alle reti.", "it"),
    codes=("RLA12020034211",),
    programme="COSME",
    issuer="Regione Lombardia",
    published_on=date(2020, 11, 9),
    opens_at=on(2020, 11, 9),
    deadlines=deadlines(on(2021, 2, 2, at="17:00")),
    deadline_kind=DeadlineKind.FIXED,
    budget_total=Money(Decimal(6_000_000), "EUR"),
    expected_projects=12,
    applicant_types=(ApplicantType.CLUSTER,),
    consortium=Consortium(3, 3),
    declared_status=Status.OPEN,
    evidence={
        "codes": (proof("RLA12020034211"),),
        "programme": (proof("COSME"),),
        "issuer": (proof("Regione Lombardia"),),
        "published_on": (proof("9 novembre 2020"),),
        "opens_at": (proof("dal 9 novembre 2020"),),
        "deadlines": (proof("2 febbraio 2021, ore 17.00"),),
        "budget_total": (proof("6.000.000 euro"),),
        "expected_projects": (proof("circa 12 progetti"),),
        "applicant_types": (proof("cluster"),),
    },
    absence={
        "grant_min": Absence.NOT_FOUND,
        "grant_max": Absence.NOT_FOUND,
        "intensity_max_pct": Absence.NOT_PUBLISHED,
        "eligible_areas": Absence.NOT_FOUND,
    },
)
"""A call in the likeness of the Lombardy seed."""


def changed(call: Call, quotes: dict[str, str] | None = None, **values: Any) -> Call:
    """Return the call with other values, and the words that print them."""
    evidence = dict(call.evidence) | {
        field: (proof(quote),) for field, quote in (quotes or {}).items()
    }
    return replace(call, **values, evidence=evidence)


def without(call: Call, *fields: str, why: Absence = Absence.NOT_FOUND) -> Call:
    """Return the call as read from a page that does not print some fields."""
    empty = {name: getattr(_EMPTY, name) for name in fields}
    evidence = {name: each for name, each in call.evidence.items() if name not in fields}
    if "deadlines" in fields:
        empty["deadline_kind"] = DeadlineKind.NONE
    absence = {**call.absence, **dict.fromkeys(fields, why)}
    return replace(call, **empty, evidence=evidence, absence=absence)


_EMPTY = Call(is_call=True, is_call_reason="call", language="it", title=Text("", "it"))

words = st.text(st.characters(exclude_characters="\x00", exclude_categories=["Cs"]), max_size=20)
some_words = words.filter(bool)
spans = st.tuples(st.integers(0, 10_000), st.integers(0, 200)).map(
    lambda pair: Span(pair[0], pair[0] + pair[1])
)
dates = st.dates(date(1990, 1, 1), date(2099, 12, 31))
zones = st.sampled_from(["Europe/Rome", "Europe/Zagreb", "UTC", "Atlantic/Azores"])
hours = st.times().map(lambda hour: hour.replace(second=0, microsecond=0, fold=0))
moments = st.builds(Moment, dates, st.none() | hours, zones)
money = st.builds(
    Money,
    st.decimals(0, 10**12, allow_nan=False, allow_infinity=False, places=2),
    st.sampled_from(["EUR", "HRK", "PLN", "USD"]),
)
texts = st.builds(
    Text,
    words,
    st.sampled_from(["it", "hr", "en", "sr-Cyrl"]),
    st.none() | words,
    st.none() | st.just("argos"),
    st.sampled_from(TextStatus),
)
evidence = st.builds(
    Evidence, words, spans, some_words, st.sampled_from(Basis), st.none() | st.just("n-aaaaaaaaaa")
)


def lists(of: Any) -> Any:
    """Return tuples of up to three."""
    return st.lists(of, max_size=3).map(tuple)


_ANY = {
    bool: st.booleans(),
    str: some_words,
    int: st.integers(0, 10_000),
    float: st.floats(0, 100),
    date: dates,
    Moment: moments,
    Money: money,
    Text: texts,
    Deadline: st.builds(Deadline, moments, st.sampled_from(DeadlineRole), st.sampled_from(Basis)),
    Consortium: st.builds(Consortium, st.none() | st.integers(1, 9), st.just(3)),
    Document: st.builds(Document, words, st.none() | words, st.none() | st.just("form")),
}


def _any_value(hint: Any) -> Any:
    """Return any value that the type of a field of ``Call`` allows."""
    inner = typing.get_args(hint)
    if typing.get_origin(hint) is types.UnionType:
        return st.none() | _any_value(inner[0])
    if inner:
        return lists(_any_value(inner[0]))
    return st.sampled_from(hint) if issubclass(hint, Enum) else _ANY[hint]


HINTS = typing.get_type_hints(Call)
calls = st.builds(
    Call,
    **{each.name: _any_value(HINTS[each.name]) for each in FIELDS}
    | {"language": st.sampled_from(["it", "hr", "en"])},
    evidence=st.dictionaries(st.sampled_from(KEY_FIELDS), lists(evidence), max_size=4),
    absence=st.dictionaries(st.sampled_from(KEY_FIELDS), st.sampled_from(Absence), max_size=4),
    issues=lists(st.builds(Issue, st.just("a_kind"), words, st.sampled_from(Severity))),
)
"""Any call that the vocabulary allows, sensible or not."""
