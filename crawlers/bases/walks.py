"""Walk through paged lists, and once more if they changed while they were read.

A list that changes between two requests repeats entries and hides others. A new entry at the top
moves the last one of a page to the next page, where it appears again; an entry that is removed
moves one from the next page to a page that has been read, where it is missed. The lists are then
walked again, at most :data:`MOST_WALKS` times in all.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from scrapy import Request

from crawlers.bases.portal import SpiderOutput
from crawlers.crawl_record import CrawlRecord
from schema.notices import RawNotice

MOST_WALKS = 3
IDLE_PAGES = 3
"""A list with so many successive pages without new notices is taken to repeat itself."""
ONLY = ""
"""The name of the list if there is only one."""


class ChangeSignal(Enum):
    """What tells that a list changed while it was walked."""

    TOTAL = auto()
    """Its announced total, which counts every entry once. Entries that appear again on a later page
    may hide as many others, unless the number of entries reaches the total."""
    CHANGED_TOTAL = auto()
    """Only that its pages announce different totals. Entries may be on two pages although the list
    does not change, and the total counts them twice."""
    PAGES = auto()
    """Only its pages: a later page has both repeated and new entries. For several lists that share
    entries, and for lists without totals. Totals count shared entries more than once, as the first
    walk does; later walks therefore add nothing to the number of rows."""


@dataclass(slots=True)
class _Paging:
    """The state of one walk in one list."""

    pages: int = 0
    """The number of pages read."""
    idle: int = 0
    """The number of latest pages, in a row, without new notices."""
    total: int | None = None
    """The first total that the list announced."""


@dataclass(frozen=True, slots=True)
class WalkedPage:
    """The result of reading one page."""

    steps: list[Request | RawNotice]
    rows: int
    """The number of its entries."""


@dataclass(slots=True)
class _Walk:
    """The state of one walk."""

    paging: dict[str, _Paging]
    unfinished: int
    """The number of lists that have not ended."""
    found: int = 0
    """The number of notices that no earlier walk had found."""
    total_changed: bool = False
    moved: bool = False
    """Whether new entries were on a later page of a list, beside repeated ones or after a page that
    had none."""


class Walks:
    """The walks through the lists of one portal, which are counted in the crawl's record."""

    def __init__(
        self,
        record: CrawlRecord,
        lists: Sequence[str] = (ONLY,),
        signal: ChangeSignal = ChangeSignal.TOTAL,
    ) -> None:
        """Begin the first walk."""
        self._record, self._inventory = record, record.inventory
        self._lists, self._signal = lists, signal
        self._announced: dict[str, int] = {}
        self.number = 0
        """The number of the walk, counted from 1."""
        self._begin()

    def _begin(self) -> None:
        self.number += 1
        self._walk = _Walk({each: _Paging() for each in self._lists}, len(self._lists))

    def announce(self, total: int | None, of: str = ONLY) -> None:
        """Note the total that a list announces; ``None`` if it announces none."""
        if total is None:
            self._announced.pop(of, None)
        else:
            self._announced[of] = total
            paging = self._walk.paging[of]
            if paging.total is None:
                paging.total = total
            self._walk.total_changed |= total != paging.total
        self._inventory.announce(sum(self._announced.values()) if self._announced else None)

    def read(self, read: Callable[[], SpiderOutput], of: str = ONLY) -> WalkedPage:
        """Read the next page of a list with ``read``, and correct the counts of its entries."""
        before = self._inventory.tally
        steps = list(read())
        page = self._inventory.tally - before
        if self.number > 1:  # the first walk has counted what it found
            by_pages = self._signal is ChangeSignal.PAGES
            self._inventory.uncount(page, rows_kept=0 if by_pages else page.seen)
        elif self._signal is ChangeSignal.TOTAL:
            self._inventory.count_moved(page.duplicates - page.repeated)
        walk, paging = self._walk, self._walk.paging[of]
        if page.seen:
            walk.moved |= paging.pages > 0 and page.duplicates + paging.idle > 0
            walk.found += page.seen
            paging.idle = 0
        else:
            paging.idle += 1
        paging.pages += 1
        return WalkedPage(steps, page.rows)

    def idle(self, of: str = ONLY) -> int:
        """Return the number of latest pages of a list, in a row, without new notices."""
        return self._walk.paging[of].idle

    @property
    def has_ended(self) -> bool:
        """Whether all lists have ended in this walk."""
        return not self._walk.unfinished

    def end_list(self) -> bool:
        """Note that a list has ended, and tell whether the next walk has begun.

        It begins when all lists have ended and one of them changed. If that was the last walk
        allowed, there is a gap instead.
        """
        self._walk.unfinished -= 1
        if self._walk.unfinished or self._is_settled():
            return False
        if self.number < MOST_WALKS:
            self._begin()
            return True
        self._record.faults.note_gap(f"the list was still changing on walk {self.number}")
        return False

    def _is_settled(self) -> bool:
        if self._signal is ChangeSignal.PAGES:
            return not self._walk.moved
        if self._walk.total_changed:
            return False
        inventory = self._inventory
        if inventory.announced is not None and inventory.given >= inventory.announced:
            return True
        return not (inventory.moved if self.number == 1 else self._walk.found)
