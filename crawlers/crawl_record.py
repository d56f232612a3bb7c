"""What happened in one crawl of one portal, noted while it happens.

Spiders and middlewares report to a :class:`CrawlRecord`; :mod:`crawlers.crawl_report` judges it at
the end. The record and its parts change only by their own methods, which say what happened.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from crawlers.attachment_policy import AttachmentPolicy
from crawlers.failures import as_line, one_line
from crawlers.inventory import FieldCounts, Inventory
from crawlers.pages.json_values import count_of, name_of
from crawlers.pages.page_worker import PageWorker
from crawlers.store import NoStore, PageStore
from schema.exchanges import Exchange
from schema.issues import Issue, Severity
from schema.notices import RawNotice
from schema.portals import Portal


def utc_now() -> datetime:
    """Return the current time: the clock of a crawl unless its settings name another."""
    return datetime.now(UTC)


def as_reason(message: str) -> str:
    """Return an Issue's message in the form of a reason: no capital, no full stop."""
    return f"{message[:1].lower()}{message[1:]}".rstrip(".")


class Requests:
    """Counts answers, and what became of the pages of single notices."""

    __slots__ = (
        "_asked",
        "_documents",
        "_missed",
        "_pages",
        "_skipped",
        "_unchanged",
        "_under_way",
    )

    def __init__(self) -> None:
        self._pages = self._documents = self._unchanged = 0
        self._asked = self._missed = self._skipped = self._under_way = 0

    def answer_archived(self, kind: str) -> None:
        """Count an answer to a request for a page of this kind."""
        self._pages += 1
        self._documents += kind == "document"

    def answer_unchanged(self) -> None:
        """Count an answer whose content the archive already has."""
        self._unchanged += 1

    def notice_asked(self) -> None:
        """Count a request for a notice's page; it is under way until :meth:`notice_ended`."""
        self._asked += 1
        self._under_way += 1

    def notice_ended(self) -> None:
        """Note that the request for a notice's page has ended, with whatever result."""
        self._under_way -= 1

    def notice_missed(self) -> None:
        """Note that a notice's page could not be fetched or read."""
        self._missed += 1

    def notice_unaskable(self) -> None:
        """Count a notice's page for which no request could be made; it counts as asked for."""
        self._asked += 1
        self._missed += 1

    def notice_skipped(self) -> None:
        """Count a notice that is not asked for.

        Its archived copy is current, or a sample has enough without it.
        """
        self._skipped += 1

    @property
    def pages(self) -> int:
        """How many answers were archived."""
        return self._pages

    @property
    def documents(self) -> int:
        """How many of the answers are documents that notices link."""
        return self._documents

    @property
    def unchanged(self) -> int:
        """How many of the answers brought content that the archive already had."""
        return self._unchanged

    @property
    def asked(self) -> int:
        """How many pages of single notices were asked for."""
        return self._asked

    @property
    def missed(self) -> int:
        """How many of those could not be fetched or read."""
        return self._missed

    @property
    def skipped(self) -> int:
        """How many notices were not asked for again."""
        return self._skipped

    @property
    def under_way(self) -> int:
        """How many requests for pages of single notices have not ended."""
        return self._under_way


class Faults:
    """Collects what keeps a crawl from being complete, one line of reason each."""

    __slots__ = ("_broken", "_gaps", "_refusals", "_silences")

    def __init__(self) -> None:
        self._gaps: list[str] = []
        self._refusals: list[str] = []
        self._silences: list[str] = []
        self._broken: str | None = None

    def note_gap(self, reason: str) -> None:
        """Note that a part of the inventory was not seen."""
        self._gaps.append(reason)

    def note_refusal(self, reason: str) -> None:
        """Note that the portal refused a page or forbids it."""
        self._refusals.append(reason)

    def note_silence(self, reason: str) -> None:
        """Note that a request got no answer, or a server error (status 5xx)."""
        self._silences.append(reason)

    def break_off(self, reason: str) -> None:
        """Note that the crawl ends by a failure of Callboard itself; a later reason replaces it."""
        self._broken = reason

    @property
    def gaps(self) -> tuple[str, ...]:
        """Why the inventory is incomplete."""
        return tuple(self._gaps)

    @property
    def refusals(self) -> tuple[str, ...]:
        """Why the portal refused pages."""
        return tuple(self._refusals)

    @property
    def silences(self) -> tuple[str, ...]:
        """Why requests were left without an answer."""
        return tuple(self._silences)

    @property
    def broken(self) -> str | None:
        """Why the crawl was ended by a failure of Callboard itself, if it was."""
        return self._broken


@dataclass(frozen=True, eq=False)
class CrawlRecord:
    """One crawl of one portal: its settings, and what has happened so far."""

    portal: Portal
    now: Callable[[], datetime] = utc_now
    store: PageStore = field(default_factory=NoStore)
    sample: int | None = None
    """Read at most so many notices."""
    attachment_policy: AttachmentPolicy = field(default_factory=AttachmentPolicy)
    page_worker: PageWorker | None = None
    """Reads pages in processes of its own; without it, the spider reads them."""
    shows_notices: bool = True
    """Whether notices are given out as Scrapy's items, as ``scrapy crawl STEM`` shows them."""
    most_pages: int | None = None
    """The number of answers, documents not counted, at which a crawl is taken to be endless."""

    inventory: Inventory = field(init=False, default_factory=Inventory)
    requests: Requests = field(init=False, default_factory=Requests)
    faults: Faults = field(init=False, default_factory=Faults)
    fields: FieldCounts = field(init=False)
    _issues: list[Issue] = field(init=False, default_factory=list)

    def __post_init__(self) -> None:
        object.__setattr__(self, "fields", FieldCounts(self.portal))

    def archive(self, exchange: Exchange) -> int:
        """Put an exchange into the store and return its number there.

        Where that fails, the crawl breaks off, and the store's error is raised.
        """
        try:
            number = self.store.add(exchange)
        except Exception as error:
            self.faults.break_off(f"the archive cannot be written: {as_line(error)}")
            raise
        self.requests.answer_archived(exchange.kind)
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
        self._issues.append(Issue(kind, message, severity, self.portal.stem, url, concerns, detail))

    def add_issues(self, issues: Iterable[Issue]) -> None:
        """Add Issues that a reader raised."""
        self._issues.extend(issues)

    def total_of(self, value: object, url: str) -> int | None:
        """Return a number of notices or pages that the portal announces on a page.

        Where it is not a number, the inventory cannot be checked against it: that is a gap and an
        Issue, once for each such value.
        """
        number = count_of(value)
        if number is None:
            printed = one_line(value, 80) if isinstance(value, str) else name_of(value)
            message = f"what the portal announces is no number ({printed})"
            if message not in self.faults.gaps:
                self.faults.note_gap(message)
                self.note("unfit_total", f"{message}.", url, Severity.ERROR)
        return number

    def read_notice(self, notice: RawNotice) -> bool:
        """Count a notice that was read; tell whether it was the first with its id."""
        is_first = self.inventory.add_read(notice.source_id)
        if is_first:
            self.fields.count(notice)
        return is_first

    @property
    def issues(self) -> tuple[Issue, ...]:
        """The Issues so far."""
        return tuple(self._issues)

    @property
    def is_endless(self) -> bool:
        """Whether more pages were fetched than the portal can plausibly have."""
        pages = self.requests.pages - self.requests.documents
        return self.most_pages is not None and pages >= self.most_pages

    @property
    def sample_is_read(self) -> bool:
        """Whether a sample is wanted, and as many notices are read as it needs."""
        return self.sample is not None and len(self.inventory.read) >= self.sample

    @property
    def sampled_enough(self) -> bool:
        """Whether a sample is wanted, and as many notices are read or requested as it needs."""
        asked = max(len(self.inventory.read), self.requests.asked)
        return self.sample is not None and asked >= self.sample
