"""What a crawl has read, kept for the ingestion of the same run, so that no page is read twice.

In a file without a name that ends with the process: nothing here is older than the code that runs,
and the archive stays the only truth.
"""

import os
import pickle
import struct
import tempfile
import weakref
from array import array
from collections import defaultdict
from pathlib import Path
from typing import IO

from crawlers.pages.readers import ParseResult
from processing.page_extraction import ParsedPage
from schema.exchanges import ArchivedExchange
from storage.archive.crawls import ArchivedCrawl, PagePlace

LENGTH = struct.Struct("!I")
LARGE = 1_000_000
"""Bytes of a body from which on a page is rather read again than kept."""


class ParsedPageCache:
    """Pages as the crawls of this process have read them; without room, none."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._file: IO[bytes] | None = None
        self._end = 0
        self._starts: defaultdict[str, array[int]] = defaultdict(lambda: array("Q"))
        """Of a crawl's pages, by number: where in the file, counted from 1; 0 for none."""

    def keep(self, archived: ArchivedExchange, result: ParseResult) -> None:
        """Keep what a page says."""
        if len(archived.exchange.body) >= LARGE:
            return
        data = pickle.dumps(ParsedPage.of(archived, result), pickle.HIGHEST_PROTOCOL)
        message = LENGTH.pack(len(data)) + data
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

    def find(self, place: PagePlace) -> bytes | None:
        """Return a page, pickled; ``None`` if it was not kept."""
        starts = self._starts.get(place.crawl.id, ())
        start = starts[place.number] if place.number < len(starts) else 0
        if not start or self._file is None:
            return None
        file, start = self._file.fileno(), start - 1
        (length,) = LENGTH.unpack(os.pread(file, LENGTH.size, start))
        return os.pread(file, length, start + LENGTH.size)

    def __bool__(self) -> bool:
        """Tell whether anything was kept."""
        return bool(self._starts)

    def knows(self, crawl: ArchivedCrawl) -> bool:
        """Tell whether there are pages of a crawl."""
        return crawl.id in self._starts

    def clear(self) -> None:
        """Forget all of them."""
        if self._file is not None:
            self._file.close()
        self._file, self._end = None, 0
        self._starts.clear()
