"""Socrata open-data registers: the rows of one dataset, sorted, with a request for their number.

See https://dev.socrata.com/docs/queries/
"""

from urllib.parse import urlsplit

from scrapy import Request

from crawlers.bases.portal import SpiderOutput
from crawlers.bases.records import RecordsSpider
from crawlers.pages.page import Page


class SocrataSpider(RecordsSpider):
    """Reads a whole dataset; a subclass names it and adds ``readers["register"]``.

    A column without a value is absent from a row; every value is a string.
    """

    dataset: str
    """The id of the dataset, such as ``bukx-h2uy``."""
    order: str
    """The column to sort by: the key, so that pages neither repeat nor skip rows."""
    page_size: int = 400
    """Small, because some hosts need a minute for a thousand rows."""

    def begin(self) -> SpiderOutput:
        """Request the number of rows and the first rows."""
        yield self.request(
            f"{self._resource}?$select=count(*)", "listing", self.parse_count, self.parse_no_count
        )
        yield from super().begin()

    @property
    def _resource(self) -> str:
        home = urlsplit(self.record.portal.home)
        return f"{home.scheme}://{home.netloc}/resource/{self.dataset}.json"

    def request_records(self, start: int) -> Request:
        """Request the rows from an offset on."""
        query = f"$limit={self.page_size}&$offset={start}&$order={self.order}"
        return self.request_page(f"{self._resource}?{query}", start)

    def parse_count(self, page: Page) -> SpiderOutput:
        """Note the number of rows as the announced total."""
        total = self.record.total_of(page.json()[0]["count"], page.url)
        self.record.inventory.announce(total)
        yield from ()

    def parse_no_count(self, _: int | None) -> SpiderOutput:
        """Go on without the number; there is an Issue about it."""
        yield from ()
