"""Drupal sites whose Solr index is public: documents by offset, with a total.

A field without a value is absent. The prefix of a name is the kind of its value: ``zs_`` a string,
``zm_`` a list, ``ds_`` a time. Beside each list there is a copy of its first value, which is not
requested. See https://solr.apache.org/guide/solr/latest/query-guide/common-query-parameters.html
"""

from collections.abc import Sequence
from urllib.parse import urlencode, urljoin

from scrapy import Request

from crawlers.bases.records import RecordsSpider


class SolrSpider(RecordsSpider):
    """Reads a whole index, which a subclass names; it also adds ``readers["register"]``."""

    select: str
    """The path of the query handler, such as ``/solr/core/select``."""
    query: str
    fields: Sequence[str]
    """The fields to request; whole documents are ten times as large."""
    order: str
    """What to sort by, since paging by offset needs a fixed order."""
    rows = ("response", "docs")
    total = ("response", "numFound")
    page_size = 500

    def request_records(self, start: int) -> Request:
        """Request the documents from an offset on."""
        query = {
            "q": self.query,
            "wt": "json",
            "rows": self.page_size,
            "start": start,
            "sort": self.order,
            "fl": ",".join(self.fields),
        }
        url = urljoin(self.record.portal.home, self.select)
        return self.request_page(f"{url}?{urlencode(query, safe=':,*')}", start)
