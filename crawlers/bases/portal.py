"""The base class of all spiders: requests pages, judges answers, calls readers, records failures.

A request has a function for its page (``callback``) and, where the notices can be found in another
way, one for the case that the page cannot be fetched or used (``errback``). A page that fails does
not end a crawl.
"""

from collections import deque
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, ClassVar, NoReturn

from scrapy import Request, Spider
from scrapy.exceptions import (
    CannotResolveHostError,
    CloseSpider,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
)
from scrapy.http import Response
from twisted.python.failure import Failure

from crawlers.attachments import AttachmentRequests
from crawlers.crawl_record import CrawlRecord, as_reason
from crawlers.failures import as_line, describe, one_line
from crawlers.http.middlewares.hosts import ForeignHostError
from crawlers.http.middlewares.redirects import RedirectLoopError
from crawlers.http.middlewares.robots import RobotsForbidError, RobotsSilentError
from crawlers.http.transport import PrivateAddressError, TooLargeError
from crawlers.pages.addresses import host_of, path_of, problem_of
from crawlers.pages.inspection import InspectedPage, problem_on, result_of
from crawlers.pages.page import Page
from crawlers.pages.page_problems import find_problem
from crawlers.pages.readers import LOST_PAGE, READER_FAILED, Reader, failure, read
from crawlers.portals import FOLDER, load_portal
from schema.exchanges import Exchange
from schema.issues import Severity
from schema.notices import RawNotice

SpiderOutput = Iterable[Request | RawNotice]
Callback = Callable[[Page], SpiderOutput]
Errback = Callable[[int | None], SpiderOutput]
"""Goes on without a page. Its argument is the status of the answer, ``None`` if there was none. For
a page that says with status 200 that it does not exist, it is 404."""

DETAIL_LENGTH = 300
UNDER_WAY = 20
"""The most pages of single notices that are requested at the same time."""
REFUSALS = frozenset((401, 402, 403, 429, 451))
SILENCES = (
    CannotResolveHostError,
    DownloadConnectionRefusedError,
    DownloadFailedError,
    DownloadTimeoutError,
    ResponseDataLossError,
    RobotsSilentError,
)
FAILURES: tuple[tuple[type[Exception], str], ...] = (
    (RobotsForbidError, "robots_forbid"),
    (ForeignHostError, "foreign_host"),
    (RedirectLoopError, "redirect_loop"),
    (TooLargeError, "too_large"),
    (PrivateAddressError, "private_address"),
    *((error, "unreachable") for error in SILENCES),
)


class PortalSpider(Spider):
    """The base of all spiders: subclasses follow links, readers read pages."""

    name: str
    readers: ClassVar[Mapping[str, Reader]] = {}
    """The readers, by kind of page; a kind without a reader has no notices."""
    hosts: tuple[str, ...] = ()
    """Further hosts of the portal; that of its home page is always included."""
    refresh_days: int = 7
    """The age in days at which an archived page is requested again, conditionally, if its list has
    no time of its last change. A 304 counts as a new copy."""

    def __init__(self, record: CrawlRecord | None = None, **options: Any) -> None:
        super().__init__(**options)
        self.record = record or CrawlRecord(load_portal(FOLDER / f"{self.name}.toml"))
        home = host_of(self.record.portal.home)
        bare = home.removeprefix("www.")
        self._waiting: deque[tuple[str, str | None]] = deque()
        near = self.record.portal.document_hosts
        self.hosts = tuple(dict.fromkeys((home, bare, f"www.{bare}", *self.hosts, *near)))
        self.attachments = AttachmentRequests(
            self.record,
            self.record.attachment_policy,
            self.hosts,
            timedelta(days=self.refresh_days),
        )

    async def start(self) -> AsyncIterator[Request | RawNotice]:
        """Yield the first requests."""
        try:
            for request in self.begin():
                yield request
        except Exception as error:  # noqa: BLE001 - Scrapy would end as if all were well
            self.record.faults.break_off(f"the crawl could not begin: {describe(error)}")

    def begin(self) -> SpiderOutput:
        """Yield the first requests; to be implemented by subclasses."""
        raise NotImplementedError

    # Requests

    def request(
        self,
        url: str,
        kind: str,
        callback: Callback,
        errback: Errback | None = None,
        *,
        method: str = "GET",
        body: bytes = b"",
        headers: Mapping[str, str] | None = None,
    ) -> Request:
        """Return a request for a page of a kind.

        If the page cannot be fetched or used, ``errback`` is called; without it, the inventory has
        a gap, unless the page is one of a single notice. Raises ``ValueError`` for an invalid
        address.
        """
        if problem := problem_of(url):
            raise ValueError(problem)
        steps = {"callback": callback, "errback": errback}
        return Request(
            url,
            callback=self.parse_answer,
            errback=self.parse_failure,
            method=method,
            body=body,
            headers=dict(headers or {}),
            meta={"kind": kind},
            cb_kwargs=steps,
            dont_filter=True,
        )

    def follow_notice(self, url: str, changed: str | None = None) -> SpiderOutput:
        """Request a notice's page, unless the archived copy is current.

        ``changed`` is the time of its last change, as a list prints it. At most ``UNDER_WAY`` pages
        are requested at a time; the others wait as addresses, because requests take more memory.
        """
        self._waiting.append((url, changed))
        yield from self._follow_waiting()

    def _follow_waiting(self) -> SpiderOutput:
        while self._waiting and self.record.requests.under_way < UNDER_WAY:
            url, changed = self._waiting.popleft()
            try:
                request = self.request_notice(url)
                skipped = self.record.sampled_enough or self._is_current(request, changed)
                steps = list(self._request_attachments_of(request)) if skipped else [request]
            except Exception as error:  # noqa: BLE001 - an address must not cost the others
                self._lose_address(url, error)
                continue
            if skipped:
                self.record.requests.notice_skipped()
            else:
                self.record.requests.notice_asked()
            yield from steps

    def _lose_address(self, url: str, error: Exception) -> None:
        """Record a notice for whose page no request can be made."""
        self.record.requests.notice_unaskable()
        self.note_address(url, error)

    def note_address(self, url: str, error: Exception, named_by: str | None = None) -> None:
        """Add an Issue about an address for which no request can be made."""
        why = one_line(str(error)) if isinstance(error, ValueError) else describe(error)
        self.record.note(
            "unfit_address",
            f"An address could not be asked for: {why}.",
            named_by,
            Severity.ERROR,
            one_line(url, DETAIL_LENGTH),
        )

    def request_list(self, page: Page, url: str, kind: str, callback: Callback) -> SpiderOutput:
        """Request a further list that a page links to; an invalid address is a gap."""
        try:
            request = self.request(url, kind, callback)
        except ValueError as error:
            self.note_address(url, error, page.url)
            self.record.faults.note_gap("a list could not be asked for")
            return
        yield request

    def _request_attachments_of(self, request: Request) -> SpiderOutput:
        """Request the documents of a notice whose page is current; they may have changed."""
        if not self.attachments.wanted or self.record.sampled_enough:
            return
        known = self.record.store.latest(request.url, request.method, request.body)
        if known is not None:
            for notice in read(self.readers["call"], Page(known)).notices:
                yield from self.attachments.requests_for(notice)

    def request_notice(self, url: str) -> Request:
        """Return the request for a notice's page; override it for another method or address."""
        return self.request(url, "call", self.parse_notices)

    def _followed(self, kind: str) -> SpiderOutput:
        if kind == "call":
            self.record.requests.notice_ended()
            yield from self._follow_waiting()

    def _is_current(self, request: Request, changed: str | None) -> bool:
        known = self.record.store.latest(request.url, request.method, request.body)
        if known is None or find_problem(Page(known)):
            return False  # the archived answer is a wall, not the notice
        changed_at = read_lastmod(changed)
        asked = (request.url, request.method, request.body)
        status, answered_at = self.record.store.answered_before(*asked) or (0, known.fetched_at)
        confirmed_at = answered_at if status == 304 else known.fetched_at
        if changed_at is None:
            return self.record.now() - confirmed_at < timedelta(days=self.refresh_days)
        return changed_at < confirmed_at

    async def parse_answer(
        self, response: Response, callback: Callback, errback: Errback | None
    ) -> AsyncIterator[Request | RawNotice]:
        """Pass the page to its ``callback`` if it is content; otherwise record what it is."""
        if self.record.is_endless:
            self._leave()
        page = await self._inspected(response.meta["exchange"], response.meta["number"])
        for each in self._parse_content(page, callback, errback):
            yield each

    async def _inspected(self, exchange: Exchange, number: int) -> Page:
        """Return a page, with the result of the page worker if that has read it."""
        inspected = None
        if exchange.status == 200 and exchange.kind in self.readers and self.record.page_worker:
            try:
                inspected = await self.record.page_worker.inspect(exchange)
            except OSError:  # the process cannot be started
                inspected = None
        if inspected is None:
            return Page(exchange, number=number)
        return InspectedPage(exchange, inspected, number=number)

    def _parse_content(
        self, page: Page, callback: Callback, errback: Errback | None
    ) -> SpiderOutput:
        try:
            why_not = self._why_unusable(page, tolerant=errback is not None)
            if why_not is None:
                yield from callback(page)
            else:
                yield from self._go_on(_as_it_is(page), errback, why_not)
        except Exception as error:  # noqa: BLE001 - a page must not end a crawl
            issue = failure(page, error)
            if errback is not None:
                issue = replace(issue, kind="route_closed", severity=Severity.NOTE)
            self.record.add_issues((issue,))
            yield from self._go_on(page.exchange, errback, issue.message)
        yield from self._followed(page.exchange.kind)

    def _leave(self) -> NoReturn:
        """End the crawl of a site that seems endless; what was read is kept."""
        message = f"the site goes on after {self.record.requests.pages} pages"
        if message not in self.record.faults.gaps:
            self.record.faults.note_gap(message)
            self.record.note("endless", f"{message}: left.", severity=Severity.ERROR)
        raise CloseSpider(message)

    def parse_failure(self, failure: Failure) -> Iterator[Request | RawNotice]:
        """Record why no answer came."""
        if self.record.faults.broken is not None:
            raise CloseSpider(self.record.faults.broken)
        error = failure.value
        request: Request = failure.request  # type: ignore[attr-defined]
        kind = next((kind for of, kind in FAILURES if isinstance(error, of)), "request_failed")
        message = as_line(error)
        errback: Errback | None = (request.cb_kwargs or {}).get("errback")
        severity = Severity.ERROR if errback is None else Severity.NOTE
        asked_for: str = request.meta.get("redirect_urls", [request.url])[0]
        self.record.note(kind, f"No page: {message}.", asked_for, severity)
        if isinstance(error, RobotsForbidError):
            self.record.faults.note_refusal(message)
        elif isinstance(error, SILENCES):
            self.record.faults.note_silence(message)
        asked = Exchange(self.name, request.meta["kind"], request.url, self.record.now(), 0, b"")
        yield from self._go_on(asked, errback, message)
        yield from self._followed(asked.kind)

    def _why_unusable(self, page: Page, *, tolerant: bool) -> str | None:
        """Return why a page may not be read, and note it; ``None`` where it may."""
        status = page.exchange.status
        if status in REFUSALS:
            kind, message = "refused", f"The portal refuses the page with status {status}."
        elif status in (404, 410):
            kind, message = "missing_page", f"The portal has no such page (status {status})."
        elif status != 200:
            kind, message = "http_error", f"The portal answers with status {status}."
        elif problem := problem_on(page):
            kind = problem.kind.value
            message = f"Status 200, but not the page: {kind.replace('_', ' ')} ({problem.words})."
            status = 403 if problem.refuses else 200
        else:
            self._note_charset(page)
            return None
        if tolerant:
            self.record.note("route_closed", message, page.url, Severity.NOTE)
        else:
            self.record.note(kind, message, page.url, Severity.ERROR)
        if status in REFUSALS:
            self.record.faults.note_refusal(message)
        elif status >= 500:
            self.record.faults.note_silence(message)
        return message

    def _note_charset(self, page: Page) -> None:
        if page.wrongly_declared:
            self.record.note(
                "wrong_charset",
                f"The page claims {page.wrongly_declared} but is read as {page.charset}.",
                page.url,
                Severity.NOTE,
            )

    def _go_on(self, asked: Exchange, errback: Errback | None, why: str) -> SpiderOutput:
        if errback is not None:
            try:
                yield from errback(asked.status or None)
            except Exception as error:  # noqa: BLE001 - as for any page
                why = f"the other route failed: {describe(error)}"
                self.record.note(READER_FAILED, f"{why}.", asked.url, Severity.ERROR)
                self.record.faults.note_gap(why)
        elif asked.kind == "call":
            self.record.requests.notice_missed()
        else:
            self.record.faults.note_gap(
                f"the {asked.kind} {path_of(asked.url)} could not be read: {as_reason(why)}"
            )

    # Reading pages

    def parse_notices(self, page: Page) -> SpiderOutput:
        """Read a page with the reader of its kind, yield its notices and visit those it names.

        This is the usual ``callback`` of a request.
        """
        reading = result_of(page, partial(read, self.readers[page.exchange.kind]))
        self.record.store.keep(page.number, page.exchange, reading)
        self.record.add_issues(reading.issues)
        if page.exchange.kind != "call":
            self.record.inventory.count_rows(reading.rows, reading.repeated)
            for issue in reading.issues:
                if issue.kind in LOST_PAGE:
                    yield from self._go_on(page.exchange, None, issue.detail or issue.message)
        if page.exchange.kind == "call" and not reading.notices:
            self.record.requests.notice_missed()
        for notice in reading.notices:
            if self.record.sample_is_read:
                return
            if self.record.read_notice(notice):
                if self.record.shows_notices:
                    yield notice
                yield from self.attachments.requests_for(notice)
        for url in reading.elsewhere:
            if self.record.inventory.add_listed(url):
                yield from self.follow_notice(url)


def _as_it_is(page: Page) -> Exchange:
    """Return a page's exchange, with status 404 if the page says that it does not exist."""
    problem = problem_on(page) if page.exchange.status == 200 else None
    is_missing = problem is not None and problem.is_missing
    return replace(page.exchange, status=404) if is_missing else page.exchange


def read_lastmod(printed: str | None) -> datetime | None:
    """Return a ``<lastmod>`` as an aware time, in UTC if it names no zone.

    A date becomes the end of its day. sitemaps.org requires https://www.w3.org/TR/NOTE-datetime;
    ``None`` for any other text.
    """
    if not printed:
        return None
    try:
        moment = datetime.fromisoformat(printed.strip())
        if len(printed.strip()) == len("2020-11-16"):
            moment += timedelta(days=1)
    except (ValueError, OverflowError):  # OverflowError: the day after 9999-12-31
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
