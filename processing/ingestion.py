"""Ingest the archive into the database: crawl by crawl in the order in which they started.

Each crawl in one transaction: a run that was killed is continued by the next, and the same archive
with the same code gives the same rows. An error in one page, notice or crawl becomes an Issue, and
only that one is lost; a database or a disk that can't be used ends the ingestion.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from sqlalchemy.exc import OperationalError

from processing import progress
from processing.attachments import KIND, read_new_documents
from processing.code_fingerprint import fingerprint
from processing.crawl_ingestion import CrawlIngestion
from processing.extraction_pool import ExtractionPool, start_workers
from processing.page_extraction import ExtractedPage, PageExtractor
from processing.parsed_page_cache import ParsedPageCache
from storage.archive.archive import Archive
from storage.archive.crawls import ArchivedCrawl, PagePlace
from storage.database import pages_set_aside
from storage.database.engine import Database, DatabaseError

PAGE_SECONDS = 120.0
"""How long a page may take to be read, or a part of it to be understood."""

Watch = Callable[[Sequence[ArchivedCrawl]], Iterable[ArchivedCrawl]]


@dataclass(frozen=True, slots=True)
class Processed:
    """What was ingested."""

    crawls: int
    notices: int
    """Readings of notices, new or not."""
    events: int
    rebuilt: Mapping[str, str]
    """By portal: why its crawls were all read again, if they were."""


def ingest(
    archive: Archive,
    database: Database,
    reader: PageExtractor,
    cache: ParsedPageCache,
    *,
    everything: bool = False,
    page_seconds: float = PAGE_SECONDS,
    watch: Watch = iter,
    sign: Callable[[str], str] = fingerprint,
) -> Processed:
    """Read what the archive holds beyond what was processed, or all of it.

    ``cache`` is what crawls of this process have read already. ``watch`` is told of each crawl when
    its turn comes: for a progress bar. ``sign`` gives the fingerprint of the code that makes a
    portal's rows. Raises ``DatabaseError`` and ``OSError``, for the whole of it.
    """
    archived = archive.crawls()
    codes = {stem: sign(stem) for stem in sorted({each.portal for each in archived})}
    recovered = _try_again(archive, database, reader, page_seconds, codes)
    with database.write() as connection:
        work = progress.plan(
            connection, archived, codes, everything=everything, recovered=recovered
        )
        progress.begin(connection, work)
        pages_set_aside.forget_other_code(connection, codes.values())
        given_up = pages_set_aside.reasons(connection)
    inventory = _Inventory(archive, reader, work.crawls)
    readers = ExtractionPool(reader, cache, pages=inventory.count, seconds=page_seconds)
    pages = readers.extract_all(inventory.places(), given_up)
    ingestion = CrawlIngestion(archive, reader, codes)
    read = events = 0
    try:
        for crawl in watch(work.crawls):
            if reader.reads_documents(crawl.portal):
                read_new_documents(archive, database, crawl)
            count, happened = _take(database, ingestion, crawl, _of_crawl(pages, inventory, crawl))
            read += count
            events += happened
    finally:
        readers.close()
    return Processed(len(work.crawls), read, events, work.rebuilds)


def _take(
    database: Database,
    ingestion: CrawlIngestion,
    crawl: ArchivedCrawl,
    pages: Iterator[ExtractedPage],
) -> tuple[int, int]:
    """Ingest one crawl in one transaction; one that can't be is noted as failed, and left."""
    try:
        with database.write() as connection:
            return ingestion.take(connection, crawl, pages)
    except (DatabaseError, OperationalError, OSError, MemoryError, PagesError):
        raise
    except Exception as error:  # noqa: BLE001 - a crawl must not cost the others
        for _ in pages:
            pass  # those that follow are of the next crawl
        with database.write() as connection:
            ingestion.give_up(connection, crawl, error)
        return 0, 0


def _try_again(
    archive: Archive,
    database: Database,
    reader: PageExtractor,
    seconds: float,
    codes: Mapping[str, str],
) -> dict[str, str]:
    """Try pages that were set aside once more; return those that can be read now, by portal.

    In a process of their own, and before anything is written.
    """
    with database.read() as connection:
        due = pages_set_aside.due(connection, codes.values())
    recovered: dict[str, str] = {}
    if not due:
        return recovered
    (worker,) = start_workers(1, reader, seconds, spiders=True)
    try:
        for page_id in due:
            place = archive.place(page_id)
            if place is not None:
                worker.ask(place)
            in_vain = place is not None and isinstance(worker.answer(), str)
            with database.write() as connection:
                if in_vain:
                    pages_set_aside.count_try(connection, page_id)
                else:
                    pages_set_aside.forget(connection, page_id)
                    if place is not None:
                        recovered.setdefault(place.crawl.portal, page_id)
    finally:
        worker.close()
    return recovered


class PagesError(Exception):
    """The reading of pages itself has broken down, whatever they hold."""


class _Inventory:
    """The pages of the crawls to be ingested, without the documents, which are read before them."""

    def __init__(
        self, archive: Archive, reader: PageExtractor, crawls: Sequence[ArchivedCrawl]
    ) -> None:
        self._archive, self._reader, self._crawls = archive, reader, crawls
        self._counts = {crawl.id: len(self._of(crawl)) for crawl in crawls}
        self.count = sum(self._counts.values())

    def places(self) -> Iterator[PagePlace]:
        """Yield the place of each page in the archive, crawl by crawl."""
        return chain.from_iterable(map(self._of, self._crawls))

    def count_of(self, crawl: ArchivedCrawl) -> int:
        """Return how many pages a crawl has."""
        return self._counts[crawl.id]

    def _of(self, crawl: ArchivedCrawl) -> list[PagePlace]:
        places = self._archive.places(crawl)
        if self._reader.reads_documents(crawl.portal):
            return [place for place in places if place.kind != KIND]
        return places


def _of_crawl(
    pages: Iterator[ExtractedPage], inventory: _Inventory, crawl: ArchivedCrawl
) -> Iterator[ExtractedPage]:
    """Yield the pages of a crawl, part by part, from those of all crawls."""
    left = inventory.count_of(crawl)
    while left:
        try:
            page = next(pages)
        except OSError:
            raise
        except Exception as error:
            raise PagesError("the pages can't be read on") from error
        left -= page.is_last
        yield page
