"""What the crawler asks of an archive: look up, add, keep, close. The composition root has one."""

from datetime import datetime
from typing import Protocol

from crawlers.pages.readers import Reading
from schema.crawls import Outcome
from schema.exchanges import Exchange


class PageStore(Protocol):
    """The archive as one crawl of one portal sees it; called from one thread only."""

    def latest(self, url: str, method: str = "GET", request_body: bytes = b"") -> Exchange | None:
        """Return the newest archived answer with a body (status 200) to this very request."""

    def answered_before(
        self, url: str, method: str = "GET", request_body: bytes = b""
    ) -> tuple[int, datetime] | None:
        """Return status and moment of the newest answer to this very request in earlier crawls."""

    def add(self, exchange: Exchange) -> int:
        """Archive the exchange, however this process may end. A failure ends the crawl.

        Return its number in the crawl, 1 for the first.
        """

    def keep(self, number: int, exchange: Exchange, reading: Reading) -> None:
        """Keep what an archived page was found to say, if that is of use to anybody."""

    def close(self, outcome: Outcome) -> Outcome:
        """Put the verdict after the crawl's last exchange; return it as it stands there.

        The store knows which ids are taken: the crawl's final id is the one returned.
        """


class NoStore:
    """Keeps nothing: for ``scrapy crawl STEM``, which only shows what a spider brings."""

    def latest(
        self,
        url: str,  # noqa: ARG002
        method: str = "GET",  # noqa: ARG002
        request_body: bytes = b"",  # noqa: ARG002
    ) -> Exchange | None:
        """Know nothing."""
        return None

    def answered_before(
        self,
        url: str,  # noqa: ARG002
        method: str = "GET",  # noqa: ARG002
        request_body: bytes = b"",  # noqa: ARG002
    ) -> tuple[int, datetime] | None:
        """Know nothing."""
        return None

    def add(self, exchange: Exchange) -> int:  # noqa: ARG002
        """Forget it."""
        return 0

    def keep(self, number: int, exchange: Exchange, reading: Reading) -> None:
        """Forget it."""

    def close(self, outcome: Outcome) -> Outcome:
        """Forget it."""
        return outcome
