"""Notices and their versions as rows. What makes a version is decided in ``processing``."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, bindparam, select

from schema.calls import Call
from storage.canonical import from_json
from storage.database.rows import Row, insert_all
from storage.database.tables import notice as table
from storage.database.tables import notice_version as version_table

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


def standing(connection: Connection, ids: Iterable[str]) -> dict[str, Any]:
    """Return the rows of those notices that are known, each with its version's source hash."""
    rows = connection.execute(
        select(table, version_table.c.source_hash)
        .join(version_table, _IS_CURRENT)
        .where(table.c.id.in_(sorted(set(ids))))
    )
    return {row.id: row for row in rows}


def of_portal(connection: Connection, portal: str) -> Sequence[Any]:
    """Return the rows of a portal's notices, withdrawn ones included, by id."""
    query = select(table).where(table.c.portal == portal).order_by(table.c.id)
    return connection.execute(query).all()


def latest_version(connection: Connection, row: Any) -> Any:
    """Return the row of a notice's current version."""
    return connection.execute(
        select(version_table).where(
            version_table.c.notice_id == row.id, version_table.c.number == row.versions
        )
    ).one()


def insert(connection: Connection, rows: Sequence[Row], versions: Sequence[Row]) -> None:
    """Add notices that were not known, with their first versions."""
    insert_all(connection, table, rows)
    insert_all(connection, version_table, versions)


def supersede(connection: Connection, version: Row, headline: Mapping[str, Any]) -> None:
    """Put a version in the place of its notice's current one, and a headline with it."""
    notice_id, number, at = version["notice_id"], version["number"], version["fetched_at"]
    connection.execute(
        version_table.update()
        .where(version_table.c.notice_id == notice_id, version_table.c.number == number - 1)
        .values(superseded_at=at)
    )
    insert_all(connection, version_table, [version])
    connection.execute(
        table.update()
        .where(table.c.id == notice_id)
        .values(changed_at=at, versions=number, **headline)
    )


def update_read(connection: Connection, rows: Sequence[Row]) -> None:
    """Keep that notices were read again: rows of ``key``, ``address``, ``crawl`` and ``at``."""
    if not rows:
        return
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


def update_met(connection: Connection, ids: Sequence[str], at: datetime) -> None:
    """Keep that notices were seen in a crawl that ended at a moment."""
    if not ids:
        return
    connection.execute(
        table.update()
        .where(table.c.id == bindparam("key"))
        .values(last_seen_at=bindparam("at"), missed=0, withdrawn_at=None),
        [{"key": each, "at": at} for each in ids],
    )


def update_missed(connection: Connection, rows: Sequence[Row]) -> None:
    """Keep how often notices were missed: rows of ``key``, ``count`` and ``at`` (withdrawn)."""
    if not rows:
        return
    connection.execute(
        table.update()
        .where(table.c.id == bindparam("key"))
        .values(missed=bindparam("count"), withdrawn_at=bindparam("at")),
        rows,
    )
