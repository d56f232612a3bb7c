"""Obey robots.txt as RFC 9309 reads: a server that cannot say forbids for the time being.

Scrapy's own middleware takes a failed or 5xx robots.txt for permission, and does not know
``Crawl-delay``, which many portals print although the RFC leaves it out.
"""

import asyncio
from collections import defaultdict
from urllib.parse import urlsplit

from protego import Protego
from scrapy import Request
from scrapy.crawler import Crawler
from scrapy.downloadermiddlewares.robotstxt import RobotsTxtMiddleware
from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response
from scrapy.robotstxt import RobotParser

from crawlers.http.transport import HostTurns


class RobotsForbidError(IgnoreRequest):
    """The portal's robots.txt forbids the address to us."""


class RobotsSilentError(IgnoreRequest):
    """The portal's robots.txt could not be had, so nothing else is asked for either."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware with errors that say which of the two it was."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._silences: dict[str, str] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._turns: HostTurns = crawler.settings["CALLBOARD_TURNS"]
        self._agent: str = crawler.settings["USER_AGENT"]
        self._longest_delay = crawler.settings.getfloat("CALLBOARD_LONGEST_CRAWL_DELAY")

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of a request's host; whoever comes meanwhile waits for them."""
        # Of several that wait, Scrapy's own way tells one the rules and the others nothing.
        async with self._asking[urlsplit(request.url).netloc]:
            return await super().robot_parser(request)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Let the request pass, or raise."""
        if rp is None:
            raise RobotsSilentError(self._silences.get(urlsplit(request.url).netloc, "no answer"))
        try:
            super().process_request_2(rp, request)
        except IgnoreRequest as error:
            raise RobotsForbidError("robots.txt forbids the address") from error

    async def _parse_robots(self, response: Response, netloc: str, request: Request) -> None:
        if response.status >= 500 or response.status == 429:
            raise RobotsSilentError(f"robots.txt answers {response.status}")
        if response.status >= 400:
            response = response.replace(body=b"")  # none there: nothing is forbidden
        rules = Protego.parse(response.body.decode("utf-8", "replace"))
        asked = rules.crawl_delay(self._agent)
        if asked:
            self._turns.space(netloc, min(asked, self._longest_delay))
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._silences[netloc] = str(exc)
        super()._robots_error(exc, netloc)
