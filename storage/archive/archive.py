"""The archive: one WARC file for each crawl of a portal, the only thing that can't be rebuilt.

``<folder>/<portal>/<crawl id>.warc.gz``. A file whose crawl was killed has no verdict: it reads as
far as it goes, and its outcome is FAILED. Beside each file lies an index of offsets that can be
deleted at any time; it is made again when it is missing or does not fit.
"""

import fcntl
import os
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime
from http import HTTPStatus
from itertools import islice
from pathlib import Path

from schema.crawls import CrawlReport, CrawlState
from schema.exchanges import ArchivedExchange, Exchange
from storage.archive.crawl_file import CrawlFile
from storage.archive.crawls import (
    NAME,
    SUFFIX,
    ArchivedCrawl,
    PagePlace,
    crawl_of,
    order_of,
    read_at,
    unwritable,
)
from storage.archive.index import load_index
from storage.archive.warc import ArchiveError, DamageError, read_exchange, read_records
from storage.canonical import from_json


class Archive:
    """All crawls, under one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self, portal: str, started_at: datetime) -> CrawlFile:
        """Start the file of a new crawl. Raises :class:`ArchiveError` where it can't be written."""
        path = self._new_file(portal, started_at)
        return CrawlFile(path, portal, started_at, lambda: self.crawls(portal))

    def crawls(self, portal: str = "*") -> list[ArchivedCrawl]:
        """Return every crawl that has ended, or died, in the order in which they started.

        Of one portal or of all. A crawl that is running now, in whatever process, is left out.
        """
        found = []
        for path in self.folder.glob(f"{portal}/*{SUFFIX}"):
            crawl = crawl_of(path)
            if crawl is not None and _has_ended(path):
                found.append((order_of(crawl), crawl))
        return [crawl for _, crawl in sorted(found, key=lambda pair: pair[0])]

    def crawl(self, crawl_id: str) -> ArchivedCrawl:
        """Return the crawl with the given id."""
        portal = crawl_id.partition("-")[0]
        path = self.folder / portal / f"{crawl_id}{SUFFIX}"
        crawl = crawl_of(path) if path.is_file() else None
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
        return read_at(crawl.path, crawl.portal, entries[int(number) - 1].offset)

    def page(self, page_id: str) -> ArchivedExchange:
        """Return one exchange with its place. Raises as :meth:`read` does."""
        crawl_id, _, number = page_id.rpartition("/")
        return ArchivedExchange(crawl_id, int(number), self.read(page_id))

    def report(self, crawl: ArchivedCrawl) -> CrawlReport:
        """Return the verdict on a crawl; FAILED where the file has none that can be read."""
        index = load_index(crawl.path)
        reason = "interrupted: the crawl ended without a verdict"
        if index.outcome_at is not None:
            try:
                with crawl.path.open("rb") as file:
                    (record,) = islice(read_records(file, index.outcome_at), 1)
                return from_json(CrawlReport, record.body.decode())
            except (DamageError, ValueError, TypeError, KeyError):
                reason = "the verdict on the crawl can't be read"
        if index.damaged_at is not None:
            reason += f"; its file is cut off or damaged at byte {index.damaged_at}"
        moments = [entry.fetched_at for entry in index.entries]
        return CrawlReport(
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

    def _new_file(self, portal: str, started_at: datetime) -> Path:
        """Create the empty file of a crawl that starts now, under a name that no other has."""
        first = f"{portal}-{started_at.astimezone(UTC):%Y%m%dT%H%M%SZ}"
        if not NAME.fullmatch(first):
            raise ArchiveError(f"not a portal's stem: {portal!r}")
        folder = self.folder / portal
        again = 1
        while True:
            crawl_id = first if again == 1 else f"{first}-{again}"
            path = folder / f"{crawl_id}{SUFFIX}"
            try:
                folder.mkdir(parents=True, exist_ok=True)
                path.touch(exist_ok=False)
                _sync_folder(folder)
            except FileExistsError:
                again += 1
            except OSError as error:
                raise unwritable(path, error) from error
            else:
                return path


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
