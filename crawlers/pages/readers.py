"""Call the readers of portals, such that a row or page that cannot be read does not affect others.

Everything that a reader returns is checked here: by :func:`read` for pages, by :func:`read_rows`
for rows. A value that does not fit its field is an Issue about the field
(:mod:`crawlers.pages.notice_checks`), and an exception is an Issue about the page or row.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from parsel import Selector

from crawlers.failures import describe, one_line
from crawlers.pages.addresses import problem_of
from crawlers.pages.json_values import NoIdentityError, name_of
from crawlers.pages.notice_checks import Misfit, check, is_text
from crawlers.pages.page import Page, PageChangedError, text_of
from schema.issues import Issue, Severity
from schema.notices import RawNotice

DETAIL_LENGTH = 300
UNREADABLE_PAGE, UNREADABLE_ROW = "unreadable_page", "unreadable_row"
"""A page or a row is not as its reader expects: the portal has changed."""
READER_FAILED = "reader_failed"
"""A reader raised an unexpected exception."""
UNFIT_FIELD = "unfit_field"
"""A value did not fit its field; the notice is kept without it."""
SAID_BY_READERS = frozenset((UNREADABLE_PAGE, UNREADABLE_ROW, READER_FAILED, UNFIT_FIELD))
"""Kinds of Issues that depend on the page alone, so that reading it again gives them again."""
LOST_PAGE = frozenset((UNREADABLE_PAGE, READER_FAILED))
"""Kinds of Issues after which the rest of a page was not read."""


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A notice of which a row has only the address: its own page must be read."""

    url: str


@dataclass(frozen=True, slots=True)
class ParseResult:
    """The notices of one page, in their order on the page, and the Issues."""

    notices: tuple[RawNotice, ...] = ()
    issues: tuple[Issue, ...] = ()
    rows: int = 0
    """How many entries the page has, including dropped, repeated and unreadable ones. The total
    that a portal announces is compared with it."""
    elsewhere: tuple[str, ...] = ()
    """Addresses of notices that have to be read from their own pages."""
    repeated: int = 0
    """How many entries repeat another one of the page."""
    checked: tuple[RawNotice, ...] | None = field(default=None, compare=False, repr=False)
    """The same tuple as ``notices`` if all of them have been checked already."""


Reader = Callable[[Page], "RawNotice | ParseResult"]
"""Reads a page of one kind. May raise: :func:`read` turns that into an Issue."""

Row = Mapping[str, Any]
ReadRow = Callable[[Row, Page], RawNotice | Elsewhere | None]
"""Reads one row; ``None`` where the portal's reader drops it on purpose."""


class UnfitNoticeError(Exception):
    """What a reader returned has no identity or address, and is lost."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


def read(reader: Reader, page: Page) -> ParseResult:
    """Read a page; whatever the reader raises becomes an Issue about the page (:func:`failure`)."""
    try:
        made = reader(page)
        return _checked(ParseResult((made,), rows=1) if isinstance(made, RawNotice) else made, page)
    except Exception as error:  # noqa: BLE001 - a page must not end a crawl
        return ParseResult(issues=(failure(page, error),))


def failure(page: Page, error: Exception) -> Issue:
    """Return the Issue for a page that could not be read.

    Its kind is ``unreadable_page`` if the page lacks a part that its reader requires, and
    ``reader_failed`` for any other error.
    """
    what, field = _what(error), _field_of(error)
    unread = f"{field} of the {page.exchange.kind} page" if field else f"{page.exchange.kind} page"
    return Issue(
        kind=UNREADABLE_PAGE if isinstance(error, _CHANGED) else READER_FAILED,
        message=f"The {unread} could not be read: {what}.",
        severity=Severity.ERROR,
        portal=page.portal,
        url=page.url,
        field=field,
        detail=what[:DETAIL_LENGTH],
    )


_CHANGED = (PageChangedError, UnfitNoticeError)


def _what(error: Exception) -> str:
    if isinstance(error, PageChangedError):
        return one_line(error.missing)
    plain = isinstance(error, UnfitNoticeError | NoIdentityError)
    return one_line(str(error)) if plain else describe(error)


def _field_of(error: Exception) -> str | None:
    """Return the field that an error is about, or the portal's key for it, if known."""
    if isinstance(error, _CHANGED):
        return error.field
    if isinstance(error, NoIdentityError):
        return "source_id"
    key = error.args[0] if isinstance(error, KeyError) and error.args else None
    return key if is_text(key) else None


def read_rows(rows: Iterable[object], read_row: ReadRow, page: Page) -> ParseResult:
    """Read each row of a page; a row that cannot be read becomes an Issue ``unreadable_row``.

    A notice that appears twice is kept once. Where the iteration over the rows raises, the rows
    before are kept, and the error becomes an Issue about the page (:func:`failure`).
    """
    notices: dict[str, RawNotice] = {}
    elsewhere: dict[str, None] = {}
    issues: list[Issue] = []
    unfit = _Unfit(page)
    count = repeated = 0
    for count, row in enumerate(_until_broken(rows, page, issues), start=1):
        try:
            if not isinstance(row, Mapping):
                raise TypeError(f"a row is an object, not {name_of(row)}")  # noqa: TRY301
            notice = _sound(read_row(row, page), unfit)
        except Exception as error:  # noqa: BLE001 - a row must not cost the others
            issues.append(_unreadable_row(page, count, row, error))
            continue
        if isinstance(notice, Elsewhere):
            repeated += notice.url in elsewhere
            elsewhere[notice.url] = None
        elif notice is not None and notices.setdefault(notice.source_id, notice) is not notice:
            repeated += 1
    issues += unfit.issues()
    found = tuple(notices.values())
    return ParseResult(found, tuple(issues), count, tuple(elsewhere), repeated, checked=found)


def _until_broken(rows: Iterable[object], page: Page, issues: list[Issue]) -> Iterator[object]:
    try:
        yield from rows
    except Exception as error:  # noqa: BLE001 - what was read before it broke off stays
        issues.append(failure(page, error))


def _unreadable_row(page: Page, number: int, row: object, error: Exception) -> Issue:
    return Issue(
        kind=UNREADABLE_ROW,
        message=f"Row {number} could not be read: {_what(error)}.",
        severity=Severity.ERROR,
        portal=page.portal,
        url=page.url,
        field=_field_of(error),
        detail=_words_of(row),
    )


def _words_of(row: object) -> str:
    """Return a row shortened, for an Issue: its JSON, or the text of an element."""
    try:
        return one_line(json.dumps(row, ensure_ascii=False, default=_plain), DETAIL_LENGTH)
    except (ValueError, TypeError, RecursionError):  # among others, nested too deeply
        return name_of(row)


def _plain(thing: object) -> str:
    return text_of(thing) if isinstance(thing, Selector) else name_of(thing)


def _sound(found: object, unfit: "_Unfit") -> RawNotice | Elsewhere | None:
    """Return what a reader made of a row, checked and mended, or raise."""
    if found is None:
        return None
    if isinstance(found, Elsewhere):
        problem = problem_of(found.url) if is_text(found.url) else "no text"
        if problem is not None:
            raise UnfitNoticeError("url", f"url: {problem}")
        return found
    if not isinstance(found, RawNotice):
        raise TypeError(f"a reader gives notices, not {name_of(found)}")
    notice, misfits = check(found)
    if notice is None:
        lost = next(each for each in misfits if each.is_lost)
        raise UnfitNoticeError(lost.field, f"{lost.field}: {lost.problem}")
    unfit.add(notice, misfits)
    return notice


def _checked(reading: object, page: Page) -> ParseResult:
    """Return a reading with all of its notices, addresses and Issues checked."""
    if not isinstance(reading, ParseResult):
        raise TypeError(f"a reader gives a ParseResult, not {name_of(reading)}")
    issues = [sound_issue(each) for each in reading.issues]
    if reading.checked is reading.notices:  # read_rows has checked both notices and addresses
        return replace(reading, issues=tuple(issues))
    unfit = _Unfit(page)
    notices: list[RawNotice] = []
    elsewhere: list[str] = []
    for each in (*reading.notices, *map(Elsewhere, reading.elsewhere)):
        try:
            found = _sound(each, unfit)
        except Exception as error:  # noqa: BLE001 - a notice must not cost the others
            issues.append(failure(page, error))
            continue
        if isinstance(found, RawNotice):
            notices.append(found)
        elif found is not None:
            elsewhere.append(found.url)
    return replace(
        reading,
        notices=tuple(notices),
        issues=(*issues, *unfit.issues()),
        elsewhere=tuple(elsewhere),
    )


def sound_issue(issue: Issue) -> Issue:
    """Return an Issue with every field mended so that it can be stored and shown."""
    mended, _ = check(issue)
    if mended is None:
        return Issue(READER_FAILED, "An Issue that is none.", Severity.ERROR)
    message = one_line(mended.message)
    return mended if message == mended.message else replace(mended, message=message)


class _Unfit:
    """Collects values that did not fit; one Issue for each field and problem of a page."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._counts: Counter[Misfit] = Counter()
        self._first: dict[Misfit, str] = {}

    def add(self, notice: RawNotice, misfits: Iterable[Misfit]) -> None:
        for each in misfits:
            self._counts[each] += 1
            self._first.setdefault(each, notice.source_id)

    def issues(self) -> Iterator[Issue]:
        for misfit, count in self._counts.items():
            more = f" (and {count - 1} more)" if count > 1 else ""
            yield Issue(
                kind=UNFIT_FIELD,
                message=one_line(
                    f"The {misfit.field} of {self._first[misfit]}{more} does not fit: "
                    f"{misfit.problem}."
                ),
                severity=Severity.WARNING,
                portal=self._page.portal,
                url=self._page.url,
                field=misfit.field,
                detail=misfit.problem,
            )
