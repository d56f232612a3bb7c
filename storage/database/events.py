"""Events as rows: what happened, when a crawl saw it, and to which call."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from schema.events import Change, EventKind
from storage.database.rows import insert_all
from storage.database.tables import event as table
from storage.database.tables import link, notice
from storage.identity import event_id


@dataclass(frozen=True, slots=True)
class Event:
    """A change of one notice, and the crawl that saw it."""

    id: str
    notice_id: str
    at: datetime
    """Aware, UTC: when the page was fetched, or the crawl that missed the notice ended."""
    kind: EventKind
    crawl_id: str
    page_id: str | None = None
    field: str | None = None
    old_value: str | None = None
    new_value: str | None = None
    old_quote: str | None = None
    new_quote: str | None = None


@dataclass(frozen=True, slots=True)
class LinkedEvent:
    """An event with its notice, and the call that this notice announces."""

    event: Event
    call_id: str | None
    """``None`` while the notice is not linked."""
    portal: str
    url: str
    title: str
    is_call: bool


def of_change(
    change: Change, notice_id: str, at: datetime, crawl_id: str, page_id: str | None = None
) -> Event:
    """Make the event of a change."""
    detail = f"{change.field} {change.old_value} {change.new_value}"
    return Event(
        id=event_id(notice_id, page_id or crawl_id, change.kind, detail),
        notice_id=notice_id,
        at=at,
        kind=change.kind,
        crawl_id=crawl_id,
        page_id=page_id,
        field=change.field,
        old_value=change.old_value,
        new_value=change.new_value,
        old_quote=change.old_quote,
        new_quote=change.new_quote,
    )


def save(connection: Connection, events: Iterable[Event]) -> None:
    """Keep events."""
    insert_all(
        connection,
        table,
        [
            {
                **{each.name: getattr(event, each.name) for each in fields(Event)},
                "kind": event.kind.value,
            }
            for event in events
        ],
    )


def since(
    connection: Connection,
    start: datetime,
    end: datetime | None = None,
    kinds: Sequence[EventKind] = tuple(EventKind),
) -> list[LinkedEvent]:
    """Return the events from one aware moment up to (not including) another, the oldest first."""
    query = (
        select(
            table,
            link.c.call_id,
            notice.c.portal,
            notice.c.url,
            notice.c.title,
            notice.c.is_call,
        )
        .join(notice, notice.c.id == table.c.notice_id)
        .outerjoin(link, link.c.notice_id == table.c.notice_id)
        .where(table.c.at >= start, table.c.kind.in_([kind.value for kind in kinds]))
        .order_by(table.c.at, table.c.id, link.c.call_id)
    )
    if end is not None:
        query = query.where(table.c.at < end)
    return [
        LinkedEvent(_from_row(row), row.call_id, row.portal, row.url, row.title, row.is_call)
        for row in connection.execute(query)
    ]


def _from_row(row: Any) -> Event:
    values = {each.name: getattr(row, each.name) for each in fields(Event)}
    return Event(**{**values, "kind": EventKind(row.kind)})
