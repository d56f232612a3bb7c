"""Fetch the documents that notices link to and archive them; `process` reads them later.

A document belongs to one notice and lists no others. A document that cannot be fetched is therefore
an Issue, not a gap in the inventory, and does not affect the state of the crawl.
"""

from collections.abc import Collection, Iterator
from datetime import timedelta

from scrapy import Request
from scrapy.exceptions import CloseSpider
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.attachment_policy import AttachmentPolicy, choose_none
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
"""Status codes that settle whether a document exists; after any other it is requested again."""


class AttachmentRequests:
    """Requests each document once in a crawl, and again in a later one when its answer is old."""

    def __init__(
        self,
        record: CrawlRecord,
        attachment_policy: AttachmentPolicy,
        hosts: Collection[str],
        refresh: timedelta,
    ) -> None:
        wanted = (
            record.portal.documents is not DocumentPolicy.NEVER and attachment_policy.per_notice > 0
        )
        self.wanted = wanted and attachment_policy.choose is not choose_none
        self._record, self._policy = record, attachment_policy
        self._hosts, self._refresh = hosts, refresh
        self._asked: set[str] = set()
        self._foreign: set[str] = set()

    def requests_for(self, notice: RawNotice) -> Iterator[Request]:
        """Yield the requests for a notice's documents.

        :class:`crawlers.http.middlewares.archive.ArchiveMiddleware` makes them conditional.
        """
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
        near = [url for url in self._policy.choose(notice) if self._is_near(url, notice)]
        for url in near[: self._policy.per_notice]:
            if url in self._asked:
                continue
            self._asked.add(url)
            if not self._is_settled(url):
                yield Request(
                    url,
                    callback=self.parse_document,
                    errback=self.parse_failure,
                    meta={"kind": "document", "max_bytes": self._policy.max_bytes},
                    dont_filter=True,
                )

    def _is_settled(self, url: str) -> bool:
        """Tell whether the last answer about a document is final and not yet due for renewal."""
        before = self._record.store.answered_before(url)
        if before is None:
            return False
        status, at = before
        return status in SETTLED and self._record.now() - at < self._refresh

    def parse_document(self, response: Response) -> None:
        """Add an Issue for an unusable answer; a usable one is archived by now."""
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
        """Tell whether a document is on one of the portal's hosts.

        Of each other host, the first document adds a note to the Issues.
        """
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
