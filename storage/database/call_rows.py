"""A call as rows: the document that programs read back, and flat tables that analysts query."""

import hashlib
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any, Protocol

from schema.calls import Call, Moment, Text
from schema.findings import Evidence
from schema.money import Money
from storage.canonical import from_json, to_json
from storage.identity import text_hash
from storage.wording import value_text

Rows = dict[str, list[dict[str, Any]]]
"""Rows by table."""


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
    deadlines = sorted(call.deadlines, key=lambda each: each.moment.ends_at())
    first = deadlines[0].moment if deadlines else None
    last = deadlines[-1].moment if deadlines else None
    withdrawn = [each.withdrawn_at for each in notices if each.withdrawn_at]
    gone = withdrawn and len(withdrawn) == len(notices)
    return {
        "id": merged.id,
        "title": call.title.original,
        "title_english": _english(call.title),
        "title_status": call.title.status.value,
        "language": call.language,
        "is_call": call.is_call,
        "is_call_reason": call.is_call_reason,
        "codes": " ".join(call.codes),
        "programme": call.programme,
        "issuer": call.issuer,
        "published_on": call.published_on,
        "opens_at": _printed(call.opens_at),
        "opens_at_utc": call.opens_at and call.opens_at.starts_at(),
        "first_deadline": _printed(first),
        "first_deadline_utc": first and first.ends_at(),
        "last_deadline": _printed(last),
        "last_deadline_utc": last and last.ends_at(),
        "deadline_kind": call.deadline_kind.value,
        "declared_status": call.declared_status and call.declared_status.value,
        "budget_cents": _cents(call.budget_total),
        "budget_currency": call.budget_total and call.budget_total.currency,
        "budget_eur_cents": _cents(call.budget_total.in_eur() if call.budget_total else None),
        "grant_min_cents": _cents(call.grant_min),
        "grant_min_currency": call.grant_min and call.grant_min.currency,
        "grant_max_cents": _cents(call.grant_max),
        "grant_max_currency": call.grant_max and call.grant_max.currency,
        "intensity_max_pct": call.intensity_max_pct,
        "expected_projects": call.expected_projects,
        "applicant_types": " ".join(call.applicant_types),
        "eligible_areas": "; ".join(call.eligible_areas),
        "min_partners": call.consortium and call.consortium.min_partners,
        "min_countries": call.consortium and call.consortium.min_countries,
        "lead_notice_id": merged.links[0].notice_id if merged.links else None,
        "lead_url": notices[0].url if notices else None,
        "notices": len(merged.links),
        "portals": " ".join(dict.fromkeys(each.portal for each in notices)),
        "first_seen_at": min((each.first_seen_at for each in notices), default=None),
        "changed_at": max((each.changed_at for each in notices), default=None),
        "withdrawn_at": max(withdrawn) if gone else None,
        "words": fold(" ".join(_searched(call))),
    }


def to_parts(merged: MergedCall) -> Rows:
    """Return the rows of every table that hangs on a call, without the call's id."""
    call = merged.call
    return {
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
        "call_code": _numbered({"code": code} for code in call.codes),
        "call_deadline": _numbered(
            {
                "role": each.role.value,
                "deadline": each.moment.isoformat(),
                "zone": each.moment.zone,
                "deadline_utc": each.moment.ends_at(),
                "basis": each.basis.value,
            }
            for each in call.deadlines
        ),
        "call_applicant_type": _numbered(
            {"applicant_type": each.value} for each in call.applicant_types
        ),
        "call_area": _numbered({"area": area} for area in call.eligible_areas),
        "call_text": [
            row
            for field, texts in _texts(call).items()
            for row in _numbered(_text_row(field, text) for text in texts)
        ],
        "call_document": _numbered(
            {
                "label": each.label,
                "url": each.url,
                "role": each.role,
                "language": each.language,
                "sha256": each.sha256,
                "english": _english(each.name) if each.name else None,
                "status": each.name.status.value if each.name else None,
            }
            for each in call.documents
        ),
        "call_contact": _numbered({"contact": contact} for contact in call.contacts),
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


def fingerprint(merged: MergedCall) -> str:
    """Return the SHA-256 of all that the rows of a call come from, but for its notices."""
    parts = [to_json(merged.call)]
    for each in merged.links:
        parts += [each.notice_id, each.role, each.reason, each.confidence]
    return hashlib.sha256("\n".join(parts).encode("utf-8", "surrogatepass")).hexdigest()


def from_row(facts: str) -> Call:
    """Read a call back from its row in ``call_record``."""
    return from_json(Call, facts)


def fold(text: str) -> str:
    """Return text in small letters without accents, as searches compare it."""
    bare = unicodedata.normalize("NFKD", text.casefold())
    return "".join(each for each in bare if not unicodedata.combining(each))


def _numbered(rows: "Iterator[dict[str, Any]]") -> list[dict[str, Any]]:
    return [{**row, "number": number} for number, row in enumerate(rows, start=1)]


def _texts(call: Call) -> dict[str, Sequence[Text]]:
    return {
        "title": (call.title,),
        "summary": (call.summary,) if call.summary else (),
        "conditions": call.conditions,
    }


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
    yield from (call.title.original, call.title.english or "")
    if call.summary:
        yield from (call.summary.original, call.summary.english or "")
    yield from call.codes
    yield from (call.programme or "", call.issuer or "")


def _printed(moment: Moment | None) -> str | None:
    return moment.isoformat() if moment else None


def _cents(money: Money | None) -> int | None:
    if money is None:
        return None
    return int((money.amount * 100).quantize(Decimal(1), rounding=ROUND_HALF_EVEN))
