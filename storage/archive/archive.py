"""The archive: one WARC file for each crawl of a portal, the only thing that can't be rebuilt.

``<folder>/<portal>/<crawl id>.warc.gz``. A file whose crawl was killed has no verdict: it reads as
far as it goes, and its outcome is FAILED. Beside each file lies an index of offsets that can be
deleted at any time; it is made again when it is missing or does not fit.
"""

import fcntl
import io
import os
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from http import HTTPStatus
from itertools import islice
from pathlib import Path

from schema.crawls import CrawlState, Outcome
from schema.exchanges import ArchivedExchange, Exchange
from storage.archive.index import (
    Entry,
    Index,
    Key,
    entry_of,
    key_of,
    load_index,
    save_index,
)
from storage.archive.warc import (
    ArchiveError,
    DamageError,
    read_exchange,
    read_records,
    write_exchange,
    write_info,
    write_json,
)
from storage.canonical import from_json, to_json

_NAME = re.compile(r"(?P<portal>[a-z0-9_]+)-(?P<start>\d{8}T\d{6}Z)(?:-(?P<again>\d+))?")
_SUFFIX = ".warc.gz"


@dataclass(frozen=True, slots=True)
class ArchivedCrawl:
    """One crawl of one portal, as a file of the archive."""

    id: str
    portal: str
    started_at: datetime
    """Aware, UTC, to the second (from the name; the verdict has it exactly)."""
    path: Path


@dataclass(frozen=True, slots=True)
class PagePlace:
    """Where a page stands in the archive: enough for any process to read it."""

    crawl: ArchivedCrawl
    number: int
    """1 for the first request of the crawl."""
    kind: str
    offset: int

    @property
    def id(self) -> str:
        """The page's address in the archive, ``<crawl id>/<number>``."""
        return f"{self.crawl.id}/{self.number}"

    def read(self) -> "ArchivedExchange":
        """Return the page. Raises :class:`ArchiveError` where the file is not what it was."""
        exchange = _read_at(self.crawl.path, self.crawl.portal, self.offset)
        return ArchivedExchange(self.crawl.id, self.number, exchange)


SYNCED_EVERY = 1.0
"""Seconds after which what was written is forced onto the disk."""


class CrawlFile:
    """The file of a running crawl.

    What :meth:`add` was given is in the file when it returns, and stays there however this process
    ends; a power cut may cost the last second. The verdict is on disk when :meth:`close` returns.
    """

    def __init__(self, archive: "Archive", portal: str, started_at: datetime) -> None:
        self.portal = portal
        self.crawl_id, self.path = archive.new_file(portal, started_at)
        self._archive = archive
        self._entries: list[Entry] = []
        self._answered: dict[Key, int] = {}
        self._end = self._synced_end = 0
        self._synced_at = time.monotonic()
        try:
            self._file = self.path.open("r+b", buffering=0)
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _unwritable(self.path, error) from error
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
            return _read_at(self.path, self.portal, offset)
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

    def keep(self, number: int, exchange: Exchange, reading: object) -> None:
        """Keep nothing: what a page says is read from the archive."""

    def close(self, outcome: Outcome) -> Outcome:
        """Write the verdict and end the file; return it with the file's own crawl id."""
        verdict = replace(outcome, crawl_id=self.crawl_id)
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
        return _Answers(self._archive, self.portal)

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
            raise _unwritable(self.path, error) from error
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
            raise _unwritable(self.path, error) from error
        self._synced_end = self._end


class Archive:
    """All crawls, under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, portal: str, started_at: datetime) -> CrawlFile:
        """Start the file of a new crawl. Raises :class:`ArchiveError` where it can't be written."""
        return CrawlFile(self, portal, started_at)

    def crawls(self, portal: str = "*") -> list[ArchivedCrawl]:
        """Return every crawl that has ended, or died, in the order in which they started.

        Of one portal or of all. A crawl that is running now, in whatever process, is left out.
        """
        found = []
        for path in self.folder.glob(f"{portal}/*{_SUFFIX}"):
            crawl = _crawl_of(path)
            if crawl is not None and _has_ended(path):
                found.append((_order(crawl), crawl))
        return [crawl for _, crawl in sorted(found, key=lambda pair: pair[0])]

    def crawl(self, crawl_id: str) -> ArchivedCrawl:
        """Return the crawl with the given id."""
        portal = crawl_id.partition("-")[0]
        path = self.folder / portal / f"{crawl_id}{_SUFFIX}"
        crawl = _crawl_of(path) if path.is_file() else None
        if crawl is None:
            raise ArchiveError(f"no crawl {crawl_id} in {self.folder}")
        return crawl

    def exchanges(self, crawl: ArchivedCrawl) -> Iterator[ArchivedExchange]:
        """Yield what was answered, in order, up to the end or the first damage.

        A page that the portal said had not changed (304) is no page: the verdict counts it.
        """
        number = 0
        with crawl.path.open("rb") as file, suppress(DamageError):
            request = None
            for record in read_records(file):
                if record.type == "request":
                    number += 1
                    request = record
                elif record.type == "response" and request is not None:
                    exchange = read_exchange(crawl.portal, request, record)
                    yield ArchivedExchange(crawl.id, number, exchange)

    def places(self, crawl: ArchivedCrawl) -> list[PagePlace]:
        """Return where the pages of a crawl stand: those that :meth:`exchanges` would yield."""
        return [
            PagePlace(crawl, number, entry.kind, entry.offset)
            for number, entry in enumerate(load_index(crawl.path).entries, start=1)
            if entry.status != HTTPStatus.NOT_MODIFIED
        ]

    def place(self, page_id: str) -> PagePlace | None:
        """Return where a page stands; ``None`` if the archive has no such page."""
        crawl_id, _, number = page_id.rpartition("/")
        try:
            places = self.places(self.crawl(crawl_id))
        except ArchiveError:
            return None
        return next((each for each in places if str(each.number) == number), None)

    def read(self, page_id: str) -> Exchange:
        """Return one exchange by its address in the archive, ``<crawl id>/<number>``."""
        crawl_id, _, number = page_id.rpartition("/")
        crawl = self.crawl(crawl_id)
        entries = load_index(crawl.path).entries
        if not number.isdecimal() or not 0 < int(number) <= len(entries):
            raise ArchiveError(f"no page {page_id} in {self.folder}")
        return _read_at(crawl.path, crawl.portal, entries[int(number) - 1].offset)

    def page(self, page_id: str) -> ArchivedExchange:
        """Return one exchange with its place. Raises as :meth:`read` does."""
        crawl_id, _, number = page_id.rpartition("/")
        return ArchivedExchange(crawl_id, int(number), self.read(page_id))

    def outcome(self, crawl: ArchivedCrawl) -> Outcome:
        """Return the verdict on a crawl; FAILED where the file has none that can be read."""
        index = load_index(crawl.path)
        reason = "interrupted: the crawl ended without a verdict"
        if index.outcome_at is not None:
            try:
                with crawl.path.open("rb") as file:
                    (record,) = islice(read_records(file, index.outcome_at), 1)
                return from_json(Outcome, record.body.decode())
            except (DamageError, ValueError, TypeError, KeyError):
                reason = "the verdict on the crawl can't be read"
        if index.damaged_at is not None:
            reason += f"; its file is cut off or damaged at byte {index.damaged_at}"
        moments = [entry.fetched_at for entry in index.entries]
        return Outcome(
            portal=crawl.portal,
            crawl_id=crawl.id,
            started_at=crawl.started_at,
            finished_at=max([crawl.started_at, *moments]),
            state=CrawlState.FAILED,
            reason=reason,
            pages=sum(entry.status != HTTPStatus.NOT_MODIFIED for entry in index.entries),
            unchanged=sum(entry.status == HTTPStatus.NOT_MODIFIED for entry in index.entries),
            seen=frozenset(),
        )

    def new_file(self, portal: str, started_at: datetime) -> tuple[str, Path]:
        """Create the empty file of a crawl that starts now, under a name that no other has."""
        first = f"{portal}-{started_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        if not _NAME.fullmatch(first):
            raise ArchiveError(f"not a portal's stem: {portal!r}")
        folder = self.folder / portal
        again = 1
        while True:
            crawl_id = first if again == 1 else f"{first}-{again}"
            path = folder / f"{crawl_id}{_SUFFIX}"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                path.touch(exist_ok=False)
                _sync_folder(folder)
            except FileExistsError:
                again += 1
            except OSError as error:
                raise _unwritable(path, error) from error
            else:
                return crawl_id, path


class _Answers:
    """Where the newest 200 answer to each request of a portal is, and what came last."""

    def __init__(self, archive: Archive, portal: str) -> None:
        self._portal = portal
        self._places: dict[Key, tuple[datetime, Path, int]] = {}
        self.newest: dict[Key, tuple[int, datetime]] = {}
        for crawl in archive.crawls(portal):
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
        return None if place is None else _read_at(place[1], self._portal, place[2])


def _read_at(path: Path, portal: str, offset: int) -> Exchange:
    with path.open("rb") as file:
        found = list(islice(read_records(file, offset), 2))
    if len(found) < 2:
        raise DamageError(offset)
    return read_exchange(portal, *found)


def _crawl_of(path: Path) -> ArchivedCrawl | None:
    crawl_id = path.name.removesuffix(_SUFFIX)
    match = _NAME.fullmatch(crawl_id)
    if match is None or match["portal"] != path.parent.name:
        return None
    start = datetime.strptime(match["start"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return ArchivedCrawl(crawl_id, match["portal"], start, path)


def _order(crawl: ArchivedCrawl) -> tuple[datetime, str, int]:
    match = _NAME.fullmatch(crawl.id)
    again = match["again"] if match else None
    return crawl.started_at, crawl.portal, int(again or 1)


def _has_ended(path: Path) -> bool:
    """Tell whether nobody writes the file any more, and anything was ever written."""
    try:
        with path.open("rb") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            return next(read_records(file), None) is not None
    except (BlockingIOError, DamageError):
        return False
    except OSError as error:
        raise ArchiveError(f"can't read {path}: {error.strerror or error}") from error


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> ArchiveError:
    return ArchiveError(
        f"can't write {path}: {error.strerror or error}; give the archive's folder room and rights"
    )
