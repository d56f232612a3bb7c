"""Portals: their descriptions as rows, and how each stands."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, column, func, select
from sqlalchemy import table as lightweight_table

from schema.crawls import CrawlState
from schema.portals import Portal
from storage.database.column_types import UtcMoment
from storage.database.rows import upsert
from storage.database.tables import link, notice
from storage.database.tables import portal as table


@dataclass(frozen=True, slots=True)
class PortalState:
    """A portal and its latest crawl; all of it ``None`` or 0 before the first."""

    stem: str
    title: str
    crawl_id: str | None
    started_at: datetime | None
    finished_at: datetime | None
    state: CrawlState | None
    reason: str | None
    pages: int | None
    unchanged: int | None
    seen: int | None
    last_complete_at: datetime | None
    notices: int
    """All that were ever read."""
    standing: int
    """Those that are not withdrawn."""
    last_news_at: datetime | None
    """When a notice last was new or changed."""


def save(connection: Connection, portals: Iterable[Portal]) -> None:
    """Bring the rows in step with the descriptions. Rows of portals that are gone stay."""
    upsert(connection, table, [_to_row(each) for each in portals])


def states(connection: Connection) -> list[PortalState]:
    """Return how each portal stands, by stem."""
    moments = ("started_at", "finished_at", "last_complete_at", "last_news_at")
    names = tuple(PortalState.__dataclass_fields__)
    view = lightweight_table(
        "portal_now",
        *(column(name, UtcMoment()) if name in moments else column(name) for name in names),
    )
    return [
        PortalState(**{**row._mapping, "state": row.state and CrawlState(row.state)})  # noqa: SLF001
        for row in connection.execute(select(view).order_by(view.c.stem))
    ]


def count_calls(connection: Connection) -> dict[str, int]:
    """Return how many calls each portal announces; portals that announce none are left out."""
    rows = connection.execute(
        select(notice.c.portal, func.count(link.c.call_id.distinct()))
        .select_from(link.join(notice, notice.c.id == link.c.notice_id))
        .group_by(notice.c.portal)
    )
    return {row[0]: row[1] for row in rows}


def _to_row(portal: Portal) -> dict[str, object]:
    return {
        "stem": portal.stem,
        "title": portal.title,
        "publisher": portal.publisher,
        "publisher_local": portal.publisher_local,
        "country": portal.country,
        "languages": " ".join(portal.languages),
        "zone": portal.zone,
        "home": portal.home,
        "access": portal.access,
        "role": portal.role,
        "schedule": portal.schedule,
        "status": portal.status,
        "licence": portal.licence.name,
        "attribution": portal.licence.attribution,
        "may_republish": portal.licence.republish,
        "may_translate": portal.licence.translate,
        "expected_least": portal.expect.notices[0],
        "expected_most": portal.expect.notices[1],
        "silent_days": portal.expect.silent_days,
    }
