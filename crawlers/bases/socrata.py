"""Socrata open-data registers: rows of one dataset, paged in a fixed order, counted beforehand."""

from functools import partial
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request

from crawlers.bases.portal import PortalSpider, Step
from crawlers.page import Page, PageChangedError


class SocrataSpider(PortalSpider):
    """Reads a whole dataset; a subclass names it and adds ``readers["register"]``.

    A column without a value is absent from its row; every value is a string.
    """

    dataset: str
    """The four-by-four id, ``bukx-h2uy``."""
    order: str
    """The column to page by: the key, so that no row is met twice or missed."""
    page_size: int = 400
    """Small, because some Socrata hosts need a minute for a thousand rows."""

    def begin(self) -> Step:
        """Ask how many rows there are, then for the first of them."""
        yield self.ask(
            f"{self._resource}?$select=count(*)", "listing", self.take_count, self.take_no_count
        )
        yield self._ask_rows(0)

    @property
    def _resource(self) -> str:
        home = urlsplit(self.record.portal.home)
        return f"{home.scheme}://{home.netloc}/resource/{self.dataset}.json"

    def _ask_rows(self, offset: int) -> Request:
        query = f"$limit={self.page_size}&$offset={offset}&$order={self.order}"
        return self.ask(
            f"{self._resource}?{query}", "register", partial(self.take_rows, offset=offset)
        )

    def take_count(self, page: Page) -> Step:
        """Note how many rows the register announces."""
        self.record.announced = int(page.json()[0]["count"])
        yield from ()

    def take_no_count(self, _: int | None) -> Step:
        """Go on without: the Issue about it is enough."""
        yield from ()

    def take_rows(self, page: Page, offset: int) -> Step:
        """Read a page of rows and ask for the next, until one is short."""
        rows = rows_of(page)
        yield from self.take(page)
        if len(rows) == self.page_size and not self.record.sampled_enough:
            yield self._ask_rows(offset + self.page_size)


def rows_of(page: Page) -> list[Any]:
    """Return the rows of an answer, or raise :class:`PageChangedError` where it is no list."""
    rows = page.json()
    if not isinstance(rows, list):
        raise PageChangedError(page.portal, "no list of rows", page.url)
    return rows
