"""Follow redirects, but never in a circle."""

from typing import Self

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class RedirectLoopError(IgnoreRequest):
    """The portal sends us round in a circle, or on and on."""


class StraightRedirectMiddleware(RedirectMiddleware):
    """Scrapy's redirects, which would go round until they are counted out."""

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Build for one crawler, without Scrapy's search for what would name referers."""
        made = cls(crawler.settings)
        made.crawler = crawler
        return made

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return the request to follow, the response where there is nothing to follow, or raise."""
        try:
            outcome = super().process_response(request, response)
        except IgnoreRequest as error:
            raise RedirectLoopError("it redirects on and on") from error
        if isinstance(outcome, Request) and outcome.url in outcome.meta["redirect_urls"]:
            raise RedirectLoopError("it redirects in a circle")
        return outcome
