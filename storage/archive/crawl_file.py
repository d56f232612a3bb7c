"""The file of a crawl while it is written."""

import fcntl
import io
import os
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from pathlib import Path

from schema.crawls import CrawlReport
from schema.exchanges import Exchange
from storage.archive.crawls import SUFFIX, ArchivedCrawl, read_at, unwritable
from storage.archive.index import Index, IndexEntry, Key, entry_of, key_of, load_index, save_index
from storage.archive.warc import ArchiveError, write_exchange, write_info, write_json
from storage.canonical import to_json

SYNCED_EVERY = 1.0
"""Seconds after which what was written is forced onto the disk."""


class CrawlFile:
    """The file of a running crawl.

    What :meth:`add` was given is in the file when it returns, and stays there however this process
    ends; a power cut may cost the last second. The verdict is on disk when :meth:`close` returns.
    """

    def __init__(
        self,
        path: Path,
        portal: str,
        started_at: datetime,
        crawls: Callable[[], Iterable[ArchivedCrawl]],
    ) -> None:
        """Begin an empty file; ``crawls`` gives those of the portal that ended before."""
        self.portal, self.path = portal, path
        self.crawl_id = path.name.removesuffix(SUFFIX)
        self._crawls = crawls
        self._entries: list[IndexEntry] = []
        self._answered: dict[Key, int] = {}
        self._end = self._synced_end = 0
        self._synced_at = time.monotonic()
        try:
            self._file = self.path.open("r+b", buffering=0)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise unwritable(self.path, error) from error
        opening = io.BytesIO()
        write_info(
            opening,
            self.crawl_id,
            {
                "software": "Callboard",
                "format": "WARC File Format 1.1",
                "robots": "obey",
                "portal": portal,
                "crawl-id": self.crawl_id,
                "started-at": started_at.astimezone(UTC).isoformat(),
            },
        )
        self._append(opening.getvalue())
        self._sync()

    def latest(self, url: str, method: str = "GET", request_body: bytes = b"") -> Exchange | None:
        """Return the newest 200 answer to a request over all crawls of the portal, or ``None``."""
        key = key_of(method, url, request_body)
        offset = self._answered.get(key)
        if offset is not None:
            return read_at(self.path, self.portal, offset)
        return self._earlier.find(key)

    def answered_before(
        self, url: str, method: str = "GET", request_body: bytes = b""
    ) -> tuple[int, datetime] | None:
        """Return status and moment of the newest answer to a request in the crawls before."""
        return self._earlier.newest.get(key_of(method, url, request_body))

    def add(self, exchange: Exchange) -> int:
        """Archive one exchange and return its number, 1 for the first.

        Cookies and credentials are left out; a 304 is only noted.
        """
        if exchange.portal != self.portal:
            raise ArchiveError(f"{exchange.url}: of {exchange.portal}, not of {self.portal}")
        records = io.BytesIO()
        number = len(self._entries) + 1
        write_exchange(records, self.crawl_id, number, exchange)
        offset = self._append(records.getvalue())
        entry = entry_of(offset, exchange)
        self._entries.append(entry)
        if exchange.status == HTTPStatus.OK:
            self._answered[entry.key] = offset
        if time.monotonic() - self._synced_at >= SYNCED_EVERY:
            self._sync()
        return number

    def keep(self, number: int, exchange: Exchange, result: object) -> None:
        """Keep nothing: what a page says is read from the archive."""

    def close(self, report: CrawlReport) -> CrawlReport:
        """Write the verdict and end the file; return it with the file's own crawl id."""
        verdict = replace(report, crawl_id=self.crawl_id)
        record = io.BytesIO()
        write_json(record, self.crawl_id, "outcome", verdict.finished_at, to_json(verdict))
        try:
            outcome_at = self._append(record.getvalue())
            self._sync()
        finally:
            self._file.close()
        with suppress(OSError):  # the index can be made again
            save_index(self.path, Index(self._end, tuple(self._entries), outcome_at, None))
        return verdict

    def abandon(self) -> None:
        """Close the file without a verdict: the crawl will be read as interrupted."""
        self._file.close()

    @cached_property
    def _earlier(self) -> "_Answers":
        return _Answers(self._crawls(), self.portal)

    def _append(self, data: bytes) -> int:
        """Write records, whole or not at all; return where they start."""
        start = self._end
        try:
            self._file.seek(start)
            rest = memoryview(data)
            while rest:
                rest = rest[self._file.write(rest) :]
        except OSError as error:
            with suppress(OSError):  # nothing behind half a record could be read
                self._file.truncate(start)
            raise unwritable(self.path, error) from error
        self._end = start + len(data)
        return start

    def _sync(self) -> None:
        """Force onto the disk what was written since the last time; if that fails, cut it off."""
        self._synced_at = time.monotonic()
        try:
            os.fsync(self._file.fileno())
        except OSError as error:
            self._end = self._synced_end
            self._entries = [each for each in self._entries if each.offset < self._end]
            self._answered = {key: at for key, at in self._answered.items() if at < self._end}
            with suppress(OSError):
                self._file.truncate(self._end)
            raise unwritable(self.path, error) from error
        self._synced_end = self._end


class _Answers:
    """Where the newest 200 answer to each request of a portal is, and what came last."""

    def __init__(self, crawls: Iterable[ArchivedCrawl], portal: str) -> None:
        self._portal = portal
        self._places: dict[Key, tuple[datetime, Path, int]] = {}
        self.newest: dict[Key, tuple[int, datetime]] = {}
        for crawl in crawls:
            for entry in load_index(crawl.path).entries:
                before = self.newest.get(entry.key)
                if before is None or before[1] <= entry.fetched_at:
                    self.newest[entry.key] = (entry.status, entry.fetched_at)
                known = self._places.get(entry.key)
                newest = known is None or known[0] <= entry.fetched_at
                if entry.status == HTTPStatus.OK and newest:
                    self._places[entry.key] = (entry.fetched_at, crawl.path, entry.offset)

    def find(self, key: Key) -> Exchange | None:
        place = self._places.get(key)
        return None if place is None else read_at(place[1], self._portal, place[2])
