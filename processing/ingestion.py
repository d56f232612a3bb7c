"""Fold the archive into the database: crawl by crawl in the order in which they started.

Each crawl in one transaction: a run that was killed is continued by the next, and the same archive
with the same code gives the same rows.
"""

import hashlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

from normalizers.documents.completion import complete
from normalizers.documents.roles import choose_documents
from processing import drift, progress, versions
from processing.attachments import KIND, read_new_documents, save_documents
from processing.extraction_pool import PageReaders
from processing.notice_snapshots import Reading, Understood, hash_raw
from processing.page_extraction import PageReader, ReadNotice, ReadPage
from processing.parsed_page_cache import KeptReadings
from schema.crawls import Outcome
from schema.exchanges import ArchivedExchange
from schema.issues import Issue
from schema.portals import Portal
from storage.archive.archive import Archive, ArchivedCrawl, PagePlace
from storage.archive.warc import ArchiveError
from storage.database import attachments as documents
from storage.database import crawls, issues
from storage.database.engine import Database

if TYPE_CHECKING:
    from sqlalchemy import Connection

ROOT = Path(__file__).resolve().parent.parent
READING_CODE = ("schema", "vocabulary", "crawlers", "normalizers", "storage", "processing")
"""Packages whose code and data decide what a page says and what is a change: a change of theirs
makes the fold begin again."""
TOGETHER = 200
"""Pages and notices from which on what was read is written."""


Watch = Callable[[Sequence[ArchivedCrawl]], Iterable[ArchivedCrawl]]


@dataclass(frozen=True, slots=True)
class Processed:
    """What a fold did."""

    crawls: int
    notices: int
    """Readings of notices, new or not."""
    events: int
    rebuilt: str | None
    """Why everything was processed again, if it was."""


def fold(
    archive: Archive,
    database: Database,
    portals: Mapping[str, Portal],
    kept: KeptReadings,
    *,
    everything: bool = False,
    watch: Watch = iter,
) -> Processed:
    """Read what the archive holds beyond what was processed, or all of it.

    ``kept`` is what crawls of this process have read already. ``watch`` is told of each crawl when
    its turn comes: for a progress bar.
    """
    with database.write() as connection:
        work = progress.plan(connection, archive.crawls(), reading_code(), everything=everything)
        progress.begin(connection, work)
    reader = PageReader(portals)
    pages = sum(len(archive.places(crawl)) for crawl in work.crawls)
    readers = PageReaders(reader, pages, kept)
    step = _Step(archive, portals, reader, readers)
    read = events = 0
    try:
        for crawl in watch(work.crawls):
            if reader.reads_documents(crawl.portal):
                read_new_documents(archive, database, crawl)
            with database.write() as connection:
                count, happened = step.take(connection, crawl)
            read += count
            events += happened
    finally:
        readers.close()
    return Processed(len(work.crawls), read, events, work.rebuild)


@cache
def reading_code() -> str:
    """Return a fingerprint of all code and data that decide what a page says.

    As it was when this process first asked: a run in the middle of which the code is replaced signs
    its rows with the old one, and the next run makes them again.
    """
    digest = hashlib.sha256()
    for package in READING_CODE:
        for path in sorted((ROOT / package).rglob("*")):
            if path.suffix in (".py", ".toml"):
                digest.update(str(path.relative_to(ROOT)).encode())
                digest.update(path.read_bytes())
    return digest.hexdigest()


class _Step:
    """What the fold does with one crawl."""

    def __init__(
        self,
        archive: Archive,
        portals: Mapping[str, Portal],
        reader: PageReader,
        readers: PageReaders,
    ) -> None:
        self._archive, self._portals = archive, portals
        self._reader, self._readers = reader, readers
        self._measures: dict[str, deque[Outcome]] = {}

    def take(self, connection: "Connection", crawl: ArchivedCrawl) -> tuple[int, int]:
        """Fold one crawl in; return how many notices were read, and how many events came of it."""
        outcome = self._archive.outcome(crawl)
        crawls.save(connection, replace(outcome, issues=()))
        places = self._archive.places(crawl)
        linked = brought = None
        if self._reader.reads_documents(crawl.portal):
            brought = save_documents(connection, self._archive, crawl)
            linked = documents.PortalDocuments(connection, crawl.portal)
            places = [place for place in places if place.kind != KIND]
        baseline = not crawls.has_whole_inventory(connection, crawl.portal, but=crawl.id)
        read = events = 0
        said_again: set[tuple[str, str | None, str | None]] = set()
        reread: set[str | None] = set()
        other_routes = {each.url for each in outcome.issues if each.kind == "route_closed"}
        for together in self._read(connection, places):
            readings: list[Reading] = []
            for page in together:
                exchange = page.page.exchange
                if exchange.url in other_routes or not page.carries:
                    continue  # no content there: the crawl found another way to it
                reread.add(exchange.url)
                issues.save(connection, page.issues, exchange.fetched_at, crawl.id, page.page.id)
                said_again.update((each.kind, each.url, each.detail) for each in page.issues)
                readings += [self._reading(each, page.page, linked) for each in page.notices]
            events += len(versions.record(connection, readings, baseline=baseline))
            read += len(readings)
        if linked is not None and brought:
            events += self._complete_again(connection, crawl, linked, brought)
        # What the readers said in the crawl was said again just now, by today's readers.
        kept = [
            each
            for each in outcome.issues
            if (each.kind, each.url, each.detail) not in said_again
            and not (each.kind.startswith("unreadable_") and each.url in reread)
        ]
        issues.save(connection, kept, outcome.finished_at, crawl.id)
        events += len(versions.finish(connection, outcome))
        found = self._drift(connection, crawl, outcome)
        issues.save(connection, found, outcome.finished_at, crawl.id)
        return read, events

    def _read(
        self, connection: "Connection", places: Sequence[PagePlace]
    ) -> Iterator[list[ReadPage]]:
        """Yield what the pages say, some together, after their rows were written."""
        together: list[ReadPage] = []
        count = 0
        for page in self._readers.read_all(places):
            together.append(page)
            count += 1 + len(page.notices)
            if count >= TOGETHER:
                yield self._saved(connection, together)
                together, count = [], 0
        yield self._saved(connection, together)

    def _saved(self, connection: "Connection", pages: list[ReadPage]) -> list[ReadPage]:
        crawls.save_pages(connection, [page.row for page in pages if page.part == 0])
        return pages

    def _reading(
        self,
        notice: ReadNotice,
        page: ArchivedExchange,
        linked: documents.PortalDocuments | None,
        shown_by: ArchivedExchange | None = None,
    ) -> Reading:
        """Return what a notice's page says, to be completed by its documents where it is new."""
        raw, at = notice.raw, page.exchange.fetched_at
        read = {}
        if linked is not None:
            read = {url: linked.at(url) for url in choose_documents(raw.attachments)}

        def understand() -> Understood:
            understood = notice.understood or self._reader.understand(raw, at)
            if not read:
                return understood
            texts = {url: text for url, text in read.items() if text}
            hints = self._reader.hints(raw, at)
            call = complete(understood.call, raw.attachments, texts, hints)
            return Understood.of(understood.text, call)

        return Reading(raw, notice.raw_hash, understand, page, read, shown_by)

    def _complete_again(
        self,
        connection: "Connection",
        crawl: ArchivedCrawl,
        linked: documents.PortalDocuments,
        brought: Mapping[str, ArchivedExchange],
    ) -> int:
        """Complete the notices whose documents a crawl brought without their page."""
        events = 0
        for each in documents.linking(connection, crawl.portal, not_read_in=crawl.id):
            shown_by = [
                brought[now.sha256]
                for url, known in each.documents.items()
                if (now := linked.at(url)) and now.sha256 != known and now.sha256 in brought
            ]
            if not shown_by:
                continue
            try:
                page = self._archive.page(each.page_id)
            except ArchiveError as error:
                missing = Issue("archive_incomplete", f"{error}; a document of it has changed")
                issues.save(connection, [missing], crawl.started_at, crawl.id)
                continue
            for raw in self._reader.find(page).notices:
                if raw.source_id == each.source_id:
                    notice = ReadNotice(raw, hash_raw(raw), None)
                    reading = self._reading(notice, page, linked, shown_by[0])
                    events += len(versions.record_documents(connection, reading))
        return events

    def _drift(
        self, connection: "Connection", crawl: ArchivedCrawl, outcome: Outcome
    ) -> list[Issue]:
        """Return what the portal's history says of a crawl."""
        portal = self._portals.get(crawl.portal)
        if portal is None:
            return []
        earlier = self._measures.get(crawl.portal)
        if earlier is None:
            earlier = self._measures[crawl.portal] = self._measures_before(crawl)
        found = drift.find_drift(portal, outcome, earlier)
        if drift.is_measure(outcome):
            earlier.append(outcome)
        return [*found, *drift.find_silence(connection, portal, outcome)]

    def _measures_before(self, crawl: ArchivedCrawl) -> deque[Outcome]:
        """Return the latest crawls before this one whose fill rates others are compared with."""
        archived = self._archive.crawls(crawl.portal)
        before = archived[: archived.index(crawl)]
        found = (self._archive.outcome(each) for each in reversed(before))
        latest = islice(filter(drift.is_measure, found), drift.HISTORY)
        return deque(reversed(list(latest)), maxlen=drift.HISTORY)
