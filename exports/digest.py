"""The weekly digest as CSV: one row a call, grouped by what happened.

Columns are a public contract: they are only ever added at the end. See ``docs/digest.md``.
"""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from exports.cells import guard
from schema.calls import Call, Moment, Text, TextStatus
from schema.fields import FIELDS, CallField, Shape
from schema.money import Money

SCHEMA_VERSION = "1"


class Group(StrEnum):
    """What happened to a call, in the order in which a reader wants to know it."""

    NEW = "new"
    REOPENED = "reopened"
    EXTENDED = "extended"
    SHORTENED = "shortened"
    BUDGET_CHANGED = "budget_changed"
    CORRECTED = "corrected"
    CLOSING_SOON = "closing_soon"
    CLOSED_EARLY = "closed_early"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Source:
    """One notice of the call."""

    portal: str
    url: str
    role: str


@dataclass(frozen=True, slots=True)
class DigestChange:
    """One thing that happened, in the words of a row."""

    group: Group
    on: date
    text: str
    """``deadline: 2020-12-01 → 2020-12-15``."""


@dataclass(frozen=True, slots=True)
class DigestEntry:
    """One call of the digest."""

    call_id: str
    call: Call
    sources: Sequence[Source]
    """The lead notice first."""
    changes: Sequence[DigestChange]
    attribution: str = ""
    may_translate: bool = True
    """Whether the licence lets a translation be shown (law 9)."""

    @property
    def group(self) -> Group:
        """The one group under which the row stands: the first in the order of ``Group``."""
        order = list(Group)
        return min((change.group for change in self.changes), key=order.index)


COLUMNS = {
    "group": "what happened: " + ", ".join(Group),
    "call_id": "stable id, for `callboard show`",
    "status": "forthcoming, open, closed or unknown, at the moment the digest was written",
    "title": "in the original language",
    "language": "of the original (BCP 47)",
    "title_english": "English title; empty while the translation is pending",
    "english_status": "original, translated, partial, gist, pending or failed",
    "programme": "e.g. COSME",
    "codes": "identifiers as printed, separated by spaces",
    "issuer": "who publishes the call",
    "published_on": "YYYY-MM-DD",
    "opens_at": "YYYY-MM-DD, or YYYY-MM-DDTHH:MM local time",
    "next_deadline": "the next one, or the last one when all have passed; same shapes",
    "days_left": "whole days from the day of the digest to the next deadline",
    "deadlines": "all of them, separated by spaces",
    "deadline_kind": "fixed, multiple, rolling, until_exhausted or none",
    "budget_total": "amount as published, a plain number",
    "budget_currency": "ISO 4217",
    "budget_eur": "in euro where a legally fixed rate exists",
    "grant_min": "smallest grant, a plain number",
    "grant_max": "largest grant, a plain number",
    "grant_currency": "ISO 4217",
    "intensity_max_pct": "highest co-financing rate, per cent",
    "expected_projects": "number of projects to be funded",
    "applicant_types": "who may apply, separated by spaces",
    "eligible_areas": "separated by semicolons",
    "what_happened": "every change since the last digest, with old and new value",
    "url": "the lead notice",
    "other_urls": "the other notices of the same call, separated by spaces",
    "portals": "stems of the portals, separated by spaces",
    "attribution": "what the portals' licences ask to be named",
    "schema_version": "of these columns",
}
"""Name and meaning of each column, in order."""


def render_digest(entries: Iterable[DigestEntry], now: datetime, separator: str = ",") -> str:
    """Write the CSV: a BOM for spreadsheets, CRLF lines, rows by group and then by deadline."""
    order = list(Group)
    rows = [(entry, _next_deadline(entry.call, now)) for entry in entries]
    rows.sort(key=lambda row: (order.index(row[0].group), row[1] or "9999", row[0].call_id))
    out = io.StringIO(newline="")
    out.write("\ufeff")
    writer = csv.writer(out, delimiter=separator)
    writer.writerow(COLUMNS)
    for entry, _ in rows:
        cells = _cells(entry, now)
        writer.writerow([cells[name] for name in COLUMNS])
    return out.getvalue()


def _cells(entry: DigestEntry, now: datetime) -> dict[str, str]:
    call = entry.call
    lead, *others = entry.sources
    deadline = _next_deadline(call, now)
    days = (date.fromisoformat(deadline[:10]) - now.date()).days if deadline else None
    euro = call.budget_total.in_eur() if call.budget_total else None
    grant = call.grant_max or call.grant_min
    english = call.title.original if call.title.status is TextStatus.ORIGINAL else _english(entry)
    return {
        **{each.digest: _cell(call, each) for each in FIELDS if each.digest},
        "group": entry.group,
        "call_id": entry.call_id,
        "status": call.status(now),
        "language": call.title.language,
        "title_english": guard(english),
        "english_status": call.title.status,
        "next_deadline": deadline or "",
        "days_left": str(days) if days is not None and days >= 0 else "",
        "budget_currency": call.budget_total.currency if call.budget_total else "",
        "budget_eur": _plain(euro) if euro else "",
        "grant_currency": grant.currency if grant else "",
        "what_happened": guard("; ".join(change.text for change in entry.changes)),
        "url": guard(lead.url),
        "other_urls": guard(" ".join(source.url for source in others)),
        "portals": " ".join(dict.fromkeys(source.portal for source in entry.sources)),
        "attribution": guard(entry.attribution),
        "schema_version": SCHEMA_VERSION,
    }


def _cell(call: Call, field: CallField) -> str:
    value = getattr(call, field.name)
    return "" if value is None else _CELLS[field.shape](value)


def _english(entry: DigestEntry) -> str | None:
    title: Text = entry.call.title
    return title.english if entry.may_translate else None


def _next_deadline(call: Call, now: datetime) -> str | None:
    moments = sorted((each.moment for each in call.deadlines), key=lambda moment: moment.ends_at())
    coming = [moment for moment in moments if moment.ends_at() >= now]
    if coming:
        return coming[0].isoformat()
    return moments[-1].isoformat() if moments else None


def _plain(money: Money) -> str:
    return f"{money.amount:f}".removesuffix(".00")


_CELLS: dict[Shape, Callable[[Any], str]] = {
    Shape.TEXT: lambda text: guard(text.original),
    Shape.NAME: guard,
    Shape.WORDS: lambda words: guard(" ".join(words)),
    Shape.PHRASES: lambda phrases: guard("; ".join(phrases)),
    Shape.DAY: date.isoformat,
    Shape.MOMENT: Moment.isoformat,
    Shape.DEADLINES: lambda deadlines: " ".join(each.moment.isoformat() for each in deadlines),
    Shape.MONEY: _plain,
    Shape.PERCENT: "{:g}".format,
    Shape.COUNT: str,
}
"""The cell of a value that is there; money without its currency, which has a column of its own."""
