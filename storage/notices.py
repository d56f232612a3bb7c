"""Notices and their versions: the step of the fold that one page, or one crawl, makes.

Call :func:`record` for each notice of each page in the order of the archive, then
:func:`record_documents` for those that only their documents changed, then :func:`finish` once with
the verdict, all in the transaction of the crawl.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from schema.calls import Call
from schema.crawls import CrawlState, Outcome
from schema.issues import Issue, Severity
from storage import documents, events, issues
from storage.canonical import from_json, storable, to_json
from storage.changes import Change, EventKind, compare, settle
from storage.events import Event
from storage.identity import notice_id as identify
from storage.readings import Reading, headline_of
from storage.rows import Row, insert_all
from storage.tables import notice as table
from storage.tables import notice_version as version_table

_MISSES_TO_WITHDRAW = 2
_IS_CURRENT = and_(
    version_table.c.notice_id == table.c.id, version_table.c.number == table.c.versions
)


@dataclass(frozen=True, slots=True)
class CurrentNotice:
    """A notice as it stands."""

    id: str
    portal: str
    source_id: str
    url: str
    first_seen_at: datetime
    last_seen_at: datetime
    changed_at: datetime
    withdrawn_at: datetime | None
    call: Call
    """All that is known: evidence with a source points into an earlier version's text, or that of a
    document."""
    text: str
    """Original text of the current version."""


@dataclass(frozen=True, slots=True)
class Version:
    """A notice as it stood from one moment to the next."""

    number: int
    page_id: str
    url: str
    fetched_at: datetime
    superseded_at: datetime | None
    call: Call
    text: str


def record(connection: Connection, readings: Sequence[Reading], *, baseline: bool) -> list[Event]:
    """Keep what pages of one crawl say of notices: a version where it is anything else, and events.

    With ``baseline`` a new notice is no news: no crawl has seen the portal's whole inventory yet.
    Within one crawl the first reading of a notice counts; a second one that differs is an Issue.
    """
    if not readings:
        return []
    ids = [identify(reading.raw.portal, reading.raw.source_id) for reading in readings]
    standing = _standing(connection, ids)
    said = {(row.id, row.read_in): row.source_hash for row in standing.values()}
    new: dict[str, Reading] = {}
    met: dict[str, Reading] = {}
    issue_rows: list[Row] = []
    happened: list[Event] = []
    for notice_id, reading in zip(ids, readings, strict=True):
        at = reading.page.exchange.fetched_at
        where = (reading.page.crawl_id, reading.page.id)
        if (said_before := said.get((notice_id, reading.page.crawl_id))) is not None:
            if said_before != reading.source_hash:
                issue_rows += issues.to_rows([_read_twice(reading)], at, *where, notice_id)
            continue
        said[notice_id, reading.page.crawl_id] = reading.source_hash
        if notice_id in standing:
            met[notice_id] = reading
            happened += _renew(connection, reading, standing[notice_id])
            continue
        new[notice_id] = reading
        issue_rows += issues.to_rows(reading.understood.issues, at, *where, notice_id)
        if not baseline:
            change = Change(EventKind.NEW, new_value=reading.understood.headline["title"])
            happened.append(events.of_change(change, notice_id, at, *where))
    _add_first(connection, new, baseline=baseline)
    _keep_met(connection, met)
    documents.link(connection, {key: each.documents for key, each in (new | met).items()})
    issues.save_rows(connection, issue_rows)
    events.save(connection, happened)
    return happened


def record_documents(connection: Connection, reading: Reading) -> list[Event]:
    """Keep what a notice says with the documents of a crawl that did not bring its page.

    The notice counts as changed if its documents say anything else, but not as seen.
    """
    notice_id = identify(reading.raw.portal, reading.raw.source_id)
    happened = _renew(connection, reading, _standing(connection, [notice_id])[notice_id])
    documents.link(connection, {notice_id: reading.documents})
    events.save(connection, happened)
    return happened


def _standing(connection: Connection, ids: Iterable[str]) -> dict[str, Any]:
    """Return the rows of those notices that are known, each with its version's source hash."""
    rows = connection.execute(
        select(table, version_table.c.source_hash)
        .join(version_table, _IS_CURRENT)
        .where(table.c.id.in_(sorted(set(ids))))
    )
    return {row.id: row for row in rows}


def _renew(connection: Connection, reading: Reading, row: Any) -> list[Event]:
    """Add a version if the reading says anything else; return what has happened, not kept yet.

    A notice that was withdrawn, and whose own page is there again, has come back.
    """
    at = reading.newest.exchange.fetched_at
    where = (reading.newest.crawl_id, reading.newest.id)
    returns = row.withdrawn_at is not None and reading.shown_by is None
    if row.source_hash == reading.source_hash and not returns:
        return []
    latest = _latest(connection, row)
    known = from_json(Call, latest.facts)
    changes = [_return(known, at)] if returns else []
    if row.source_hash != reading.source_hash:
        understood = reading.understood
        settled, lost = settle(known, understood.call, f"{row.id}.{row.versions}")
        facts = to_json(settled)
        if facts != latest.facts or storable(understood.text) != latest.text:
            changes += compare(known, settled, at)
            _supersede(connection, reading, row, facts, headline_of(settled))
            lost = tuple(replace(each, url=reading.raw.url) for each in lost)
            issues.save(connection, (*understood.issues, *lost), at, *where, row.id)
    return [events.of_change(each, row.id, at, *where) for each in changes]


def _supersede(
    connection: Connection, reading: Reading, row: Any, facts: str, headline: Row
) -> None:
    """Put a version in the place of a notice's current one."""
    at = reading.newest.exchange.fetched_at
    connection.execute(
        version_table.update()
        .where(version_table.c.notice_id == row.id, version_table.c.number == row.versions)
        .values(superseded_at=at)
    )
    version = _version_row(reading, row.id, row.versions + 1, facts)
    insert_all(connection, version_table, [version])
    connection.execute(
        table.update()
        .where(table.c.id == row.id)
        .values(changed_at=at, versions=row.versions + 1, **headline)
    )


def _add_first(connection: Connection, new: Mapping[str, Reading], *, baseline: bool) -> None:
    """Keep notices that were not known, with their first versions."""
    notice_rows, version_rows = [], []
    for notice_id, reading in new.items():
        at = reading.page.exchange.fetched_at
        notice_rows.append(
            {
                "id": notice_id,
                "portal": reading.raw.portal,
                "source_id": reading.raw.source_id,
                "url": reading.raw.url,
                **reading.understood.headline,
                "versions": 1,
                "baseline": baseline,
                "first_seen_at": at,
                "last_seen_at": at,
                "changed_at": at,
                "read_in": reading.page.crawl_id,
                "missed": 0,
                "withdrawn_at": None,
            }
        )
        version_rows.append(_version_row(reading, notice_id, 1, reading.understood.facts))
    insert_all(connection, table, notice_rows)
    insert_all(connection, version_table, version_rows)


def _keep_met(connection: Connection, met: Mapping[str, Reading]) -> None:
    """Keep that notices which were known have been read again."""
    rows = [
        {
            "key": notice_id,
            "address": reading.raw.url,
            "crawl": reading.page.crawl_id,
            "at": reading.page.exchange.fetched_at,
        }
        for notice_id, reading in met.items()
    ]
    if rows:
        connection.execute(
            table.update()
            .where(table.c.id == bindparam("key"))
            .values(
                url=bindparam("address"),
                read_in=bindparam("crawl"),
                last_seen_at=bindparam("at"),
                missed=0,
                withdrawn_at=None,
            ),
            rows,
        )


def finish(connection: Connection, outcome: Outcome) -> list[Event]:
    """Apply law 4 at the end of a crawl: silence is not closure.

    What was seen counts, however the crawl ended. What was not seen counts as missing only if the
    crawl was COMPLETE; missing from two of those in a row withdraws a notice.
    """
    seen = {storable(source_id) for source_id in outcome.seen}
    complete = outcome.state is CrawlState.COMPLETE
    at = outcome.finished_at
    met, missed, happened = [], [], []
    rows = connection.execute(
        select(table).where(table.c.portal == outcome.portal).order_by(table.c.id)
    )
    for row in rows.all():
        change = None
        if row.source_id in seen or row.read_in == outcome.crawl_id:
            met.append({"key": row.id, "at": at})
            if row.withdrawn_at is not None:
                change = _return(_known(connection, row), at)
        elif complete:
            gone = row.missed + 1 >= _MISSES_TO_WITHDRAW and row.withdrawn_at is None
            missed.append(
                {"key": row.id, "count": row.missed + 1, "at": at if gone else row.withdrawn_at}
            )
            if gone:
                was = _known(connection, row).status(at)
                change = Change(EventKind.WITHDRAWN, None, was, "withdrawn")
        if change is not None:
            happened.append(events.of_change(change, row.id, at, outcome.crawl_id))
    this = table.c.id == bindparam("key")
    if met:
        connection.execute(
            table.update()
            .where(this)
            .values(last_seen_at=bindparam("at"), missed=0, withdrawn_at=None),
            met,
        )
    if missed:
        connection.execute(
            table.update()
            .where(this)
            .values(missed=bindparam("count"), withdrawn_at=bindparam("at")),
            missed,
        )
    events.save(connection, happened)
    return happened


def current(connection: Connection, portal: str | None = None) -> Iterator[CurrentNotice]:
    """Yield every notice as it stands, withdrawn ones included, by id."""
    query = (
        select(table, version_table.c.facts, version_table.c.text)
        .join(version_table, _IS_CURRENT)
        .order_by(table.c.id)
    )
    if portal is not None:
        query = query.where(table.c.portal == portal)
    for row in connection.execute(query):
        yield CurrentNotice(
            id=row.id,
            portal=row.portal,
            source_id=row.source_id,
            url=row.url,
            first_seen_at=row.first_seen_at,
            last_seen_at=row.last_seen_at,
            changed_at=row.changed_at,
            withdrawn_at=row.withdrawn_at,
            call=from_json(Call, row.facts),
            text=row.text,
        )


def history(connection: Connection, notice_id: str) -> list[Version]:
    """Return the versions of a notice, the oldest first; none for an id that is not known."""
    rows = connection.execute(
        select(version_table)
        .where(version_table.c.notice_id == notice_id)
        .order_by(version_table.c.number)
    )
    return [
        Version(
            number=row.number,
            page_id=row.page_id,
            url=row.url,
            fetched_at=row.fetched_at,
            superseded_at=row.superseded_at,
            call=from_json(Call, row.facts),
            text=row.text,
        )
        for row in rows
    ]


def _version_row(reading: Reading, notice_id: str, number: int, facts: str) -> Row:
    return {
        "notice_id": notice_id,
        "number": number,
        "page_id": reading.page.id,
        "url": reading.raw.url,
        "fetched_at": reading.newest.exchange.fetched_at,
        "superseded_at": None,
        "source_hash": reading.source_hash,
        "text": reading.understood.text,
        "facts": facts,
    }


def _latest(connection: Connection, row: Any) -> Any:
    """Return the row of a notice's current version."""
    return connection.execute(
        select(version_table).where(
            version_table.c.notice_id == row.id, version_table.c.number == row.versions
        )
    ).one()


def _known(connection: Connection, row: Any) -> Call:
    return from_json(Call, _latest(connection, row).facts)


def _return(known: Call, at: datetime) -> Change:
    return Change(EventKind.REOPENED, None, "withdrawn", known.status(at))


def _read_twice(reading: Reading) -> Issue:
    return Issue(
        "read_twice",
        "two pages of one crawl give this notice differently; the first counts",
        Severity.NOTE,
        url=reading.raw.url,
    )
