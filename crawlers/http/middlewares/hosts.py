"""Ask only the portal's own hosts, whatever a listing names or a redirect says."""

from typing import Self
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.exceptions import IgnoreRequest


class ForeignHostError(IgnoreRequest):
    """An address on a host that is not the portal's."""


class HomeHostsMiddleware:
    """Stands before robots.txt, so that a foreign host is not even asked for that."""

    def __init__(self, crawler: Crawler) -> None:
        self._crawler = crawler

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawler."""
        return cls(crawler)

    def process_request(self, request: Request) -> None:
        """Let the request pass, or raise."""
        host = urlsplit(request.url).netloc
        if host not in getattr(self._crawler.spider, "hosts", ()):
            led = "redirects to" if "redirect_urls" in request.meta else "lists an address on"
            raise ForeignHostError(f"the portal {led} {host}, which is not its own")
