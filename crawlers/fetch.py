"""Fetch single pages under the rules of a crawl, without archiving the answers.

For looking at a site that is not a portal yet, and for saving a page as a test case.
"""

from collections.abc import Mapping, Sequence
from functools import partial
from typing import ClassVar

from scrapy.crawler import AsyncCrawlerRunner

from crawlers.bases.portal import PortalSpider, SpiderOutput
from crawlers.crawl_record import CrawlRecord
from crawlers.event_loop import run_until_closed
from crawlers.pages.addresses import problem_of
from crawlers.pages.page import Page
from crawlers.run import CrawlSettings, scrapy_settings
from schema.exchanges import Exchange
from schema.portals import Expectation, Licence, Portal


def fetch(
    urls: Sequence[str], settings: CrawlSettings, headers: Mapping[str, str] | None = None
) -> dict[str, Exchange | str]:
    """Return the answer to each address, or one line that says why there is none.

    All addresses must be on the site of the first. robots.txt is obeyed, redirects are followed
    within the site, and an answer without content (a login wall, a soft 404) counts as none.
    """
    record = CrawlRecord(_portal(urls[0]), settings.now)
    runner = AsyncCrawlerRunner(scrapy_settings(settings))
    answers: dict[str, Exchange | str] = {}

    async def run() -> None:
        await runner.crawl(
            _Fetcher, record=record, urls=tuple(urls), headers=headers or {}, answers=answers
        )

    run_until_closed(run())
    for issue in record.issues:
        if issue.url in answers and answers[issue.url] == "":
            answers[issue.url] = issue.message
    return answers


class _Fetcher(PortalSpider):
    """Requests addresses and collects the answers."""

    name = "xx_probe"
    kinds: ClassVar[tuple[str, ...]] = ()

    def __init__(
        self,
        record: CrawlRecord,
        urls: tuple[str, ...],
        headers: Mapping[str, str],
        answers: dict[str, Exchange | str],
    ) -> None:
        super().__init__(record)
        self._urls, self._headers, self._answers = urls, headers, answers

    def begin(self) -> SpiderOutput:
        """Request every address."""
        for url in self._urls:
            self._answers[url] = problem_of(url) or ""
            if self._answers[url]:
                continue
            yield self.request(
                url,
                "probe",
                partial(self.keep, url),
                self.miss,
                headers=self._headers,
            )

    def keep(self, url: str, page: Page) -> SpiderOutput:
        """Store an answer under the address that was requested."""
        self._answers[url] = page.exchange
        yield from ()

    def miss(self, _: int | None) -> SpiderOutput:
        """Do nothing: the Issue has the reason, and :func:`fetch` takes it from there."""
        yield from ()


def _portal(url: str) -> Portal:
    """Return a description of a portal with what a request needs, and placeholders."""
    nobody = Licence("unknown", "", republish=False, translate=False)
    return Portal(
        "xx_probe", "", "", "", "XX", ("en",), "UTC", url, "probe", "original", "0 0 * * *",
        nobody, Expectation((0, 1)),
    )  # fmt: skip
