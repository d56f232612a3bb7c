"""Obey robots.txt as RFC 9309 requires, and ``Crawl-delay``, which the RFC leaves out.

While robots.txt is unreachable (no answer, or status 5xx), the whole site counts as disallowed; a
4xx means that there are no rules: https://www.rfc-editor.org/rfc/rfc9309#section-2.3.1.4. Scrapy's
own middleware allows everything in both cases. Status 429 is treated like 5xx here, because it says
nothing about the rules.
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
    """The portal's robots.txt disallows the address for our user agent."""


class RobotsSilentError(IgnoreRequest):
    """The portal's robots.txt is unreachable, so that nothing may be requested."""


class RobotsMiddleware(RobotsTxtMiddleware):
    """Scrapy's middleware, with an error each for disallowed and for unreachable."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._silences: dict[str, str] = {}
        self._asking: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._turns: HostTurns = crawler.settings["CALLBOARD_TURNS"]
        self._agent: str = crawler.settings["USER_AGENT"]
        self._longest_delay = crawler.settings.getfloat("CALLBOARD_LONGEST_CRAWL_DELAY")

    async def robot_parser(self, request: Request) -> RobotParser | None:
        """Return the rules of a request's host; requests that come meanwhile wait for them."""
        # Without the lock, Scrapy would give the rules to only one of several waiting requests.
        async with self._asking[urlsplit(request.url).netloc]:
            return await super().robot_parser(request)

    def process_request_2(self, rp: RobotParser | None, request: Request) -> None:
        """Raise unless the request is allowed."""
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
            response = response.replace(body=b"")  # there are no rules: RFC 9309, 2.3.1.3
        rules = Protego.parse(response.body.decode("utf-8", "replace"))
        asked = rules.crawl_delay(self._agent)
        if asked:
            self._turns.set_delay(netloc, min(asked, self._longest_delay))
        await super()._parse_robots(response, netloc, request)

    def _robots_error(self, exc: Exception, netloc: str) -> None:
        self._silences[netloc] = str(exc)
        super()._robots_error(exc, netloc)
