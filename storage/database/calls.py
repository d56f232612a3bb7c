"""Calls: the derived rows that analysts query, and the questions that the command line asks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, exists, or_, select
from sqlalchemy.exc import OperationalError

from schema.calls import Call, Status
from schema.errors import CallboardError
from storage.database.call_rows import (
    MergedCall,
    NoticeFacts,
    Rows,
    fingerprint,
    from_row,
    to_parts,
    to_row,
)
from storage.database.rows import insert_all
from storage.database.tables import call as table
from storage.database.tables import call_code, call_record, link, metadata, notice, portal
from storage.database.views import next_deadline_at, status_at
from vocabulary.matching import normalize_composed

__all__ = [
    "CallFilter",
    "CallSource",
    "MergedCall",
    "NoSuchCallError",
    "StoredCall",
    "find",
    "get",
    "save",
]

_BATCH = 500


class NoSuchCallError(CallboardError, LookupError):
    """No call, or more than one, has the id; the message says which."""


@dataclass(frozen=True, slots=True)
class CallFilter:
    """What to look for; whatever is left out does not matter."""

    statuses: Sequence[Status] = ()
    closing_within: timedelta | None = None
    """Open, or to be opened, with a deadline still to come within this time; of whole days the last
    counts to its end."""
    country: str | None = None
    """Of a portal that announces it, ISO 3166-1 alpha-2 or EU."""
    portal: str | None = None
    language: str | None = None
    programme: str | None = None
    applicant_type: str | None = None
    text: str | None = None
    """Words that must all occur in title, summary, codes, programme or issuer, in the original or
    in English; accents and capitals do not matter."""
    with_withdrawn: bool = False
    with_others: bool = False
    """Whether notices that are no calls (results, jobs) count too."""


@dataclass(frozen=True, slots=True)
class CallSource:
    """One notice of a call, and why it is one."""

    notice_id: str
    portal: str
    portal_title: str
    country: str | None
    url: str
    title: str
    language: str
    role: str
    reason: str
    confidence: str
    first_seen_at: datetime
    last_seen_at: datetime
    withdrawn_at: datetime | None
    attribution: str | None
    may_republish: bool
    may_translate: bool


@dataclass(frozen=True, slots=True)
class StoredCall:
    """A call as the database has it."""

    id: str
    call: Call
    sources: tuple[CallSource, ...]
    """The lead notice first."""
    first_seen_at: datetime | None
    changed_at: datetime | None
    withdrawn_at: datetime | None
    """Set when every notice is withdrawn."""


def save(connection: Connection, merged: Iterable[MergedCall]) -> dict[str, str]:
    """Make the rows of calls those of ``merged``, all of them: what is not among them goes.

    A call that has not changed is not touched. Return those that can't be stored, by id, with the
    class of the error: they stay as they were, and cost the others nothing.
    """
    wanted = {each.id: each for each in merged}
    facts = _notice_facts(connection)
    existing = _existing(connection)
    _delete(connection, sorted(existing.keys() - wanted.keys()))
    unstored: dict[str, str] = {}
    ids = sorted(wanted)
    for start in range(0, len(ids), _BATCH):
        batch = [wanted[key] for key in ids[start : start + _BATCH]]
        unstored |= _store(connection, batch, facts, existing)
    return unstored


def _store(
    connection: Connection,
    batch: Sequence[MergedCall],
    facts: Mapping[str, Any],
    existing: Mapping[str, Mapping[str, Any]],
) -> dict[str, str]:
    """Store calls: all at once, and by halves where that fails, until the one at fault is found."""
    try:
        with connection.begin_nested():
            fresh = {}
            for each in batch:
                row = to_row(each, [facts[link.notice_id] for link in each.links])
                if existing.get(each.id) != {**row, "fingerprint": fingerprint(each)}:
                    fresh[each.id] = (row, each)
            _delete(connection, sorted(fresh.keys() & existing.keys()))
            insert_all(connection, table, [row for row, _ in fresh.values()])
            _insert_parts(connection, [each for _, each in fresh.values()])
    except (OperationalError, OSError, MemoryError):
        raise
    except Exception as error:  # noqa: BLE001 - a call must not cost the others
        if len(batch) == 1:
            return {batch[0].id: type(error).__name__}
        half = len(batch) // 2
        first = _store(connection, batch[:half], facts, existing)
        return first | _store(connection, batch[half:], facts, existing)
    return {}


def get(connection: Connection, prefix: str) -> StoredCall:
    """Return the one call whose id starts so, or that has the code.

    Raises :class:`NoSuchCallError` for none and for several.
    """
    matching: ColumnElement[bool] = table.c.id.startswith(prefix, autoescape=True)
    found = _stored(connection, _query().where(matching).limit(5))
    if not found:
        coded = exists().where(call_code.c.call_id == table.c.id, call_code.c.code == prefix)
        found = _stored(connection, _query().where(coded).limit(5))
    if not found:
        raise NoSuchCallError(f"no call {prefix}; see: callboard calls")
    if len(found) > 1:
        names = ", ".join(each.id for each in found)
        raise NoSuchCallError(f"{prefix} may be any of {names}; give more of the id")
    return found[0]


def find(connection: Connection, wanted: CallFilter, now: datetime) -> list[StoredCall]:
    """Return the calls that pass the filter at an aware moment, the next to close first."""
    next_deadline = next_deadline_at(now)
    query = _query().order_by(next_deadline.is_(None), next_deadline, table.c.id)
    for condition in _conditions(wanted, now):
        query = query.where(condition)
    return _stored(connection, query)


def _conditions(wanted: CallFilter, now: datetime) -> Iterator[ColumnElement[bool]]:
    if not wanted.with_withdrawn:
        yield table.c.withdrawn_at.is_(None)
    if not wanted.with_others:
        yield table.c.is_call
    if wanted.statuses:
        yield status_at(now).in_([status.value for status in wanted.statuses])
    if wanted.closing_within is not None:
        yield status_at(now) != Status.CLOSED.value
        yield next_deadline_at(now) <= _limit(now, wanted.closing_within)
    if wanted.country is not None:
        yield _announced(portal.c.country == wanted.country.upper())
    if wanted.portal is not None:
        yield _announced(notice.c.portal == wanted.portal)
    if wanted.language is not None:
        yield or_(
            table.c.language == wanted.language, _announced(notice.c.language == wanted.language)
        )
    if wanted.programme is not None:
        yield table.c.programme.ilike(wanted.programme)
    if wanted.applicant_type is not None:
        spaced = " " + table.c.applicant_types + " "
        yield spaced.contains(f" {wanted.applicant_type} ", autoescape=True)
    for word in normalize_composed(wanted.text or "").split():
        yield table.c.words.contains(word, autoescape=True)


def _limit(now: datetime, span: timedelta) -> datetime:
    until = now + span
    if span % timedelta(days=1):
        return until
    return until.replace(hour=23, minute=59, second=59, microsecond=0)


def _announced(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    """Return the condition that some notice of the call, joined with its portal, fits."""
    return exists().where(
        and_(
            link.c.call_id == table.c.id,
            notice.c.id == link.c.notice_id,
            portal.c.stem == notice.c.portal,
            condition,
        )
    )


def _query() -> Select[Any]:
    return select(
        table.c.id,
        table.c.first_seen_at,
        table.c.changed_at,
        table.c.withdrawn_at,
        call_record.c.facts,
    ).join(call_record, call_record.c.call_id == table.c.id)


def _stored(connection: Connection, query: Select[Any]) -> list[StoredCall]:
    rows = connection.execute(query).all()
    sources = _sources(connection, [row.id for row in rows])
    return [
        StoredCall(
            id=row.id,
            call=from_row(row.facts),
            sources=tuple(sources.get(row.id, ())),
            first_seen_at=row.first_seen_at,
            changed_at=row.changed_at,
            withdrawn_at=row.withdrawn_at,
        )
        for row in rows
    ]


def _sources(connection: Connection, ids: Sequence[str]) -> dict[str, list[CallSource]]:
    found: dict[str, list[CallSource]] = {}
    for start in range(0, len(ids), _BATCH):
        rows = connection.execute(
            select(link, notice, portal)
            .join(notice, notice.c.id == link.c.notice_id)
            .join(portal, portal.c.stem == notice.c.portal)
            .where(link.c.call_id.in_(ids[start : start + _BATCH]))
            .order_by(link.c.call_id, link.c.number)
        ).mappings()
        for row in rows:
            source = CallSource(
                notice_id=row[notice.c.id],
                portal=row[notice.c.portal],
                portal_title=row[portal.c.title],
                country=row[portal.c.country],
                url=row[notice.c.url],
                title=row[notice.c.title],
                language=row[notice.c.language],
                role=row[link.c.role],
                reason=row[link.c.reason],
                confidence=row[link.c.confidence],
                first_seen_at=row[notice.c.first_seen_at],
                last_seen_at=row[notice.c.last_seen_at],
                withdrawn_at=row[notice.c.withdrawn_at],
                attribution=row[portal.c.attribution],
                may_republish=bool(row[portal.c.may_republish]),
                may_translate=bool(row[portal.c.may_translate]),
            )
            found.setdefault(row[link.c.call_id], []).append(source)
    return found


def _notice_facts(connection: Connection) -> dict[str, NoticeFacts]:
    rows = connection.execute(
        select(
            notice.c.id,
            notice.c.portal,
            notice.c.url,
            notice.c.first_seen_at,
            notice.c.changed_at,
            notice.c.withdrawn_at,
        )
    )
    return {
        row.id: NoticeFacts(
            row.portal, row.url, row.first_seen_at, row.changed_at, row.withdrawn_at
        )
        for row in rows
    }


def _existing(connection: Connection) -> dict[str, dict[str, Any]]:
    rows = connection.execute(
        select(table, call_record.c.fingerprint).join(
            call_record, call_record.c.call_id == table.c.id
        )
    )
    return {row["id"]: dict(row) for row in rows.mappings()}


def _delete(connection: Connection, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), _BATCH):
        connection.execute(table.delete().where(table.c.id.in_(ids[start : start + _BATCH])))


def _insert_parts(connection: Connection, merged: Sequence[MergedCall]) -> None:
    rows: Rows = {}
    for each in merged:
        for name, parts in to_parts(each).items():
            rows.setdefault(name, []).extend({**row, "call_id": each.id} for row in parts)
    for name, all_rows in rows.items():
        insert_all(connection, metadata.tables[name], all_rows)
