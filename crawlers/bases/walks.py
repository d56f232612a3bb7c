"""Lists that are paged through, and walked again if they changed while they were read.

Such a list gives an entry twice and hides another: a new entry at the top pushes one over the end
of a page that was read, so that it comes again on the next; one that goes pulls another up onto a
page that was read. Then the lists are walked once more, at most :data:`MOST_WALKS` times.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from scrapy import Request

from crawlers.bases.portal import Step
from crawlers.crawl_record import CrawlRecord
from schema.notices import RawNotice

MOST_WALKS = 3
IDLE_PAGES = 3
"""After so many pages in a row without anything new, a list is taken to repeat itself."""
ONLY = ""
"""The name of a list where there is no other."""


class ChangeSignal(Enum):
    """What tells that a list changed while it was walked."""

    TOTAL = auto()
    """Its announced total, which counts every entry once. Entries that come again on a later page
    may have hidden as many others, until as many are known as the list announces."""
    CHANGED_TOTAL = auto()
    """Only that its pages announce different totals: an entry may stand on two pages of a list
    that does not change, and the total counts it twice."""
    PAGES = auto()
    """Only its pages: a later page repeats entries and has new ones beside them. For lists that
    share entries, whose totals count them more than once, or that announce none. Entries are then
    counted by the first walk alone, since its repetitions are in the totals, too."""


@dataclass(slots=True)
class _Paging:
    """Where one walk is in one list."""

    pages: int = 0
    """How many pages were read."""
    idle: int = 0
    """How many of the latest of them, in a row, brought nothing new."""
    total: int | None = None
    """The total that the list announced first."""


@dataclass(frozen=True, slots=True)
class WalkedPage:
    """What came of a page."""

    steps: list[Request | RawNotice]
    rows: int
    """How many entries it has."""


@dataclass(slots=True)
class _Walk:
    """What one walk has met."""

    paging: dict[str, _Paging]
    unfinished: int
    """How many lists have not come to their end."""
    found: int = 0
    """How many notices it met that no walk before it had met."""
    total_changed: bool = False
    moved: bool = False
    """Whether a later page of a list repeated entries and had new ones beside them."""


class Walks:
    """The walks through the lists of one portal; what they meet is counted in its record."""

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
        """Which walk it is, counted from 1."""
        self._begin()

    def _begin(self) -> None:
        self.number += 1
        self._walk = _Walk({each: _Paging() for each in self._lists}, len(self._lists))

    def announce(self, total: int | None, of: str = ONLY) -> None:
        """Note how many entries a list says it has, if it says so."""
        if total is None:
            self._announced.pop(of, None)
        else:
            self._announced[of] = total
            paging = self._walk.paging[of]
            if paging.total is None:
                paging.total = total
            self._walk.total_changed |= total != paging.total
        self._inventory.announce(sum(self._announced.values()) if self._announced else None)

    def take(self, read: Callable[[], Step], of: str = ONLY) -> WalkedPage:
        """Read the next page of a list and count its entries."""
        before = self._inventory.tally
        steps = list(read())
        page = self._inventory.tally - before
        if self.number > 1:  # what was met before is counted by the first walk alone
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
        """Return how many of the latest pages of a list, in a row, brought nothing new."""
        return self._walk.paging[of].idle

    @property
    def has_ended(self) -> bool:
        """Whether all lists have come to their end in this walk."""
        return not self._walk.unfinished

    def end_list(self) -> bool:
        """Note that a list has come to its end; where it was the last, tell whether to walk again.

        Another walk has begun then. Lists that still change in the last walk are a gap.
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
