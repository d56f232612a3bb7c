"""What happened in one crawl of one portal, counted while it happens.

Spiders and middlewares write here; :mod:`crawlers.crawl_report` judges it at the end. It holds
counts and ids, never pages: memory stays flat.
"""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crawlers.attachment_policy import DocumentWishes
from crawlers.failures import as_line, one_line
from crawlers.pages.json_values import count_of, name_of
from crawlers.pages.page_worker import Examiner
from crawlers.store import NoStore, PageStore
from schema.exchanges import Exchange
from schema.issues import Issue, Severity
from schema.notices import RawNotice
from schema.portals import Portal


def utc_now() -> datetime:
    """Return the time of day: the one clock of a crawl unless its settings name another."""
    return datetime.now(UTC)


def as_reason(message: str) -> str:
    """Return an Issue's message as a reason, which is no sentence of its own."""
    return f"{message[:1].lower()}{message[1:]}".rstrip(".")


@dataclass
class CrawlRecord:
    """The running account of one crawl."""

    portal: Portal
    now: Callable[[], datetime] = utc_now
    store: PageStore = field(default_factory=NoStore)
    sample: int | None = None
    """Read at most so many notices."""
    wishes: DocumentWishes = field(default_factory=DocumentWishes)
    examiner: Examiner | None = None
    """Examines pages apart; without it, the spider does."""
    shows_notices: bool = True
    """Whether notices are given out as Scrapy's items, as ``scrapy crawl STEM`` shows them."""
    most_pages: int | None = None
    """More answers than this, documents apart, come from a site that never ends."""

    pages: int = 0
    documents: int = 0
    """Those of the pages that are documents of notices."""
    unchanged: int = 0
    asked: int = 0
    """Pages of single notices that were asked for."""
    missed: int = 0
    """Those of them that could not be had or read."""
    skipped: int = 0
    """Notices not asked for again, because the listing says that they have not changed."""
    announced: int | None = None
    rows: int = 0
    """Entries met in registers and listings, with repeated and dropped ones: compare with
    ``announced``."""
    duplicates: int = 0
    repeated: int = 0
    """Those of them that stood twice on one page: they hide nothing."""
    moved: int = 0
    """Entries that came again on a later page of their list, which moved: each may have hidden
    another that was never met."""
    says_empty: bool = False
    """The portal itself says that there is nothing at present."""
    listed: set[str] = field(default_factory=set)
    read: set[str] = field(default_factory=set)
    issues: list[Issue] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    """Why the inventory is not whole, one reason each."""
    refusals: list[str] = field(default_factory=list)
    silences: list[str] = field(default_factory=list)
    """Requests that got no answer at all, one reason each."""
    broken: str | None = None
    """Why our side broke off."""
    filled: Counter[str] = field(default_factory=Counter)
    """In how many notices a field of ``RawNotice``, or a label that the portal's description
    names, is filled."""
    lacking: dict[str, str] = field(default_factory=dict)
    """The first address of a notice that lacks a field which others may have."""
    words: dict[tuple[str, str], str] = field(default_factory=dict)
    """``("status" | "label", word)`` as printed, with the first address where it stood; the
    headings of sections count as labels."""

    def __post_init__(self) -> None:
        self._watched = FIELDS | self.portal.labels.keys() | self.portal.expect.filled.keys()

    def archive(self, exchange: Exchange) -> int:
        """Put an exchange into the store, and stop counting on anything if that fails.

        Return its number there.
        """
        try:
            number = self.store.add(exchange)
        except Exception as error:
            self.broken = f"the archive cannot be written: {as_line(error)}"
            raise
        self.pages += 1
        self.documents += exchange.kind == "document"
        return number

    def note(
        self,
        kind: str,
        message: str,
        url: str | None = None,
        severity: Severity = Severity.WARNING,
        detail: str | None = None,
        concerns: str | None = None,
    ) -> None:
        """Add an Issue about this portal; ``concerns`` names the field that suffers."""
        self.issues.append(Issue(kind, message, severity, self.portal.stem, url, concerns, detail))

    def count(self, value: object, url: str) -> int | None:
        """Return a number of notices or pages that the portal announces on a page.

        Where it is none, the inventory can't be checked against it: an Issue, and a gap.
        """
        number = count_of(value)
        if number is None:
            printed = one_line(value, 80) if isinstance(value, str) else name_of(value)
            message = f"what the portal announces is no number ({printed})"
            if message not in self.gaps:
                self.gaps.append(message)
                self.note("unfit_total", f"{message}.", url, Severity.ERROR)
        return number

    def list_notice(self, source_id: str) -> bool:
        """Count a notice that a listing names; tell whether it was new in this crawl."""
        self.rows += 1
        if source_id in self.listed:
            self.duplicates += 1
            return False
        self.listed.add(source_id)
        return True

    def read_notice(self, notice: RawNotice) -> bool:
        """Count a notice that was read; tell whether it was the first with its id."""
        if notice.source_id in self.read:
            self.duplicates += 1
            return False
        self.read.add(notice.source_id)
        filled = filled_fields(notice) & self._watched
        self.filled.update(filled)
        for name in self._watched - filled:
            self.lacking.setdefault(name, notice.url)
        if notice.declared_status is not None:
            self.words.setdefault(("status", notice.declared_status), notice.url)
        headings = (section.heading for section in notice.sections if section.heading)
        for label in (*(label for label, _ in notice.labelled), *headings):
            self.words.setdefault(("label", label), notice.url)
        return True

    @property
    def seen(self) -> frozenset[str]:
        """Return the source ids of every notice that was listed or read."""
        return frozenset(self.listed | self.read)

    @property
    def is_endless(self) -> bool:
        """Tell whether more pages came than the portal can plausibly have."""
        return self.most_pages is not None and self.pages - self.documents >= self.most_pages

    @property
    def sampled_enough(self) -> bool:
        """Tell whether a sample was asked for and is full, with what is under way."""
        return self.sample is not None and max(len(self.read), self.asked) >= self.sample


FIELDS = frozenset(
    ("title", "labelled", "sections", "attachments", "declared_language", "declared_status")
)
"""The fields of ``RawNotice`` that are counted, beside the labels that a description names."""


def filled_fields(notice: RawNotice) -> set[str]:
    """Return the names of a notice's filled fields and of its printed labels with a value."""
    fields = {
        "title": notice.title.strip(),
        "labelled": notice.labelled,
        "sections": any(section.content.strip() for section in notice.sections),
        "attachments": notice.attachments,
        "declared_language": notice.declared_language,
        "declared_status": notice.declared_status,
    }
    return {name for name, value in fields.items() if value} | {
        label for label, value in notice.labelled if value.strip()
    }
