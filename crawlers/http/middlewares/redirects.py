"""Follow redirects, and stop at the first address that comes a second time."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class RedirectLoopError(IgnoreRequest):
    """Redirects lead back to an address that was followed already, or are too many."""


class StraightRedirectMiddleware(RedirectMiddleware):
    """Scrapy's middleware, which alone would follow a circle up to ``REDIRECT_MAX_TIMES``."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawler, without Scrapy's search for its referer middleware."""
        made = cls(crawler.settings)
        made.crawler = crawler
        return made

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return the request to follow, or the response if it redirects nowhere, or raise."""
        try:
            outcome = super().process_response(request, response)
        except IgnoreRequest as error:
            raise RedirectLoopError("it redirects on and on") from error
        if isinstance(outcome, Request) and outcome.url in outcome.meta["redirect_urls"]:
            raise RedirectLoopError("it redirects in a circle")
        return outcome
