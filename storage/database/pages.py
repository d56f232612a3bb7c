"""Pages of the archive as rows that say where they lie and what came with them. Pure."""

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import urljoin

from schema.exchanges import ArchivedExchange, Exchange

_REDIRECTS = (301, 302, 303, 307, 308)

PageRow = Mapping[str, Any]
"""A row of the table ``page``."""


def to_row(archived: ArchivedExchange) -> PageRow:
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
