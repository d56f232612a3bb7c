"""Retry with back-off, waiting as long as the portal's ``Retry-After`` asks, within reason.

The wait happens inside the one request that the spider has under way, so that the whole portal
is left alone meanwhile.
"""

import asyncio
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.retry import RetryMiddleware
from scrapy.http import Response


class PatientRetryMiddleware(RetryMiddleware):
    """Scrapy's retries, with pauses between them."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler.settings)
        self.crawler = crawler
        self._backoff = crawler.settings.getfloat("CALLBOARD_BACKOFF")
        self._longest_wait = crawler.settings.getfloat("CALLBOARD_LONGEST_WAIT")

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> "PatientRetryMiddleware":
        """Build for one crawler."""
        return cls(crawler)

    async def process_response(  # type: ignore[override]
        self, request: Request, response: Response
    ) -> Request | Response:
        """Return the request for another try after a pause, or the response as it is."""
        outcome = super().process_response(request, response)
        if isinstance(outcome, Request):
            asked = retry_after(response, datetime.now(UTC))
            if asked is not None and asked > self._longest_wait:
                return response  # it wants us gone for longer than a crawl should last
            await asyncio.sleep(self._pause(outcome) if asked is None else asked)
        return outcome

    async def process_exception(  # type: ignore[override]
        self, request: Request, exception: Exception
    ) -> Request | Response | None:
        """Return the request for another try after a pause, or ``None`` to give up."""
        outcome = super().process_exception(request, exception)
        if isinstance(outcome, Request):
            await asyncio.sleep(self._pause(outcome))
        return outcome

    def _pause(self, retry: Request) -> float:
        attempts: int = retry.meta["retry_times"]
        return min(self._backoff * 2.0 ** (attempts - 1), self._longest_wait)


def retry_after(response: Response, now: datetime) -> float | None:
    """Return the seconds that ``Retry-After`` asks for, or ``None``."""
    value = (response.headers.get("Retry-After") or b"").decode("latin-1").strip()
    if value.isdigit():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - now).total_seconds()) if value else None
    except (ValueError, TypeError):
        return None
