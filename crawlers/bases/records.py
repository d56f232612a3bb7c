"""JSON interfaces that give records by offset and say beforehand how many there are.

A record is a notice, or names the address at which its notice is read. The end is where the
announced total was met or a page came empty: a short page alone may be the server's own limit.

A list that is read while it changes gives a record twice and hides another: where records of one
page come again on a later one, or the total changes, the list is walked once more, until what it
gave is what it announces or a walk brings nothing new.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from scrapy import Request

from crawlers.bases.portal import PortalSpider, Step
from crawlers.page import Page, PageChangedError

MOST_WALKS = 3
IDLE_PAGES = 3
"""So many pages in a row without anything new: a server that does not heed the offset."""


class RecordsSpider(PortalSpider):
    """Pages through one list; a subclass adds ``readers["register"]`` and :meth:`ask_records`."""

    rows: Sequence[str] = ()
    """Where the list of records stands in an answer, key by key; empty where it is the answer."""
    total: Sequence[str] = ()
    """Where the number of all records stands; empty where none is announced."""
    page_size: int = 100

    def begin(self) -> Step:
        """Ask for the first records."""
        self._walk = 0
        yield from self._begin_walk()

    def _begin_walk(self) -> Step:
        self._walk += 1
        self._idle = 0
        self._found = 0
        """How many records this walk met that none before it had met."""
        self._totals: set[int] = set()
        """What its pages announced."""
        yield self.ask_records(0)

    def ask_records(self, start: int) -> Request:
        """Return the request for the records from an offset on, by :meth:`ask_page`."""
        raise NotImplementedError

    def ask_page(
        self, url: str, start: int, *, body: bytes | None = None, **headers: str
    ) -> Request:
        """Return a request for records: a GET, or with a body a POST."""
        return self.ask(
            url,
            "register",
            partial(self.take_records, start=start),
            method="GET" if body is None else "POST",
            body=body or b"",
            headers={name.replace("_", "-"): value for name, value in headers.items()},
        )

    def take_records(self, page: Page, start: int) -> Step:
        """Read a page of records and go on: to those that follow, or round once more."""
        met = len(rows_at(page, self.rows))
        record = self.record
        if self.total:
            record.announced = int(value_at(page, self.total))
            self._totals.add(record.announced)
        rows, duplicates, repeated = record.rows, record.duplicates, record.repeated
        seen = len(record.seen)
        steps = list(self.take(page))
        new = len(record.seen) - seen
        if self._walk == 1:
            record.moved += (record.duplicates - duplicates) - (record.repeated - repeated)
        else:  # what was met before is counted by the first walk alone
            record.rows, record.duplicates, record.repeated = rows + new, duplicates, repeated
        self._found += new
        self._idle = 0 if new else self._idle + 1
        yield from steps
        end = start + met
        is_last = met < self.page_size if record.announced is None else end >= record.announced
        if record.sampled_enough:
            return
        if not met or is_last:
            yield from self._end_walk()
        elif self._walk == 1 and self._idle == IDLE_PAGES:
            record.gaps.append(f"the list repeats itself from record {start} on")
        else:
            yield self.ask_records(end)

    def _end_walk(self) -> Step:
        record = self.record
        changed = len(self._totals) > 1
        is_whole = record.announced is not None and record.rows - record.moved >= record.announced
        unsettled = record.moved if self._walk == 1 else self._found
        if not changed and (is_whole or not unsettled):
            return
        if self._walk < MOST_WALKS:
            yield from self._begin_walk()
        else:
            record.gaps.append(f"the list was still changing on walk {self._walk}")


def rows_at(page: Page, keys: Sequence[str]) -> list[Any]:
    """Return the records of an answer, or raise :class:`PageChangedError`."""
    rows = value_at(page, keys)
    if not isinstance(rows, list):
        raise PageChangedError(page.portal, f"no list at {'.'.join(keys) or 'the top'}", page.url)
    return rows


def value_at(page: Page, keys: Sequence[str]) -> Any:
    """Return what stands under a path of keys, or raise :class:`PageChangedError`."""
    value = page.json()
    for key in keys:
        if not isinstance(value, dict) or key not in value:
            raise PageChangedError(page.portal, f"no {'.'.join(keys)}", page.url)
        value = value[key]
    return value
