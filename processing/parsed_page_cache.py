"""What a crawl has read, kept for the fold of the same run, so that no page is read twice.

In a file without a name that ends with the process: nothing here is older than the code that runs,
and the archive stays the only truth.
"""

import os
import tempfile
import weakref
from array import array
from collections import defaultdict
from pathlib import Path
from typing import IO

from crawlers.pages import pickle_channel as channel
from crawlers.pages.readers import Reading
from processing.page_extraction import FoundPage
from schema.exchanges import ArchivedExchange
from storage.archive.archive import ArchivedCrawl, PagePlace

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
                self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)  # noqa: SIM115
                weakref.finalize(self, self._file.close)
            rest = memoryview(message)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError:
            self.clear()
            return
        starts = self._starts[archived.crawl_id]
        starts.extend([0] * (archived.number + 1 - len(starts)))
        starts[archived.number] = self._end + 1
        self._end += len(message)

    @property
    def descriptor(self) -> int | None:
        """The file, for :func:`read_kept`; ``None`` if nothing was kept."""
        return None if self._file is None else self._file.fileno()

    def start_of(self, place: PagePlace) -> int | None:
        """Return where a page starts in the file; ``None`` if it was not kept."""
        starts = self._starts.get(place.crawl.id, ())
        start = starts[place.number] if place.number < len(starts) else 0
        return start - 1 if start else None

    def find(self, place: PagePlace) -> FoundPage | None:
        """Return a page."""
        start, file = self.start_of(place), self.descriptor
        return None if start is None or file is None else read_kept(file, start)

    def knows(self, crawl: ArchivedCrawl) -> bool:
        """Tell whether there are pages of a crawl."""
        return crawl.id in self._starts

    def clear(self) -> None:
        """Forget all of them."""
        if self._file is not None:
            self._file.close()
        self._file, self._end = None, 0
        self._starts.clear()


def read_kept(file: int, start: int) -> FoundPage:
    """Return the page that starts at a byte of an open file."""
    (length,) = channel.LENGTH.unpack(os.pread(file, channel.LENGTH.size, start))
    found: FoundPage = channel.unpacked(os.pread(file, length, start + channel.LENGTH.size))
    return found
