"""One request and what a portal answered: the unit that is archived before it is read."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

SECRET_HEADERS = frozenset(
    (
        "authorization",
        "cookie",
        "cookie2",
        "proxy-authorization",
        "set-cookie",
        "set-cookie2",
        "x-amz-security-token",
        "x-api-key",
        "x-auth-token",
        "x-csrf-token",
        "x-xsrf-token",
    )
)
"""Headers, lower-cased, that identify or authorise somebody: neither handed on nor archived."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its response, body decoded from any transfer or content encoding.

    Headers are lower-cased names with one value each, without ``SECRET_HEADERS``.
    """

    portal: str
    kind: str
    """Which reader the page is for: ``call``, ``register``, ``listing``, ``sitemap``, ``robots``,
    ``document``."""
    url: str
    fetched_at: datetime
    """Aware, UTC."""
    status: int
    body: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    method: str = "GET"
    request_body: bytes = b""


@dataclass(frozen=True, slots=True)
class ArchivedExchange:
    """An exchange and where the archive keeps it."""

    crawl_id: str
    number: int
    """1 for the first request of the crawl."""
    exchange: Exchange

    @property
    def id(self) -> str:
        """The page's address in the archive, ``<crawl id>/<number>``."""
        return f"{self.crawl_id}/{self.number}"
