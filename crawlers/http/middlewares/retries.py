"""Retry failed requests after a pause: ``Retry-After`` up to a limit, or exponential back-off.

During the pause the host gets no request from any spider. ``Retry-After`` is defined in
https://www.rfc-editor.org/rfc/rfc9110#section-10.2.3
"""

from datetime import UTC, datetime
from urllib.parse import urlsplit

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response

from crawlers.http.transport import HostTurns, retry_after


class PatientRetryMiddleware(RetryMiddleware):
    """Scrapy's retry middleware with pauses, which it lacks."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler.settings)
        self.crawler = crawler
        self._backoff = crawler.settings.getfloat("CALLBOARD_BACKOFF")
        self._longest_wait = crawler.settings.getfloat("CALLBOARD_LONGEST_WAIT")
        self._turns: HostTurns = crawler.settings["CALLBOARD_TURNS"]

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PatientRetryMiddleware":
        """Build for one crawler."""
        return cls(crawler)

    def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return a request to retry after a pause, or the response if it is final."""
        outcome = super().process_response(request, response)
        if isinstance(outcome, Request):
            asked = retry_after(response.headers, datetime.now(UTC))
            if asked is not None and asked > self._longest_wait:
                return response  # longer than a crawl may wait
            self._pause(outcome, asked)
        return outcome

    def process_exception(  # type: ignore[override]
        self, request: Request, exception: Exception
    ) -> Request | Response | None:
        """Return a request to retry after a pause, or ``None`` to give up."""
        outcome = super().process_exception(request, exception)
        if isinstance(outcome, Request):
            self._pause(outcome)
        return outcome

    def _pause(self, retry: Request, asked: float | None = None) -> None:
        """Pause the host for as long as it asks, or else twice as long as before."""
        attempts: int = retry.meta["retry_times"]
        backoff = min(self._backoff * 2.0 ** (attempts - 1), self._longest_wait)
        self._turns.pause(urlsplit(retry.url).netloc, backoff if asked is None else asked)
