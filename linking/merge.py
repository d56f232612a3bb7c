"""One call from all its notices: for every field the best source, and its words kept beside it.

An empty value never replaces a known one, and where notices contradict each other both are quoted
in an Issue: the reader decides, not the merge.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import TypeVar

from linking.clustering import Cluster
from linking.weights import weights
from schema.calls import Absence, Call, Deadline, DeadlineKind, Document, Moment
from schema.fields import FIELDS, KEY_FIELDS, CallField, Merge, Shape
from schema.findings import Basis, Evidence
from schema.issues import Issue
from schema.money import Money

T = TypeVar("T")

_ABSENCES = (
    Absence.NOT_PUBLISHED,
    Absence.FAILED,
    Absence.NOT_APPLICABLE,
    Absence.NOT_FOUND,
)
"""The reason that tells most comes first."""


@dataclass(frozen=True, slots=True)
class _Source:
    notice_id: str
    portal: str
    call: Call


def merge(cluster: Cluster) -> Call:
    """Return the call that a cluster's notices announce together.

    Per field a value that a page states goes before one that only a linked document states, and
    that before one that was derived; then the notices' order in the cluster decides (the issuer's
    page, a register, a relay). ``Evidence.source`` names the notice, or the document, of every
    value. Title and language are the leading notice's.
    """
    sources = [_Source(each.notice_id, each.portal, each.call) for each in cluster.notices]
    values: dict[str, object] = {}
    evidence: dict[str, tuple[Evidence, ...]] = {}
    for field in FIELDS:
        if field.merge is Merge.UNITED:
            values[field.name] = _united_values(sources, field)
            evidence[field.name] = tuple(
                each for source in sources for each in _sourced(source, field.name)
            )
        elif (giver := _giver(sources, field)) is not None:
            values[field.name] = getattr(giver.call, field.name)
            evidence[field.name] = _sourced(giver, field.name)
    merged = replace(
        sources[0].call,
        **values,  # type: ignore[arg-type]  # each value comes from the same field of a Call
        evidence={name: words for name, words in evidence.items() if words},
        issues=(),
    )
    return replace(
        merged,
        absence=_absences(merged, sources, _choose(sources, "deadlines")),
        issues=_united(
            (*(issue for s in sources for issue in s.call.issues), *_conflicts(sources, merged))
        ),
    )


def _giver(sources: Sequence[_Source], field: CallField) -> _Source | None:
    """Return the notice whose value a field takes; ``None`` if none has one."""
    if field.merge is Merge.LEAD:
        return sources[0]
    return _choose(sources, "deadlines" if field.merge is Merge.WITH_DEADLINES else field.name)


def _choose(sources: Sequence[_Source], name: str) -> _Source | None:
    """Return the first source whose page states a value, else whose document does, else any."""
    having = [source for source in sources if _has(source.call, name)]
    stated = [
        source
        for source in having
        if any(each.basis is Basis.STATED for each in source.call.evidence.get(name, ()))
    ]
    on_pages = (source for source in stated if not _is_of_document(source.call, name))
    return next(on_pages, next(iter(stated or having), None))


def _is_of_document(call: Call, name: str) -> bool:
    """Tell whether a value is from a linked document: the notice's page does not print it."""
    return any((each.source or "").startswith("sha256:") for each in call.evidence.get(name, ()))


def _has(call: Call, name: str) -> bool:
    """Tell whether the call has a value; "rolling" without a date is a value of ``deadlines``."""
    if name == "deadlines" and call.deadline_kind is not DeadlineKind.NONE:
        return True
    return _known(getattr(call, name))


def _known(value: object) -> bool:
    return value not in (None, (), "")


def _sourced(source: _Source, name: str) -> tuple[Evidence, ...]:
    return tuple(
        each if each.source else replace(each, source=source.notice_id)
        for each in source.call.evidence.get(name, ())
    )


def _united(values: Iterable[T]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(values))


def _united_values(sources: Sequence[_Source], field: CallField) -> tuple[object, ...]:
    """Return what all notices have, each once: documents by content, else address, else label."""
    if field.shape is not Shape.DOCUMENTS:
        return _united(each for source in sources for each in getattr(source.call, field.name))
    found: dict[str, Document] = {}
    for source in sources:
        for document in source.call.documents:
            key = document.sha256 or document.url or f"{source.notice_id} {document.label}"
            found.setdefault(key, document)
    return tuple(found.values())


def _absences(
    merged: Call, sources: Sequence[_Source], closing: _Source | None
) -> dict[str, Absence]:
    absences: dict[str, Absence] = {}
    for name in KEY_FIELDS:
        if _known(getattr(merged, name)):
            continue
        if name == "deadlines" and closing is not None and name in closing.call.absence:
            absences[name] = closing.call.absence[name]
            continue
        given = {source.call.absence[name] for source in sources if name in source.call.absence}
        absences[name] = next((each for each in _ABSENCES if each in given), Absence.NOT_FOUND)
    return absences


def _conflicts(sources: Sequence[_Source], merged: Call) -> list[Issue]:
    issues = []
    for name in (each.name for each in FIELDS if each.is_contradictable):
        if not _has(merged, name):
            continue
        words = merged.evidence.get(name, ())
        chosen_from = words[0].source if words else sources[0].notice_id
        for source in sources:
            if source.notice_id == chosen_from or not _has(source.call, name):
                continue
            if _agree(getattr(merged, name), getattr(source.call, name)):
                continue
            other_words = source.call.evidence.get(name, ())
            issues.append(
                Issue(
                    "conflicting_values",
                    f"{name}: {_shown(merged, name)} was taken from {chosen_from}; "
                    f"{source.notice_id} says {_shown(source.call, name)}. Compare the two pages.",
                    portal=source.portal,
                    field=name,
                    detail=f"{_quotes(words)} | {_quotes(other_words)}",
                )
            )
    return issues


def _agree(one: object, other: object) -> bool:
    """Tell whether two known values say the same; an hour that one lacks is no contradiction."""
    if isinstance(one, Money) and isinstance(other, Money):
        left, right = one.in_eur() or one, other.in_eur() or other
        if left.currency != right.currency:
            return True  # nothing to compare by: a rate of another day is no contradiction
        tolerance = Decimal(str(weights().thresholds["budget_tolerance"]))
        return abs(left.amount - right.amount) <= max(left.amount, right.amount) * tolerance
    if isinstance(one, tuple) and isinstance(other, tuple):
        return _days(one) == _days(other)
    if isinstance(one, Moment) and isinstance(other, Moment):
        return one.on == other.on
    return one == other


def _days(deadlines: tuple[Deadline, ...]) -> set[date]:
    return {deadline.moment.on for deadline in deadlines}


def _shown(call: Call, name: str) -> str:
    value = getattr(call, name)
    if name == "deadlines":
        dates = ", ".join(deadline.moment.isoformat() for deadline in call.deadlines)
        return dates or call.deadline_kind.replace("_", " ")
    return value.isoformat() if isinstance(value, Moment) else str(value)


def _quotes(words: Sequence[Evidence]) -> str:
    return "; ".join(f"“{each.quote}”" for each in words) or "(no words)"
