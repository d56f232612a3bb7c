"""Drupal sites whose Solr index answers queries: documents by offset, counted beforehand.

A field without a value is absent. Names begin with what a value is: ``zs_`` one string, ``zm_`` a
list, ``ds_`` a moment; beside each list stands a copy of its first value, which is not asked for.
"""

from collections.abc import Sequence
from urllib.parse import urlencode, urljoin

from scrapy import Request

from crawlers.bases.records import RecordsSpider


class SolrSpider(RecordsSpider):
    """Reads a whole index; a subclass says which, and adds ``readers["register"]``."""

    select: str
    """Path of the query handler: ``/solr/core/select``."""
    query: str
    fields: Sequence[str]
    """What is asked for: whole documents are ten times as large."""
    order: str
    """What to sort by: the offset means nothing without an order."""
    rows = ("response", "docs")
    total = ("response", "numFound")
    page_size = 500

    def ask_records(self, start: int) -> Request:
        """Ask for the documents from an offset on."""
        query = {
            "q": self.query,
            "wt": "json",
            "rows": self.page_size,
            "start": start,
            "sort": self.order,
            "fl": ",".join(self.fields),
        }
        url = urljoin(self.record.portal.home, self.select)
        return self.ask_page(f"{url}?{urlencode(query, safe=':,*')}", start)
