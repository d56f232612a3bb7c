"""Socrata open-data registers: rows of one dataset, paged in a fixed order, counted beforehand."""

from urllib.parse import urlsplit

from scrapy import Request

from crawlers.bases.portal import Step
from crawlers.bases.records import RecordsSpider
from crawlers.pages.page import Page


class SocrataSpider(RecordsSpider):
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
        yield from super().begin()

    @property
    def _resource(self) -> str:
        home = urlsplit(self.record.portal.home)
        return f"{home.scheme}://{home.netloc}/resource/{self.dataset}.json"

    def ask_records(self, start: int) -> Request:
        """Ask for the rows from an offset on."""
        query = f"$limit={self.page_size}&$offset={start}&$order={self.order}"
        return self.ask_page(f"{self._resource}?{query}", start)

    def take_count(self, page: Page) -> Step:
        """Note how many rows the register announces."""
        total = self.record.total_of(page.json()[0]["count"], page.url)
        self.record.inventory.announce(total)
        yield from ()

    def take_no_count(self, _: int | None) -> Step:
        """Go on without: the Issue about it is enough."""
        yield from ()
