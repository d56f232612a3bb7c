"""Crawls and the pages that each archived, as rows. A crawl that has a row has been processed."""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urljoin

from sqlalchemy import Connection, select

from schema.crawls import CrawlState, Outcome
from schema.exchanges import Exchange
from storage import issues
from storage.archive import ArchivedExchange
from storage.rows import insert_all, insert_new
from storage.tables import crawl, page, portal

_REDIRECTS = (301, 302, 303, 307, 308)


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


PageRow = Mapping[str, Any]
"""A row of the table ``page``."""


def page_row(archived: ArchivedExchange) -> PageRow:
    """Return the row that says where a page lies."""
    exchange = archived.exchange
    return {
        "id": archived.id,
        "crawl_id": archived.crawl_id,
        "number": archived.number,
        "kind": exchange.kind,
        "method": exchange.method,
        "url": exchange.url,
        "status": exchange.status,
        "fetched_at": exchange.fetched_at,
        "leads_to": _leads_to(exchange),
        "content_type": exchange.headers.get("content-type"),
        "bytes": len(exchange.body),
        "sha256": body_hash(exchange),
    }


def save_pages(connection: Connection, rows: Sequence[PageRow]) -> None:
    """Keep where pages lie, before anything that is read from them."""
    insert_all(connection, page, rows)


def body_hash(exchange: Exchange) -> str:
    """Return the SHA-256 of an answer's body, hexadecimal: what a document is known by."""
    return hashlib.sha256(exchange.body).hexdigest()


def _leads_to(exchange: Exchange) -> str | None:
    location = exchange.headers.get("location")
    if not location or exchange.status not in _REDIRECTS:
        return None
    try:
        return urljoin(exchange.url, location)
    except ValueError:  # no address at all
        return None


def processed(connection: Connection) -> set[str]:
    """Return the ids of all crawls that have been processed."""
    return set(connection.scalars(select(crawl.c.id)))
