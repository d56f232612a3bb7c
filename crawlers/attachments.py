"""Documents that a notice links: fetched after the notice, archived like any page, read by others.

A document is a file beside a notice, never an inventory: one that cannot be had leaves an Issue and
no gap, and says nothing about the portal.
"""

from collections.abc import Collection, Iterator
from datetime import timedelta

from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.attachment_policy import DocumentWishes, choose_none
from crawlers.crawl_record import CrawlRecord
from crawlers.failures import as_line, describe
from crawlers.http.transport import TooLargeError
from crawlers.pages.addresses import split
from crawlers.pages.readers import READER_FAILED
from schema.exchanges import Exchange
from schema.issues import Severity
from schema.notices import RawNotice
from schema.portals import DocumentPolicy

SETTLED = frozenset((200, 301, 302, 303, 304, 307, 308, 404, 410))
"""Answers that say what is there, or that nothing is; after others it is tried again."""


class LinkedDocuments:
    """The documents of one crawl: each asked for once, and again only when the answer is old."""

    def __init__(
        self,
        record: CrawlRecord,
        wishes: DocumentWishes,
        hosts: Collection[str],
        refresh: timedelta,
    ) -> None:
        wanted = record.portal.documents is not DocumentPolicy.NEVER and wishes.per_notice > 0
        self.wanted = wanted and wishes.choose is not choose_none
        self._record, self._wishes = record, wishes
        self._hosts, self._refresh = hosts, refresh
        self._asked: set[str] = set()
        self._foreign: set[str] = set()

    def ask_for(self, notice: RawNotice) -> Iterator[Request]:
        """Yield the requests for a notice's documents, conditional where a copy is archived."""
        if not self.wanted:
            return
        try:
            requests = list(self._requests_for(notice))
        except Exception as error:  # noqa: BLE001 - its documents must not cost a notice
            self._record.note(
                READER_FAILED,
                f"The documents of a notice could not be chosen: {describe(error)}.",
                notice.url,
                Severity.ERROR,
            )
            return
        yield from requests

    def _requests_for(self, notice: RawNotice) -> Iterator[Request]:
        near = [url for url in self._wishes.choose(notice) if self._is_near(url, notice)]
        for url in near[: self._wishes.per_notice]:
            if url in self._asked:
                continue
            self._asked.add(url)
            if not self._is_settled(url):
                yield Request(
                    url,
                    callback=self.parse_document,
                    errback=self.parse_failure,
                    meta={"kind": "document", "max_bytes": self._wishes.max_bytes},
                    dont_filter=True,
                )

    def _is_settled(self, url: str) -> bool:
        """Tell whether a document was asked for lately, and will be again when that is old."""
        before = self._record.store.answered_before(url)
        if before is None:
            return False
        status, at = before
        return status in SETTLED and self._record.now() - at < self._refresh

    def parse_document(self, response: Response) -> None:
        """Record an answer that is no document; one that is has been archived, which is all."""
        exchange: Exchange = response.meta["exchange"]
        if exchange.status != 200:
            self._lost(response.request or response, f"the answer has status {exchange.status}")

    def parse_failure(self, failure: Failure) -> None:
        """Record why no answer came."""
        if self._record.faults.broken is not None:
            raise CloseSpider(self._record.faults.broken)
        error = failure.value
        request: Request = failure.request  # type: ignore[attr-defined]
        kind = "document_too_large" if isinstance(error, TooLargeError) else "missing_document"
        self._lost(request, as_line(error), kind)

    def _lost(self, asked: Request | Response, why: str, kind: str = "missing_document") -> None:
        address: str = asked.meta.get("redirect_urls", [asked.url])[0]
        self._record.note(kind, f"A linked document could not be had: {why}.", address)

    def _is_near(self, url: str, notice: RawNotice) -> bool:
        """Tell whether a document lies on a host that may be asked; say once where not."""
        parts = split(url)
        if parts is None:
            return False
        if parts.scheme in ("http", "https") and parts.netloc in self._hosts:
            return True
        if parts.netloc not in self._foreign:
            self._foreign.add(parts.netloc)
            self._record.note(
                "foreign_document",
                f"Documents on {parts.netloc} are not fetched: to have them read, add the host to "
                f"document_hosts in {self._record.portal.stem}.toml.",
                notice.url,
                Severity.NOTE,
                detail=url,
            )
        return False
