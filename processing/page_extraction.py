"""What an archived page says: its notices, and the call that each announces.

Depends on the page and on today's readers alone, so any process can do it
(:mod:`processing.extraction_pool`). Whatever a page or a notice does to its reader becomes an Issue
(:mod:`processing.page_guard`); only a lack of memory is left to whoever asked.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Self

from normalizers.documents.completion import complete
from normalizers.documents.roles import choose_documents
from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_notice
from processing.notice_snapshots import ExtractedNotice, hash_raw
from processing.page_guard import (
    ReaderFailedError,
    archive_incomplete,
    failed,
    place_of,
    sound_issues,
    sound_notices,
)
from schema.calls import Call
from schema.exchanges import ArchivedExchange, Exchange
from schema.issues import Issue, Severity
from schema.notices import RawNotice
from schema.portals import DocumentPolicy, Portal
from storage.archive.crawls import PagePlace
from storage.archive.warc import ArchiveError
from storage.database import pages

if TYPE_CHECKING:
    from crawlers.pages.readers import ParseResult

PART = 200
"""Most notices of a part: a register of a whole country may be one page."""


@dataclass(frozen=True, slots=True)
class PageNotice:
    """One notice of a page."""

    raw: RawNotice
    raw_hash: str
    extracted: ExtractedNotice | None
    """``None`` where it says what it said when it was last met, or could not be understood."""
    failure: str | None = None
    """Why it could not be understood."""


@dataclass(frozen=True, slots=True)
class ParsedPage:
    """A page as its portal's reader left it, before anyone understands its notices."""

    page: ArchivedExchange
    """Without its body and headers."""
    row: pages.PageRow | None
    """``None`` where the archive can't give the page back."""
    notices: tuple[RawNotice, ...] = ()
    issues: tuple[Issue, ...] = ()
    carries: bool = False
    """Whether it is a page that carries notices, even if there are none today."""

    @classmethod
    def of(cls, archived: ArchivedExchange, result: "ParseResult | None") -> Self:
        """Return what is kept of a page that was read; ``None``: it carries no notices."""
        if result is None:
            return cls(_bare(archived), pages.to_row(archived))
        exchange = archived.exchange
        where = (exchange.portal, exchange.url)
        found, unsound = sound_notices(result.notices, *where)
        issues = (*sound_issues(result.issues, *where), *unsound)
        return cls(_bare(archived), pages.to_row(archived), found, issues, carries=True)

    @classmethod
    def failed(cls, archived: ArchivedExchange, issue: Issue) -> Self:
        """Return what is kept of a page that could not be read."""
        return cls(_bare(archived), pages.to_row(archived), issues=(issue,), carries=True)

    @classmethod
    def lost(cls, place: PagePlace, error: ArchiveError) -> Self:
        """Return what is kept of a page that the archive can't give back."""
        crawl, issue = place.crawl, archive_incomplete(place, error)
        empty = Exchange(crawl.portal, place.kind, "", crawl.started_at, 0, b"")
        archived = ArchivedExchange(crawl.id, place.number, empty)
        return cls(archived, None, issues=(issue,), carries=True)


def _bare(archived: ArchivedExchange) -> ArchivedExchange:
    return replace(archived, exchange=replace(archived.exchange, body=b"", headers={}))


@dataclass(frozen=True, slots=True)
class ExtractedPage:
    """What a page says, or a part of it."""

    page: ArchivedExchange
    """Without its body and headers."""
    row: pages.PageRow | None
    """``None`` where the archive can't give the page back."""
    notices: tuple[PageNotice, ...]
    issues: tuple[Issue, ...]
    """Of the whole page, in its first part."""
    carries: bool
    """Whether it is a page that carries notices, even if there are none today."""
    part: int
    """0 for the first."""
    is_last: bool
    set_aside: str | None = None
    """Why nobody reads it."""


class PageExtractor:
    """Reads pages, and remembers what their notices said last.

    Another process that is given one reads alike.
    """

    def __init__(self, portals: Mapping[str, Portal]) -> None:
        self.portals = portals
        self._last: dict[tuple[str, str], str] = {}

    def __reduce__(self) -> tuple[type[Self], tuple[Mapping[str, Portal]]]:
        """Leave out what is remembered: it is of use only where it was read."""
        return type(self), (self.portals,)

    def read(self, page: PagePlace | ParsedPage) -> Iterator[ExtractedPage]:
        """Read a page of the archive, part by part."""
        found = page if isinstance(page, ParsedPage) else self._find_at(page)
        at = found.page.exchange.fetched_at
        for part in range(max(1, -(-len(found.notices) // PART))):
            rest = found.notices[part * PART :]
            yield ExtractedPage(
                found.page,
                found.row,
                tuple(self._extract_news(raw, at) for raw in rest[:PART]),
                () if part else found.issues,
                found.carries,
                part,
                len(rest) <= PART,
            )

    def set_aside(self, place: PagePlace, reason: str) -> ExtractedPage:
        """Return what is kept of a page that ends, or holds up, whoever reads it."""
        try:
            archived = place.read()
        except ArchiveError as error:
            found = ParsedPage.lost(place, error)
        else:
            issue = Issue(
                "page_set_aside",
                f"The page is set aside: {reason}; a few later runs try it again, and any after "
                "the code that reads it has changed.",
                Severity.ERROR,
                archived.exchange.portal,
                archived.exchange.url,
                detail=reason,
            )
            found = ParsedPage.failed(archived, issue)
        return ExtractedPage(found.page, found.row, (), found.issues, True, 0, True, reason)

    def _find_at(self, place: PagePlace) -> ParsedPage:
        try:
            archived = place.read()
        except ArchiveError as error:
            return ParsedPage.lost(place, error)
        return self.find(archived)

    def find(self, archived: ArchivedExchange) -> ParsedPage:
        """Have a page read by its portal's reader. Never raises for what the page holds."""
        exchange = archived.exchange
        try:
            return ParsedPage.of(archived, self._have_read(exchange))
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a page must not cost the others
            what = f"The {exchange.kind} page could not be read"
            issue = failed(what, error, portal=exchange.portal, url=exchange.url)
            return ParsedPage.failed(archived, issue)

    def _have_read(self, exchange: Exchange) -> "ParseResult | None":
        # A process that is given pages which were read before never loads the spiders.
        from crawlers import registry
        from crawlers.pages.inspection import inspect_page
        from crawlers.pages.page import Page

        if exchange.status != 200 or exchange.portal not in self.portals:
            return None
        reader = registry.reader(exchange.portal, exchange.kind)
        if reader is None:
            return None
        inspection = inspect_page(Page(exchange), reader)
        if inspection.problem is None and inspection.result is None:
            raise TypeError("the reader returned nothing")
        return inspection.result

    def extract_notice(self, raw: RawNotice, at: datetime) -> ExtractedNotice:
        """Return what a notice that was fetched at a moment comes to.

        Where it links to documents of which more can be learnt, that is still to be done.
        """
        text, call = self.normalise(raw, at)
        if self.reads_documents(raw.portal) and not choose_documents(raw.attachments):
            call = complete(call, raw.attachments, {}, self.hints(raw, at))
        return ExtractedNotice.of(text, call)

    def normalise(self, raw: RawNotice, at: datetime) -> tuple[str, Call]:
        """Return the original text of a notice, and the call that its page alone announces."""
        original = read_notice(raw)
        return original.text, normalise(original, self.hints(raw, at))

    def reads_documents(self, stem: str) -> bool:
        """Tell whether the linked documents of a portal's notices are read."""
        portal = self.portals.get(stem)
        return portal is not None and portal.documents is not DocumentPolicy.NEVER

    def hints(self, raw: RawNotice, at: datetime) -> Hints:
        """Return what is known beforehand of a notice that was fetched at a moment."""
        portal = self.portals[raw.portal]
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

    def _extract_news(self, raw: RawNotice, at: datetime) -> PageNotice:
        raw_hash = ""
        try:
            key, raw_hash = (raw.portal, raw.source_id), hash_raw(raw)
            is_news = self._last.get(key) != raw_hash
            self._last[key] = raw_hash
            return PageNotice(raw, raw_hash, self.extract_notice(raw, at) if is_news else None)
        except MemoryError:
            raise
        except Exception as error:  # noqa: BLE001 - a notice must not cost the others
            return PageNotice(raw, raw_hash, None, place_of(error))

    def extracted(self, notice: PageNotice, at: datetime) -> ExtractedNotice:
        """Return what a notice comes to, where that is not known yet.

        Raises whatever the notice makes its finders raise, and :class:`ReaderFailedError` for one
        that has done so already.
        """
        if notice.failure is not None:
            raise ReaderFailedError(notice.failure)
        return notice.extracted or self.extract_notice(notice.raw, at)
