"""What a crawl needs of an archive. ``callboard/pipeline.py`` passes the implementation."""

from datetime import datetime
from typing import Protocol

from crawlers.pages.readers import ParseResult
from schema.crawls import CrawlReport
from schema.exchanges import Exchange


class PageStore(Protocol):
    """The archive of one crawl of one portal; called from one thread only."""

    def latest(self, url: str, method: str = "GET", request_body: bytes = b"") -> Exchange | None:
        """Return the newest archived answer with status 200 to exactly this request."""

    def answered_before(
        self, url: str, method: str = "GET", request_body: bytes = b""
    ) -> tuple[int, datetime] | None:
        """Return status and time of the newest answer to exactly this request in earlier crawls."""

    def add(self, exchange: Exchange) -> int:
        """Archive the exchange and return its number in the crawl, 1 for the first.

        It must be stored even if the process is killed afterwards. An exception ends the crawl.
        """

    def keep(self, number: int, exchange: Exchange, result: ParseResult) -> None:
        """Offer what was read from an archived page, for a cache; the store may ignore it."""

    def close(self, report: CrawlReport) -> CrawlReport:
        """Store the CrawlReport after the crawl's last exchange; return it as it was stored.

        Its crawl id may differ from the one given, if that was taken.
        """


class NoStore:
    """Stores nothing: for ``scrapy crawl STEM``, which only prints what a spider yields."""

    def latest(
        self,
        url: str,  # noqa: ARG002
        method: str = "GET",  # noqa: ARG002
        request_body: bytes = b"",  # noqa: ARG002
    ) -> Exchange | None:
        """Return ``None``: there are no earlier answers."""
        return None

    def answered_before(
        self,
        url: str,  # noqa: ARG002
        method: str = "GET",  # noqa: ARG002
        request_body: bytes = b"",  # noqa: ARG002
    ) -> tuple[int, datetime] | None:
        """Return ``None``: there are no earlier answers."""
        return None

    def add(self, exchange: Exchange) -> int:  # noqa: ARG002
        """Do nothing; return 0."""
        return 0

    def keep(self, number: int, exchange: Exchange, result: ParseResult) -> None:
        """Do nothing."""

    def close(self, report: CrawlReport) -> CrawlReport:
        """Return the CrawlReport unchanged."""
        return report
