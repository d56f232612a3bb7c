"""A call as rows: the document that programs read back, and flat tables that analysts query."""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Protocol

from schema.calls import Call, Deadline, Document, Moment, Text
from schema.fields import FIELDS, CallField, Shape
from schema.findings import Evidence
from schema.money import Money
from storage.canonical import from_json, to_json
from storage.identity import text_hash
from storage.wording import value_text
from vocabulary.matching import normalize_composed

Rows = dict[str, list[dict[str, Any]]]
"""Rows by table."""

_MOST = Decimal(10) ** 15
"""In units: hundredths of it fit a column of 64 bits."""


class NoticeLink(Protocol):
    """Why a notice belongs to a call: what ``linking`` calls a link."""

    @property
    def notice_id(self) -> str:
        """The notice."""

    @property
    def role(self) -> str:
        """What the notice is to the call: ``original``, ``register``, ``relay``."""

    @property
    def reason(self) -> str:
        """One line for a person."""

    @property
    def confidence(self) -> str:
        """How sure that is: ``certain``, ``strong`` or ``weak``."""


@dataclass(frozen=True, slots=True)
class MergedCall:
    """A call as linking made it."""

    id: str
    call: Call
    """Each evidence names its notice in ``source``."""
    links: Sequence[NoticeLink]
    """The lead notice first."""


@dataclass(frozen=True, slots=True)
class NoticeFacts:
    """What a call's row tells of one of its notices."""

    portal: str
    url: str
    first_seen_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None


def to_row(merged: MergedCall, notices: Sequence[NoticeFacts]) -> dict[str, Any]:
    """Return the row of table ``call``. ``notices`` stand in the order of the links."""
    call = merged.call
    withdrawn = [each.withdrawn_at for each in notices if each.withdrawn_at]
    gone = withdrawn and len(withdrawn) == len(notices)
    return {
        "id": merged.id,
        **{column: cell for field in FIELDS for column, cell in _cells(call, field)},
        "budget_eur_cents": _cents(call.budget_total.in_eur() if call.budget_total else None),
        "lead_notice_id": merged.links[0].notice_id if merged.links else None,
        "lead_url": notices[0].url if notices else None,
        "notices": len(merged.links),
        "portals": " ".join(dict.fromkeys(each.portal for each in notices)),
        "first_seen_at": min((each.first_seen_at for each in notices), default=None),
        "changed_at": max((each.changed_at for each in notices), default=None),
        "withdrawn_at": max(withdrawn) if gone else None,
        "words": normalize_composed(" ".join(_searched(call))),
    }


def to_parts(merged: MergedCall) -> Rows:
    """Return the rows of every table that hangs on a call, without the call's id."""
    call = merged.call
    rows: Rows = {
        "call_record": [{"facts": to_json(call), "fingerprint": fingerprint(merged)}],
        "link": _numbered(
            {
                "notice_id": each.notice_id,
                "role": each.role,
                "reason": each.reason,
                "confidence": each.confidence,
            }
            for each in merged.links
        ),
        "call_value": [
            row
            for field, evidence in sorted(call.evidence.items())
            for row in _numbered(_value_rows(call, field, evidence))
        ],
        "call_absence": [
            {"field": field, "reason": reason.value}
            for field, reason in sorted(call.absence.items())
        ],
    }
    for field in FIELDS:
        if field.table:
            rows.setdefault(field.table, []).extend(_numbered(_list_rows(call, field)))
    return rows


def fingerprint(merged: MergedCall) -> str:
    """Return the SHA-256 of all that the rows of a call come from, but for its notices."""
    parts = [to_json(merged.call)]
    for each in merged.links:
        parts += [each.notice_id, each.role, each.reason, each.confidence]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def from_row(facts: str) -> Call:
    """Read a call back from its row in ``call_record``."""
    return from_json(Call, facts)


def _numbered(rows: "Iterator[dict[str, Any]]") -> list[dict[str, Any]]:
    return [{**row, "number": number} for number, row in enumerate(rows, start=1)]


def _cells(call: Call, field: CallField) -> Iterator[tuple[str, Any]]:
    """Yield the columns of ``call`` that a field fills, with what stands in them."""
    if field.columns:
        yield from zip(field.columns, _CELLS[field.shape](getattr(call, field.name)), strict=True)


def _list_rows(call: Call, field: CallField) -> Iterator[dict[str, Any]]:
    """Yield the rows of the table that lists a field's values."""
    value = getattr(call, field.name)
    if field.shape is Shape.TEXT:
        value = (value,) if value else ()
    for each in value:
        if field.shape in (Shape.TEXT, Shape.TEXTS):
            yield _text_row(field.name, each)
        elif field.shape is Shape.DEADLINES:
            yield _deadline_row(each)
        elif field.shape is Shape.DOCUMENTS:
            yield _document_row(each)
        else:
            yield {field.table.removeprefix("call_"): str(each)}


def _text_row(field: str, text: Text) -> dict[str, Any]:
    return {
        "field": field,
        "original": text.original,
        "language": text.language,
        "english": _english(text),
        "status": text.status.value,
        "engine": text.engine,
        "text_hash": text_hash(text.original),
        "english_tag": text.english_tag,
        "translated_at": text.translated_at,
        "checks": "; ".join(text.checks) or None,
    }


def _deadline_row(deadline: Deadline) -> dict[str, Any]:
    return {
        "role": deadline.role.value,
        "deadline": deadline.moment.isoformat(),
        "zone": deadline.moment.zone,
        "deadline_utc": deadline.moment.ends_at(),
        "basis": deadline.basis.value,
    }


def _document_row(document: Document) -> dict[str, Any]:
    return {
        "label": document.label,
        "url": document.url,
        "role": document.role,
        "language": document.language,
        "sha256": document.sha256,
        "english": _english(document.name) if document.name else None,
        "status": document.name.status.value if document.name else None,
    }


def _english(text: Text) -> str | None:
    """Return the English; an original that is English is its own."""
    return text.original if text.status.value == "original" else text.english


def _value_rows(call: Call, field: str, evidence: tuple[Evidence, ...]) -> Iterator[dict[str, Any]]:
    value = getattr(call, field, None)
    for position, each in enumerate(evidence):
        shown = _shown_by(each, position, evidence, value) if isinstance(value, tuple) else value
        yield {
            "field": field,
            "value": value_text(shown) or "",
            "quote": each.quote,
            "notice_id": _notice_of(each.source),
            "source": each.source,
            "span_start": each.span.start,
            "span_end": each.span.end,
            "rule": each.rule,
            "basis": each.basis.value,
        }


def _shown_by(
    one: Evidence, position: int, evidence: tuple[Evidence, ...], values: tuple[object, ...]
) -> object:
    """Return which of several values a piece of evidence shows; all of them where that is open.

    Notices may each print the same code, so places in the two lists pair only within one notice.
    """
    named = [value for value in values if isinstance(value, str) and value in one.quote]
    if len(named) == 1:
        return named[0]
    single_source = len({each.source for each in evidence}) == 1
    return values[position] if single_source and len(values) == len(evidence) else values


def _notice_of(source: str | None) -> str | None:
    """Return the notice that a source names, be it with a version or not."""
    return source.partition(".")[0] if source and source.startswith("n-") else None


def _searched(call: Call) -> Iterator[str]:
    for field in FIELDS:
        if not field.is_searched:
            continue
        value = getattr(call, field.name)
        if field.shape is Shape.TEXT:
            yield from (value.original, value.english or "") if value else ()
        elif isinstance(value, tuple):
            yield from map(str, value)
        else:
            yield str(value or "")


def _cents(money: Money | None) -> int | None:
    """Return hundredths; ``None`` for more than a column takes, which only the call itself has."""
    if money is None or not abs(money.amount) < _MOST:
        return None
    return int((money.amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))


def _as_is(value: Any) -> tuple[Any, ...]:
    return (value,)


def _deadline_cells(deadlines: Sequence[Deadline]) -> tuple[str | datetime | None, ...]:
    ordered = sorted((each.moment for each in deadlines), key=Moment.ends_at)
    if not ordered:
        return (None,) * 4
    first, last = ordered[0], ordered[-1]
    return first.isoformat(), first.ends_at(), last.isoformat(), last.ends_at()


_CELLS: dict[Shape, Callable[[Any], tuple[Any, ...]]] = {
    Shape.FLAG: _as_is,
    Shape.NAME: lambda name: (None if name is None else str(name),),
    Shape.TEXT: lambda text: (text.original, _english(text), text.status.value),
    Shape.WORDS: lambda words: (" ".join(words),),
    Shape.PHRASES: lambda phrases: ("; ".join(phrases),),
    Shape.DAY: _as_is,
    Shape.MOMENT: lambda moment: (
        (moment.isoformat(), moment.starts_at()) if moment else (None, None)
    ),
    Shape.DEADLINES: _deadline_cells,
    Shape.MONEY: lambda money: (_cents(money), money and money.currency),
    Shape.PERCENT: _as_is,
    Shape.COUNT: _as_is,
    Shape.CONSORTIUM: lambda least: (
        (least.min_partners, least.min_countries) if least else (None, None)
    ),
}
"""What stands in the columns of a field, in the order of ``CallField.columns``."""
