"""A list that is paged through, again if it changed while it was read.

Such a list gives an entry twice and hides another. Entries of one page that come again on a later
one tell, and so does a total that changes on the way. Then it is walked once more, until what it
gave is what it announces or a walk brings nothing new.
"""

from collections.abc import Callable

from crawlers.bases.portal import Step
from crawlers.crawl_record import CrawlRecord

MOST_WALKS = 3


class Walks:
    """The walks through one list; what they meet is counted in the crawl's record."""

    def __init__(self, record: CrawlRecord, *, total_counts_repeated: bool = False) -> None:
        """Begin the first walk.

        With ``total_counts_repeated`` entries may stand on two pages at rest, and the announced
        total counts them twice: only its changes tell.
        """
        self._record = record
        self._total_counts_repeated = total_counts_repeated
        self.number = 0
        self._begin()

    def _begin(self) -> None:
        self.number += 1
        self.idle = 0
        """How many of the latest pages, in a row, brought nothing new."""
        self._found = 0
        """How many entries this walk met that none before it had met."""
        self._totals: set[int] = set()
        """What its pages announced."""

    def announce(self, total: int | None) -> None:
        """Note how many entries the list says it has, if it says so."""
        self._record.announced = total
        if total is not None:
            self._totals.add(total)

    def take(self, read: Callable[[], Step]) -> Step:
        """Read a page; return what follows from it."""
        record = self._record
        rows, duplicates, repeated = record.rows, record.duplicates, record.repeated
        seen = len(record.seen)
        steps = list(read())
        new = len(record.seen) - seen
        if self.number > 1:  # what was met before is counted by the first walk alone
            record.rows, record.duplicates, record.repeated = rows + new, duplicates, repeated
        elif not self._total_counts_repeated:
            record.moved += (record.duplicates - duplicates) - (record.repeated - repeated)
        self._found += new
        self.idle = 0 if new else self.idle + 1
        return steps

    def again(self) -> bool:
        """End a walk; tell whether another begins. A list that never comes to rest is a gap."""
        record = self._record
        changed = len(self._totals) > 1
        is_whole = record.announced is not None and record.rows - record.moved >= record.announced
        unsettled = record.moved if self.number == 1 else self._found
        if not changed and (is_whole or not unsettled):
            return False
        if self.number < MOST_WALKS:
            self._begin()
            return True
        record.gaps.append(f"the list was still changing on walk {self.number}")
        return False
