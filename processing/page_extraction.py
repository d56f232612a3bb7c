"""What an archived page says: its notices, and the call that each announces.

Depends on the page and on today's readers alone, so any process can do it
(:mod:`processing.extraction_pool`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Self

from normalizers.documents.completion import complete
from normalizers.documents.roles import choose_documents
from normalizers.normalise import Hints, normalise
from normalizers.originals import read_notice
from processing.notice_snapshots import Understood, hash_raw
from schema.calls import Call
from schema.exchanges import ArchivedExchange
from schema.issues import Issue
from schema.notices import RawNotice
from schema.portals import DocumentPolicy, Portal
from storage.archive.archive import PagePlace
from storage.database import pages

if TYPE_CHECKING:
    from crawlers.pages.readers import Reading

PART = 200
"""Most notices of a part: a register of a whole country may be one page."""


@dataclass(frozen=True, slots=True)
class ReadNotice:
    """One notice of a page."""

    raw: RawNotice
    raw_hash: str
    understood: Understood | None
    """``None`` where it says what it said when it was last met."""


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page as its portal's reader left it, before anyone understands its notices."""

    page: ArchivedExchange
    """Without its body and headers."""
    row: pages.PageRow
    notices: tuple[RawNotice, ...] = ()
    issues: tuple[Issue, ...] = ()
    carries: bool = False
    """Whether it is a page that carries notices, even if there are none today."""

    @classmethod
    def of(cls, archived: ArchivedExchange, reading: "Reading | None") -> Self:
        """Return what is kept of a page that was read; ``None``: it carries no notices."""
        bare = replace(archived.exchange, body=b"", headers={})
        page, row = (
            replace(archived, exchange=bare),
            pages.to_row(archived),
        )
        if reading is None:
            return cls(page, row)
        return cls(page, row, reading.notices, reading.issues, carries=True)


@dataclass(frozen=True, slots=True)
class ReadPage:
    """What a page says, or a part of it."""

    page: ArchivedExchange
    """Without its body and headers."""
    row: pages.PageRow
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

    def read(self, page: PagePlace | FoundPage) -> Iterator[ReadPage]:
        """Read a page of the archive. Raises ``ArchiveError`` where it is not there any more."""
        found = page if isinstance(page, FoundPage) else self.find(page.read())
        at = found.page.exchange.fetched_at
        for part in range(max(1, -(-len(found.notices) // PART))):
            rest = found.notices[part * PART :]
            yield ReadPage(
                found.page,
                found.row,
                tuple(self._understand_news(raw, at) for raw in rest[:PART]),
                () if part else found.issues,
                found.carries,
                part,
                len(rest) <= PART,
            )

    def find(self, archived: ArchivedExchange) -> FoundPage:
        """Have a page read by its portal's reader."""
        # A process that is given pages which were read before never loads the spiders.
        from crawlers import registry
        from crawlers.pages.inspection import examine
        from crawlers.pages.page import Page

        exchange, reading = archived.exchange, None
        if exchange.status == 200 and exchange.portal in self._portals:
            reader = registry.reader(exchange.portal, exchange.kind)
            reading = reader and examine(Page(exchange), reader).reading
        return FoundPage.of(archived, reading)

    def understand(self, raw: RawNotice, at: datetime) -> Understood:
        """Return what a notice that was fetched at a moment comes to.

        Where it links to documents of which more can be learnt, that is still to be done.
        """
        text, call = self.normalise(raw, at)
        if self.reads_documents(raw.portal) and not choose_documents(raw.attachments):
            call = complete(call, raw.attachments, {}, self.hints(raw, at))
        return Understood.of(text, call)

    def normalise(self, raw: RawNotice, at: datetime) -> tuple[str, Call]:
        """Return the original text of a notice, and the call that its page alone announces."""
        original = read_notice(raw)
        return original.text, normalise(original, self.hints(raw, at))

    def reads_documents(self, stem: str) -> bool:
        """Tell whether the linked documents of a portal's notices are read."""
        portal = self._portals.get(stem)
        return portal is not None and portal.documents is not DocumentPolicy.NEVER

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

    def _understand_news(self, raw: RawNotice, at: datetime) -> ReadNotice:
        key, raw_hash = (raw.portal, raw.source_id), hash_raw(raw)
        is_news = self._last.get(key) != raw_hash
        self._last[key] = raw_hash
        return ReadNotice(raw, raw_hash, self.understand(raw, at) if is_news else None)
