"""What a crawl has read, kept for the fold of the same run, so that no page is read twice.

In a file without a name that ends with the process: the code cannot have changed on the way, and
the archive stays the only truth.
"""

import tempfile
import weakref
from array import array
from collections import defaultdict
from pathlib import Path
from typing import IO

from callboard.reading import FoundPage
from crawlers import channel
from crawlers.readings import Reading
from storage.archive import ArchivedCrawl, ArchivedExchange, PagePlace

LARGE = 1_000_000
"""Bytes of a body from which on a page is rather read again than kept."""


class KeptReadings:
    """Pages as the crawls of this process have read them; without room, none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._end = 0
        self._starts: defaultdict[str, array[int]] = defaultdict(lambda: array("Q"))
        """Of a crawl's pages, by number: where in the file, counted from 1; 0 for none."""

    def keep(self, archived: ArchivedExchange, reading: Reading) -> None:
        """Keep what a page says."""
        if len(archived.exchange.body) >= LARGE:
            return
        message = channel.packed(FoundPage.of(archived, reading))
        try:
            if self._file is None:
                self._file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115
                weakref.finalize(self, self._file.close)
            self._file.write(message)
        except OSError:
            self.clear()
            return
        starts = self._starts[archived.crawl_id]
        starts.extend([0] * (archived.number + 1 - len(starts)))
        starts[archived.number] = self._end + 1
        self._end += len(message)

    def message(self, place: PagePlace) -> bytes | None:
        """Return a page as a message to another process."""
        starts = self._starts.get(place.crawl.id, ())
        start = starts[place.number] if place.number < len(starts) else 0
        if self._file is None or not start:
            return None
        try:
            self._file.seek(start - 1)
            head = self._file.read(channel.LENGTH.size)
            return head + self._file.read(*channel.LENGTH.unpack(head))
        except OSError:
            return None

    def find(self, place: PagePlace) -> FoundPage | None:
        """Return a page."""
        message = self.message(place)
        if message is None:
            return None
        found: FoundPage = channel.unpacked(message[channel.LENGTH.size :])
        return found

    def knows(self, crawl: ArchivedCrawl) -> bool:
        """Tell whether there are pages of a crawl."""
        return crawl.id in self._starts

    def clear(self) -> None:
        """Forget all of them."""
        if self._file is not None:
            self._file.close()
        self._file, self._end = None, 0
        self._starts.clear()
