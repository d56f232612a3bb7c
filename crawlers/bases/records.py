"""JSON APIs that return records by offset, most of them with a total.

A record is a notice, or has the address of the page to read. The list ends at the announced total
or at an empty page. A short page ends it only if no total is announced, because a server may return
fewer records than requested.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from scrapy import Request

from crawlers.bases.portal import PortalSpider, SpiderOutput
from crawlers.bases.walks import IDLE_PAGES, Walks
from crawlers.pages.page import Page, PageChangedError


class RecordsSpider(PortalSpider):
    """Reads one list; a subclass adds ``readers["register"]`` and :meth:`request_records`."""

    rows: Sequence[str] = ()
    """The path of keys to the list of records; empty if the answer is the list."""
    total: Sequence[str] = ()
    """The path of keys to the number of all records; empty if there is none."""
    page_size: int = 100

    def begin(self) -> SpiderOutput:
        """Request the first records."""
        self._walks = Walks(self.record)
        yield self.request_records(0)

    def request_records(self, start: int) -> Request:
        """Return the request for the records from an offset on; made with :meth:`request_page`."""
        raise NotImplementedError

    def request_page(
        self, url: str, start: int, *, body: bytes | None = None, **headers: str
    ) -> Request:
        """Return a request for records: GET, or POST if there is a body."""
        return self.request(
            url,
            "register",
            partial(self.parse_records, start=start),
            method="GET" if body is None else "POST",
            body=body or b"",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    def parse_records(self, page: Page, start: int) -> SpiderOutput:
        """Read a page of records and request the following ones, or begin another walk."""
        met, walks = len(rows_at(page, self.rows)), self._walks
        if self.total:
            walks.announce(self.record.total_of(value_at(page, self.total), page.url))
        yield from walks.read(lambda: self.parse_notices(page)).steps
        end, announced = start + met, self.record.inventory.announced
        is_last = met < self.page_size if announced is None else end >= announced
        if self.record.sampled_enough:
            return
        if not met or is_last:
            if walks.end_list():
                yield self.request_records(0)
        elif walks.number == 1 and walks.idle() == IDLE_PAGES:  # the server ignores the offset
            self.record.faults.note_gap(f"the list repeats itself from record {start} on")
        else:
            yield self.request_records(end)


def rows_at(page: Page, keys: Sequence[str]) -> list[Any]:
    """Return the records of an answer, or raise :class:`PageChangedError`."""
    rows = value_at(page, keys)
    if not isinstance(rows, list):
        raise PageChangedError(page.portal, f"no list at {'.'.join(keys) or 'the top'}", page.url)
    return rows


def value_at(page: Page, keys: Sequence[str]) -> Any:
    """Return the value under a path of keys, or raise :class:`PageChangedError`."""
    value = page.json()
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            raise PageChangedError(page.portal, f"no {'.'.join(keys)}", page.url)
        value = value[key]
    return value
