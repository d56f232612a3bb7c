"""Read the pages of a fold with all cores: the same comes out, in the same order.

What a crawl of this very process has read is not read again, only understood.
"""

import os
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import suppress
from itertools import islice

from crawlers.pages import pickle_channel as channel
from processing.page_extraction import PageReader, ReadPage
from processing.parsed_page_cache import KeptReadings
from storage.archive.archive import PagePlace

WORTH_PROCESSES = 200
"""Pages from which on processes of their own pay: each takes up to a second to start."""
AHEAD = 32
"""Pages that a process is given ahead of time."""


class PageReaders:
    """Reads many pages, with all cores where that pays; close it at the end."""

    def __init__(self, reader: PageReader, pages: int, kept: KeptReadings) -> None:
        self._reader, self._kept = reader, kept
        others = (os.cpu_count() or 1) if pages >= WORTH_PROCESSES else 0
        self._others = [_Other(kept) for _ in range(others)]

    def read_all(self, places: Sequence[PagePlace]) -> Iterator[ReadPage]:
        """Yield what each page says, in order."""
        if not self._others:
            for place in places:
                yield from self._reader.read(self._kept.find(place) or place)
            return
        asked: deque[tuple[PagePlace, _Other | None]] = deque()
        for number, place in enumerate(places):
            start = self._kept.start_of(place)
            other = None
            # What a crawl of ours has met and not read are lists: none has to load spiders for it.
            if start is not None or not self._kept.knows(place.crawl):
                other = self._others[number % len(self._others)]
                other.ask(place if start is None else start)
            asked.append((place, other))
            if len(asked) >= AHEAD * len(self._others):
                yield from self._answers(*asked.popleft())
        while asked:
            yield from self._answers(*asked.popleft())

    def _answers(self, place: PagePlace, other: "_Other | None") -> Iterator[ReadPage]:
        parts = 0
        while other is not None and (found := other.answer()):
            yield found
            if found.is_last:
                return
            parts += 1
        yield from islice(self._reader.read(place), parts, None)

    def close(self) -> None:
        """End the other processes."""
        for other in self._others:
            other.close()


class _Other:
    """Another process that reads pages. One that was ended from outside gives no answers."""

    def __init__(self, kept: KeptReadings) -> None:
        files = [] if kept.descriptor is None else [kept.descriptor]
        self._way, self._process = channel.start("processing.extraction_worker", *files)
        self._answers = self._way.makefile("rb")

    def ask(self, question: PagePlace | int) -> None:
        # A place, of a few bytes: neither side ever waits for the other to read.
        with suppress(OSError):
            self._way.sendall(channel.packed(question))

    def answer(self) -> ReadPage | None:
        with suppress(OSError):
            head = self._answers.read(channel.LENGTH.size)
            data = self._answers.read(*channel.LENGTH.unpack(head)) if head else b""
            if data:
                found: ReadPage = channel.unpacked(data)
                return found
        return None

    def close(self) -> None:
        self._answers.close()
        self._way.close()
        self._process.kill()  # it has nothing to lose
        self._process.wait()
