"""What changed between two versions of a notice, and which differences are no changes.

Both versions must come from the same code (:mod:`processing.progress` sees to it), so a difference
is the portal's. Still, not every difference is news: a date that has passed and left the page,
another order, other white space, or a value that is merely no longer printed say nothing about the
call.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import Any

from schema.calls import (
    Absence,
    Call,
    Deadline,
    DeadlineKind,
    DeadlineRole,
    Moment,
    Status,
)
from schema.events import Change, EventKind
from schema.fields import FIELDS, KEY_FIELDS, OnChange, Shape
from schema.findings import Basis, Evidence
from schema.issues import Issue, Severity
from schema.money import Money
from storage.wording import value_text

_KEPT = tuple(each.name for each in FIELDS if each.is_key or each.is_kept)
_SUBMISSION = {DeadlineRole.SINGLE: "submission", DeadlineRole.CUT_OFF: "submission"}
"""A single deadline that becomes the first of two cut-offs is still the same kind of deadline."""


def settle(known: Call, read: Call, source: str) -> tuple[Call, tuple[Issue, ...]]:
    """Return what is known after a page was read again, and what the page no longer prints.

    A known value is never overwritten by an empty one (law 3), unless the page says that it does
    not apply any more. Its evidence stays and names ``source``, the version that printed it.
    What a document states fills an empty place; that is no reason to forget what a page printed.
    A value that was worked out (a year, say) from words that still stand, on a page that otherwise
    says the same, keeps its first reading: time passing is no change.
    """
    values: dict[str, Any] = {}
    evidence, absence, issues = dict(read.evidence), dict(read.absence), []
    words_stand = all(
        _quotes(known, field) == _quotes(read, field)
        for field in KEY_FIELDS
        if known.evidence.get(field) and read.evidence.get(field)
    )
    for field in _KEPT:
        before, now = getattr(known, field), getattr(read, field)
        if value_text(before) is None or before == now:
            continue
        outranked = _is_of_document(read, field) and not _is_of_document(known, field)
        if value_text(now) is not None and not outranked:
            if words_stand and _is_derived(known, read, field):
                values[field] = before
            continue
        if read.absence.get(field) is Absence.NOT_APPLICABLE:
            continue
        values[field] = before
        absence.pop(field, None)
        evidence[field] = tuple(
            each if each.source else replace(each, source=source)
            for each in known.evidence.get(field, ())
        )
        issues.append(
            Issue(
                "no_longer_printed",
                f"{field}: the page no longer prints {value_text(before)}; it is kept",
                Severity.NOTE,
                field=field,
                detail=_quotes(known, field),
            )
        )
    if "deadlines" in values and (
        read.deadline_kind is DeadlineKind.NONE or _is_of_document(read, "deadlines")
    ):
        evidence.pop("deadline_kind", None)
        values["deadline_kind"] = known.deadline_kind
    if not values:
        return read, ()
    return replace(read, **values, evidence=evidence, absence=absence), tuple(issues)


def compare(old: Call, new: Call, seen_at: datetime) -> list[Change]:
    """Return what happened between two versions, the second of which was fetched at ``seen_at``."""
    if new.is_call and not old.is_call:  # an announcement has become a call: all of it is new
        return [Change(EventKind.NEW, "is_call", old.is_call_reason, new.is_call_reason)]
    changes = _deadline_changes(old, new, seen_at)
    changes += _budget_changes(old, new)
    for field in FIELDS:
        if field.on_change is not OnChange.CORRECTION:
            continue
        before, after = getattr(old, field.name), getattr(new, field.name)
        if value_text(after) is None:
            continue
        if value_text(before) is not None and _is_same(field.shape, before, after):
            continue
        changes.append(_change(EventKind.CORRECTED, field.name, old, new))
    changes += _standing_changes(old, new, seen_at, changes)
    if old.is_call and not new.is_call:
        reasons = old.is_call_reason, new.is_call_reason
        changes.append(Change(EventKind.CORRECTED, "is_call", *reasons))
    return changes


def _deadline_changes(old: Call, new: Call, seen_at: datetime) -> list[Change]:
    if not new.deadlines:
        return _kind_changes(old, new)
    if not old.deadlines:
        return [_change(EventKind.CORRECTED, "deadlines", old, new)]
    kept = {deadline.moment for deadline in old.deadlines} & {
        deadline.moment for deadline in new.deadlines
    }
    before = _by_family(old.deadlines)
    after = _by_family(new.deadlines)
    changes, explained = [], set[str]()
    for family in before.keys() & after.keys():
        was, now = _last(before[family]), _last(after[family])
        if was.moment == now.moment:
            continue
        kind = _move(was, now, seen_at)
        if kind is None:
            continue
        explained.add(family)
        changes.append(_change(kind, "deadlines", old, new, value_text(was), value_text(now)))
    changes.sort(key=lambda change: (change.new_value or "", change.kind))
    unexplained = [
        deadline
        for deadline in (*old.deadlines, *new.deadlines)
        if deadline.moment not in kept
        and deadline.moment.ends_at() >= seen_at
        and _family(deadline) not in explained
    ]
    if unexplained:
        changes.append(_change(EventKind.CORRECTED, "deadlines", old, new))
    return changes


def _move(was: Deadline, now: Deadline, seen_at: datetime) -> EventKind | None:
    """Tell what the move of the last deadline of its kind means; ``None`` if nothing."""
    later = now.moment.ends_at() > was.moment.ends_at()
    if not later and was.moment.ends_at() < seen_at:
        return None  # the last one had passed and left the page
    if Basis.DERIVED in (was.basis, now.basis) and was.basis is not now.basis:
        return EventKind.CORRECTED  # worked out before, printed now: the portal may have meant it
    if _is_same_hour(was.moment, now.moment):
        return EventKind.CORRECTED
    return EventKind.DEADLINE_EXTENDED if later else EventKind.DEADLINE_SHORTENED


def _is_same_hour(was: Moment, now: Moment) -> bool:
    """Tell whether an hour was only added, dropped or put into another zone."""
    return was.on == now.on and (was.at is None or now.at is None or was.at == now.at)


def _kind_changes(old: Call, new: Call) -> list[Change]:
    """Note a call that had dates and now has none: rolling, or while the money lasts."""
    if old.deadlines and new.deadline_kind.is_open_ended:
        return [_change(EventKind.CORRECTED, "deadlines", old, new, None, new.deadline_kind.value)]
    return []


def _budget_changes(old: Call, new: Call) -> list[Change]:
    was, now = old.budget_total, new.budget_total
    if now is None or was == now:
        return []
    if was is None or _is_conversion(was, now):
        return [_change(EventKind.CORRECTED, "budget_total", old, new)]
    return [_change(EventKind.BUDGET_CHANGED, "budget_total", old, new)]


def _is_conversion(was: Money, now: Money) -> bool:
    """Tell whether the same sum is printed in another currency (kuna to euro), give or take 1."""
    before, after = was.in_eur(), now.in_eur()
    if was.currency == now.currency or before is None or after is None:
        return False
    return abs(before.amount - after.amount) <= 1


def _standing_changes(
    old: Call, new: Call, seen_at: datetime, changes: Iterable[Change]
) -> list[Change]:
    """Return what the portal's own word tells beyond the dates."""
    was, now = old.declared_status, new.declared_status
    if now is Status.CLOSED and was is not Status.CLOSED:
        if new.deadlines:
            ends_at = max(deadline.moment.ends_at() for deadline in new.deadlines)
            early = seen_at < ends_at
        else:
            early = new.deadline_kind.is_open_ended
        if early:
            return [_change(EventKind.CLOSED_EARLY, "declared_status", old, new)]
        if not new.deadlines and was is not None:
            return [_change(EventKind.CORRECTED, "declared_status", old, new)]
    if was is Status.CLOSED and now in (Status.OPEN, Status.FORTHCOMING):
        extended = any(change.kind is EventKind.DEADLINE_EXTENDED for change in changes)
        if not extended and new.status(seen_at) is not Status.CLOSED:
            return [_change(EventKind.REOPENED, "declared_status", old, new)]
    return []


def _change(
    kind: EventKind,
    field: str,
    old: Call,
    new: Call,
    was: str | None = None,
    now: str | None = None,
) -> Change:
    return Change(
        kind,
        field,
        was or value_text(getattr(old, field)),
        now or value_text(getattr(new, field)),
        _quotes(old, field),
        _quotes(new, field),
    )


def _quotes(call: Call, field: str) -> str | None:
    """Return the words behind a field, each once."""
    quotes = dict.fromkeys(each.quote for each in call.evidence.get(field, ()))
    return " … ".join(quotes) or None


def _is_derived(known: Call, read: Call, field: str) -> bool:
    def derived(evidence: tuple[Evidence, ...]) -> bool:
        return any(each.basis is Basis.DERIVED for each in evidence)

    return derived(known.evidence.get(field, ())) and derived(read.evidence.get(field, ()))


def _is_of_document(call: Call, field: str) -> bool:
    """Tell whether a value is from a linked document: the page does not print it."""
    evidence = call.evidence.get(field, ())
    return any((each.source or "").startswith("sha256:") for each in evidence)


def _family(deadline: Deadline) -> str:
    return _SUBMISSION.get(deadline.role, deadline.role.value)


def _by_family(deadlines: Iterable[Deadline]) -> dict[str, list[Deadline]]:
    families: dict[str, list[Deadline]] = {}
    for deadline in deadlines:
        families.setdefault(_family(deadline), []).append(deadline)
    return families


def _last(deadlines: Iterable[Deadline]) -> Deadline:
    return max(deadlines, key=lambda deadline: (deadline.moment.ends_at(), deadline.role))


def _is_same(shape: Shape, before: Any, after: Any) -> bool:
    """Tell whether two known values say the same: white space and order do not count."""
    if shape in _BY_WORDS:
        return _spaceless(before) == _spaceless(after)
    if shape in _BY_MEMBERS:
        return _members(before) == _members(after)
    return bool(before == after)


def _members(values: Iterable[Any]) -> set[str]:
    return {words for each in values if (words := _spaceless(each))}


def _spaceless(value: Any) -> str:
    return " ".join((value_text(value) or "").split())


_BY_WORDS = (Shape.NAME, Shape.TEXT, Shape.MOMENT)
_BY_MEMBERS = (Shape.WORDS, Shape.PHRASES, Shape.TEXTS, Shape.DOCUMENTS)
