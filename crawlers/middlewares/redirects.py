"""Follow redirects within the portal's own hosts only, and never in a circle."""

from urllib.parse import urlsplit

from scrapy import Request
from scrapy.downloadermiddlewares.redirect import RedirectMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response


class RedirectedElsewhereError(IgnoreRequest):
    """The portal sends us to a host that is not its own."""


class RedirectLoopError(IgnoreRequest):
    """The portal sends us round in a circle, or on and on."""


class HomeRedirectMiddleware(RedirectMiddleware):
    """Scrapy's redirects, with the two refusals."""

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return the request to follow, the response where there is nothing to follow, or raise."""
        try:
            outcome = super().process_response(request, response)
        except IgnoreRequest as error:
            raise RedirectLoopError("it redirects on and on") from error
        if not isinstance(outcome, Request):
            return outcome
        host = urlsplit(outcome.url).netloc
        if host not in getattr(self.crawler.spider, "hosts", ()):
            raise RedirectedElsewhereError(f"it redirects to {host or outcome.url}")
        if outcome.url in outcome.meta["redirect_urls"]:
            raise RedirectLoopError("it redirects in a circle")
        return outcome
