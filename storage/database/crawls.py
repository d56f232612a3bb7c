"""Crawls and the pages that each archived, as rows. A crawl that has a row has been processed."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from schema.crawls import CrawlReport, CrawlState
from storage.database import issues
from storage.database.pages import PageRow
from storage.database.rows import insert_all, insert_new
from storage.database.tables import crawl, page, portal


def save(connection: Connection, report: CrawlReport) -> None:
    """Keep the verdict on a crawl, before its pages. A portal without description gets a row."""
    insert_new(
        connection, portal, [{"stem": report.portal, "title": report.portal, "status": "unknown"}]
    )
    insert_all(
        connection,
        crawl,
        [
            {
                "id": report.crawl_id,
                "portal": report.portal,
                "started_at": report.started_at,
                "finished_at": report.finished_at,
                "state": report.state.value,
                "reason": report.reason,
                "pages": report.pages,
                "unchanged": report.unchanged,
                "seen": len(report.seen),
                "announced": report.announced,
                "duplicates": report.duplicates,
            }
        ],
    )
    issues.save(connection, report.issues, report.finished_at, report.crawl_id)


def has_whole_inventory(connection: Connection, stem: str, *, but: str) -> bool:
    """Tell whether any crawl of a portal, but the one with that id, has seen all that it lists."""
    query = select(crawl.c.id).where(
        crawl.c.portal == stem, crawl.c.state == CrawlState.COMPLETE.value, crawl.c.id != but
    )
    return connection.scalar(query.limit(1)) is not None


def save_pages(connection: Connection, rows: Sequence[PageRow]) -> None:
    """Keep where pages lie, before anything that is read from them."""
    insert_all(connection, page, rows)


def processed(connection: Connection) -> set[str]:
    """Return the ids of all crawls that have been processed."""
    return set(connection.scalars(select(crawl.c.id)))
