"""Archive every answer before it is read, and make requests conditional on archived copies.

A 304 is archived as it is; the spider gets the archived body in its place. For conditional requests
see https://www.rfc-editor.org/rfc/rfc9110#section-13
"""

from dataclasses import replace
from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from crawlers.crawl_record import CrawlRecord
from schema.exchanges import SECRET_HEADERS, Exchange

CONDITIONS = {"etag": "If-None-Match", "last-modified": "If-Modified-Since"}


class ArchiveMiddleware:
    """Writes exchanges to the crawl's store.

    ``response.meta["exchange"]`` is what to read, ``response.meta["number"]`` its number there.
    """

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawler."""
        return cls(crawler)

    @property
    def _record(self) -> CrawlRecord:
        record = getattr(self._crawler.spider, "record", None)
        if not isinstance(record, CrawlRecord):
            raise TypeError("spiders of this project derive from PortalSpider")
        return record

    def process_request(self, request: Request) -> None:
        """Make the request conditional on what the archive already holds."""
        if self._record.faults.broken is not None:
            raise IgnoreRequest(self._record.faults.broken)  # an answer could not be archived
        known = self._record.store.latest(request.url, request.method, request.body)
        request.meta["known"] = known
        for header in CONDITIONS.values():  # a redirected request has those of the first
            request.headers.pop(header, None)
        if known is None or request.method != "GET":
            return
        for ours, theirs in CONDITIONS.items():
            if ours in known.headers:
                request.headers[theirs] = known.headers[ours]

    def process_response(self, request: Request, response: Response) -> Response:
        """Archive the answer; on 304 put the archived body in its place."""
        record = self._record
        exchange = Exchange(
            portal=record.portal.stem,
            kind=request.meta.get("kind") or kind_of(request.url),
            url=request.url,
            fetched_at=record.now(),
            status=response.status,
            body=response.body,
            headers=open_headers(response),
            method=request.method,
            request_body=request.body,
        )
        number = record.archive(exchange)
        known: Exchange | None = request.meta.pop("known", None)
        if known is not None and exchange.status == 304:
            record.requests.answer_unchanged()
            exchange = replace(known, kind=exchange.kind)
            response = response.replace(status=200, body=known.body, flags=["unchanged"])
        elif known is not None and exchange.status == 200 and exchange.body == known.body:
            record.requests.answer_unchanged()
        request.meta["exchange"], request.meta["number"] = exchange, number
        return response


def kind_of(url: str) -> str:
    """Return the kind of a request that no spider made: Scrapy's own, for robots.txt."""
    return "robots" if urlsplit(url).path == "/robots.txt" else "document"


def open_headers(response: Response) -> dict[str, str]:
    """Return the headers to archive, without secrets; names in lower case, values joined."""
    headers: dict[str, str] = {}
    for name, values in response.headers.items():
        lowered = name.decode("latin-1").lower()
        if lowered not in SECRET_HEADERS:
            headers[lowered] = ", ".join(value.decode("latin-1") for value in values)
    return headers
