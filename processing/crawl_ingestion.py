"""Ingest one crawl: its pages into versions of notices, events and Issues, in one transaction."""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from sqlalchemy import Connection
from sqlalchemy.exc import OperationalError

from crawlers.pages.readers import SAID_BY_READERS
from normalizers.documents.completion import complete
from normalizers.documents.roles import choose_documents
from processing import drift, versions
from processing.attachments import save_documents
from processing.notice_snapshots import ExtractedNotice, NoticeSnapshot, hash_raw
from processing.page_extraction import ExtractedPage, PageExtractor, PageNotice
from processing.page_guard import failed, name_of, sound_report
from schema.crawls import CrawlReport, CrawlState
from schema.exchanges import ArchivedExchange
from schema.issues import Issue
from storage.archive.archive import Archive
from storage.archive.crawls import ArchivedCrawl
from storage.archive.warc import ArchiveError
from storage.database import attachments, crawls, issues, pages_set_aside

TOGETHER = 200
"""So many pages and notices are written at once."""


@dataclass(slots=True)
class _Taken:
    """What one crawl has come to so far."""

    report: CrawlReport
    linked: attachments.PortalDocuments | None
    """Where notices' documents are, for a portal of which they are read."""
    baseline: bool
    read: int = 0
    events: int = 0
    reread: set[str] = field(default_factory=set)
    """Addresses of the pages that were read again."""
    said_again: set[tuple[str, str | None, str | None]] = field(default_factory=set)
    """Issues that their readers raised again."""

    def is_replaced(self, issue: Issue) -> bool:
        """Tell whether an Issue of the crawl is superseded: its page has been read again."""
        return (issue.kind, issue.url, issue.detail) in self.said_again or (
            issue.kind in SAID_BY_READERS and issue.url in self.reread
        )


class CrawlIngestion:
    """Puts crawls into the database, one after the other, each in the caller's transaction."""

    def __init__(self, archive: Archive, reader: PageExtractor, codes: Mapping[str, str]) -> None:
        self._archive, self._reader, self._codes = archive, reader, codes
        self._measures: dict[str, deque[CrawlReport]] = {}

    def take(
        self, connection: Connection, crawl: ArchivedCrawl, pages: Iterator[ExtractedPage]
    ) -> tuple[int, int]:
        """Ingest one crawl; return how many notices were read, and how many events came of it."""
        report = sound_report(self._archive.report(crawl))
        crawls.save(connection, replace(report, issues=()))
        linked = brought = None
        if self._reader.reads_documents(crawl.portal):
            brought = save_documents(connection, self._archive, crawl)
            linked = attachments.PortalDocuments(connection, crawl.portal)
        baseline = not crawls.has_whole_inventory(connection, crawl.portal, but=crawl.id)
        taken = _Taken(report, linked, baseline)
        for together in _together(pages):
            self._take_pages(connection, taken, together)
        if linked is not None and brought:
            taken.events += self._complete_again(connection, crawl, linked, brought)
        kept = [each for each in report.issues if not taken.is_replaced(each)]
        issues.save(connection, kept, report.finished_at, crawl.id)
        taken.events += len(versions.finish(connection, report))
        found = self._drift(connection, crawl, report)
        issues.save(connection, found, report.finished_at, crawl.id)
        return taken.read, taken.events

    def give_up(self, connection: Connection, crawl: ArchivedCrawl, error: Exception) -> None:
        """Keep that a crawl could not be ingested."""
        issue = failed("The crawl could not be processed", error, portal=crawl.portal, url=None)
        report = CrawlReport(
            portal=crawl.portal,
            crawl_id=crawl.id,
            started_at=crawl.started_at,
            finished_at=crawl.started_at,
            state=CrawlState.FAILED,
            reason=f"could not be processed: {issue.detail}",
            pages=0,
            unchanged=0,
            seen=frozenset(),
            issues=(issue,),
        )
        crawls.save(connection, report)

    def _take_pages(
        self, connection: Connection, taken: _Taken, pages: Sequence[ExtractedPage]
    ) -> None:
        crawls.save_pages(connection, [page.row for page in pages if page.row and page.part == 0])
        # An address without content, to which the crawl has found another way.
        other_routes = {each.url for each in taken.report.issues if each.kind == "route_closed"}
        snapshots: list[NoticeSnapshot] = []
        for page in pages:
            archived = page.page
            if page.set_aside is not None:
                code = self._codes[archived.exchange.portal]
                pages_set_aside.add(connection, archived.id, page.set_aside, code)
            if archived.exchange.url in other_routes or not page.carries:
                continue
            taken.reread.add(archived.exchange.url)
            taken.said_again.update((each.kind, each.url, each.detail) for each in page.issues)
            where = (archived.exchange.fetched_at, archived.crawl_id)
            issues.save(connection, page.issues, *where, archived.id if page.row else None)
            snapshots += [self._snapshot(each, archived, taken.linked) for each in page.notices]
        taken.events += self._record(connection, snapshots, baseline=taken.baseline)
        taken.read += len(snapshots)

    def _record(
        self, connection: Connection, snapshots: Sequence[NoticeSnapshot], *, baseline: bool
    ) -> int:
        """Store snapshots of notices; return how many events came of it.

        All at once, and by halves where that fails, until it is known which notice is at fault.
        """
        try:
            with connection.begin_nested():
                return len(versions.record(connection, snapshots, baseline=baseline))
        except (OperationalError, OSError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - a notice must not cost the others
            if len(snapshots) > 1:
                half = len(snapshots) // 2
                halves = (snapshots[:half], snapshots[half:])
                return sum(self._record(connection, each, baseline=baseline) for each in halves)
            self._note_failed(connection, snapshots[0], error)
            return 0

    def _note_failed(
        self, connection: Connection, snapshot: NoticeSnapshot, error: Exception
    ) -> None:
        raw, page = snapshot.raw, snapshot.newest
        what = f"{name_of(raw)} could not be read"
        issue = failed(what, error, portal=raw.portal, url=raw.url)
        issues.save(connection, [issue], page.exchange.fetched_at, page.crawl_id, page.id)

    def _snapshot(
        self,
        notice: PageNotice,
        page: ArchivedExchange,
        linked: attachments.PortalDocuments | None,
        shown_by: ArchivedExchange | None = None,
    ) -> NoticeSnapshot:
        """Return what a notice's page says, to be completed by its documents where it is new."""
        raw, at = notice.raw, page.exchange.fetched_at
        read = {}
        if linked is not None:
            read = {url: linked.at(url) for url in choose_documents(raw.attachments)}

        def extract_notice() -> ExtractedNotice:
            extracted = self._reader.extracted(notice, at)
            if not read:
                return extracted
            texts = {url: text for url, text in read.items() if text}
            hints = self._reader.hints(raw, at)
            call = complete(extracted.call, raw.attachments, texts, hints)
            return ExtractedNotice.of(extracted.text, call)

        return NoticeSnapshot(raw, notice.raw_hash, extract_notice, page, read, shown_by)

    def _complete_again(
        self,
        connection: Connection,
        crawl: ArchivedCrawl,
        linked: attachments.PortalDocuments,
        brought: Mapping[str, ArchivedExchange],
    ) -> int:
        """Complete the notices whose documents a crawl brought without their page."""
        events = 0
        for each in attachments.linking(connection, crawl.portal, not_read_in=crawl.id):
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
                    notice = PageNotice(raw, hash_raw(raw), None)
                    snapshot = self._snapshot(notice, page, linked, shown_by[0])
                    events += self._record_documents(connection, snapshot)
        return events

    def _record_documents(self, connection: Connection, snapshot: NoticeSnapshot) -> int:
        try:
            with connection.begin_nested():
                return len(versions.record_documents(connection, snapshot))
        except (OperationalError, OSError, MemoryError):
            raise
        except Exception as error:  # noqa: BLE001 - a notice must not cost the others
            self._note_failed(connection, snapshot, error)
            return 0

    def _drift(
        self, connection: Connection, crawl: ArchivedCrawl, report: CrawlReport
    ) -> list[Issue]:
        """Return what the portal's history says of a crawl."""
        portal = self._reader.portals.get(crawl.portal)
        if portal is None:
            return []
        earlier = self._measures.get(crawl.portal)
        if earlier is None:
            earlier = self._measures[crawl.portal] = self._measures_before(crawl)
        found = drift.find_drift(portal, report, earlier)
        if drift.is_measure(report):
            earlier.append(report)
        return [*found, *drift.find_silence(connection, portal, report)]

    def _measures_before(self, crawl: ArchivedCrawl) -> deque[CrawlReport]:
        """Return the latest crawls before this one whose fill rates others are compared with."""
        archived = self._archive.crawls(crawl.portal)
        before = archived[: archived.index(crawl)]
        found = (self._archive.report(each) for each in reversed(before))
        latest = islice(filter(drift.is_measure, found), drift.HISTORY)
        return deque(reversed(list(latest)), maxlen=drift.HISTORY)


def _together(pages: Iterator[ExtractedPage]) -> Iterator[list[ExtractedPage]]:
    """Yield pages some at a time, as many as are worth writing at once."""
    together: list[ExtractedPage] = []
    count = 0
    for page in pages:
        together.append(page)
        count += 1 + len(page.notices)
        if count >= TOGETHER:
            yield together
            together, count = [], 0
    if together:
        yield together
