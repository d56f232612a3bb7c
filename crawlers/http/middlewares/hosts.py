"""Drop requests to hosts other than the portal's own, from listings and redirects alike."""

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest


class ForeignHostError(IgnoreRequest):
    """A request goes to a host that is not one of the portal's."""


class HomeHostsMiddleware:
    """Runs before the robots.txt middleware, so that foreign hosts get no request at all."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawler."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Raise :class:`ForeignHostError` for a request to a foreign host."""
        host = urlsplit(request.url).netloc
        if host not in getattr(self._crawler.spider, "hosts", ()):
            led = "redirects to" if "redirect_urls" in request.meta else "lists an address on"
            raise ForeignHostError(f"the portal {led} {host}, which is not its own")
