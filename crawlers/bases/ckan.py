"""CKAN open-data registers: one table of the datastore, paged by row; each answer has the total.

The API reports errors as ``"success": false``; a dump of the same table has rows as lists in the
order of its fields. See https://docs.ckan.org/en/latest/maintaining/datastore.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from scrapy import Request

from crawlers.bases.records import RecordsSpider, rows_at
from crawlers.pages.page import Page


class CkanSpider(RecordsSpider):
    """Reads a whole table; a subclass names it and adds ``readers["register"]``."""

    resource: str
    """The id of the table (CKAN calls it a resource), a UUID."""
    rows: Sequence[str] = ("result", "records")
    total: Sequence[str] = ("result", "total")
    page_size: int = 500

    def request_records(self, start: int) -> Request:
        """Request the rows from an offset on, in the order of the table's own key."""
        home = urlsplit(self.record.portal.home)
        query = f"resource_id={self.resource}&limit={self.page_size}&offset={start}&sort=_id"
        site = f"{home.scheme}://{home.netloc}"
        return self.request_page(f"{site}/api/3/action/datastore_search?{query}", start)


def rows_of(page: Page) -> Iterator[Any]:
    """Yield the rows of an answer, or of a dump, as objects.

    Raises :class:`PageChangedError` if the page is neither.
    """
    answer = page.json()
    if not (isinstance(answer, Mapping) and "fields" in answer):
        yield from rows_at(page, ("result", "records"))
        return
    names = [field["id"] for field in answer["fields"]]
    for row in rows_at(page, ("records",)):
        yield dict(zip(names, row, strict=True)) if isinstance(row, list) else row
