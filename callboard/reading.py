"""What an archived page says: its notices, and the call that each announces.

Depends on the page and on today's readers alone, so any process can do it: where there are many
pages, one for each core does, and what comes out is the same, in the same order.
"""

import os
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from crawlers import channel, registry
from crawlers.examination import examine
from crawlers.page import Page
from normalizers.normalise import Hints, normalise
from normalizers.originals import read_notice
from schema.exchanges import Exchange
from schema.issues import Issue
from schema.notices import RawNotice
from schema.portals import Portal
from storage.archive import ArchivedExchange, PagePlace
from storage.canonical import fingerprint
from storage.crawls import PageRow, page_row
from storage.notices import Understood

WORTH_PROCESSES = 200
"""Pages from which on processes of their own pay: each takes a second to start."""
AHEAD = 32
"""Pages that a process is given ahead of time."""
PART = 200
"""Most notices of a part: a register of a whole country may be one page."""


@dataclass(frozen=True, slots=True)
class ReadNotice:
    """One notice of a page."""

    raw: RawNotice
    understood: Understood | None
    """``None`` where it says what it said when it was last met."""


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What a page says, or a part of it."""

    page: ArchivedExchange
    """Without its body and headers."""
    row: PageRow
    notices: tuple[ReadNotice, ...]
    issues: tuple[Issue, ...]
    """Of the whole page, in its first part."""
    carries: bool
    """Whether it is a page that carries notices, even if there are none today."""
    part: int
    """0 for the first."""
    is_last: bool


class PageReader:
    """Reads pages, and remembers what their notices said last."""

    def __init__(self, portals: Mapping[str, Portal]) -> None:
        self._portals = portals
        self._last: dict[tuple[str, str], str] = {}

    def read(self, place: PagePlace) -> Iterator[ReadPage]:
        """Read a page of the archive. Raises ``ArchiveError`` where it is not there any more."""
        archived = place.read()
        found = self.raw_notices(archived.exchange)
        raws, issues = found or ((), ())
        at = archived.exchange.fetched_at
        for part in range(max(1, -(-len(raws) // PART))):
            rest = raws[part * PART :]
            yield ReadPage(
                replace(archived, exchange=replace(archived.exchange, body=b"", headers={})),
                page_row(archived),
                tuple(ReadNotice(raw, self._understand_news(raw, at)) for raw in rest[:PART]),
                () if part else tuple(issues),
                found is not None,
                part,
                len(rest) <= PART,
            )

    def raw_notices(self, exchange: Exchange) -> tuple[Sequence[RawNotice], Sequence[Issue]] | None:
        """Return what the portal's reader says; ``None`` for a page that carries no notices."""
        if exchange.status != 200 or exchange.portal not in self._portals:
            return None
        reader = registry.reader(exchange.portal, exchange.kind)
        if reader is None:
            return None
        reading = examine(Page(exchange), reader).reading
        return None if reading is None else (reading.notices, reading.issues)

    def understand(self, raw: RawNotice, at: datetime) -> Understood:
        """Return the call that a notice announces."""
        original = read_notice(raw)
        return Understood(original.text, normalise(original, self.hints(raw, at)))

    def hints(self, raw: RawNotice, at: datetime) -> Hints:
        """Return what is known beforehand of a notice that was fetched at a moment."""
        portal = self._portals[raw.portal]
        return Hints(
            language=raw.declared_language or portal.languages[0],
            languages=portal.languages,
            today=at.date(),
            zone=portal.zone,
            labels=portal.labels,
            statuses=portal.statuses,
            issuer=portal.issuer,
            only_calls=portal.only_calls,
            portal=raw.portal,
            url=raw.url,
        )

    def _understand_news(self, raw: RawNotice, at: datetime) -> Understood | None:
        words = fingerprint(replace(raw, url=""))
        key = raw.portal, raw.source_id
        if self._last.get(key) == words:
            return None
        self._last[key] = words
        return self.understand(raw, at)


class PageReaders:
    """Reads many pages, with all cores where that pays; close it at the end."""

    def __init__(self, reader: PageReader, pages: int) -> None:
        self._reader = reader
        others = (os.cpu_count() or 1) if pages >= WORTH_PROCESSES else 0
        self._others = [_Other() for _ in range(others)]

    def read_all(self, places: Sequence[PagePlace]) -> Iterator[ReadPage]:
        """Yield what each page says, in order."""
        if not self._others:
            for place in places:
                yield from self._reader.read(place)
            return
        asked: deque[tuple[PagePlace, _Other]] = deque()
        for number, place in enumerate(places):
            other = self._others[number % len(self._others)]
            other.ask(place)
            asked.append((place, other))
            if len(asked) >= AHEAD * len(self._others):
                yield from self._answers(*asked.popleft())
        while asked:
            yield from self._answers(*asked.popleft())

    def _answers(self, place: PagePlace, other: "_Other") -> Iterator[ReadPage]:
        parts = 0
        while found := other.answer():
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

    def __init__(self) -> None:
        self._way, self._process = channel.start("callboard.reading_process")
        self._answers = self._way.makefile("rb")

    def ask(self, place: PagePlace) -> None:
        with suppress(OSError):
            self._way.sendall(channel.packed(place))

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
