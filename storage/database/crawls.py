"""Crawls and the pages that each archived, as rows. A crawl that has a row has been processed."""

from collections.abc import Sequence

from sqlalchemy import Connection, select

from schema.crawls import CrawlState, Outcome
from storage.database import issues
from storage.database.pages import PageRow
from storage.database.rows import insert_all, insert_new
from storage.database.tables import crawl, page, portal


def save(connection: Connection, outcome: Outcome) -> None:
    """Keep the verdict on a crawl, before its pages. A portal without description gets a row."""
    insert_new(
        connection, portal, [{"stem": outcome.portal, "title": outcome.portal, "status": "unknown"}]
    )
    insert_all(
        connection,
        crawl,
        [
            {
                "id": outcome.crawl_id,
                "portal": outcome.portal,
                "started_at": outcome.started_at,
                "finished_at": outcome.finished_at,
                "state": outcome.state.value,
                "reason": outcome.reason,
                "pages": outcome.pages,
                "unchanged": outcome.unchanged,
                "seen": len(outcome.seen),
                "announced": outcome.announced,
                "duplicates": outcome.duplicates,
            }
        ],
    )
    issues.save(connection, outcome.issues, outcome.finished_at, outcome.crawl_id)


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
