"""What a reader makes of a page, so that one bad row or page never costs the others."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from crawlers.pages.page import Page, PageChangedError
from schema.issues import Issue, Severity
from schema.notices import RawNotice

DETAIL_LENGTH = 300


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """A notice that a row only names: its own page must be read."""

    url: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The notices of one page, in its order, and what was odd about it."""

    notices: tuple[RawNotice, ...] = ()
    issues: tuple[Issue, ...] = ()
    rows: int = 0
    """How many entries the page held, with those that were dropped, repeated or unreadable: what
    a portal's announced total counts."""
    elsewhere: tuple[str, ...] = ()
    """Addresses of notices that the page only names."""
    repeated: int = 0
    """How many of them repeat a notice that the page already holds."""


Reader = Callable[[Page], "RawNotice | Reading"]
"""Reads a page of one kind. May raise: :func:`read` turns that into an Issue."""

Row = Mapping[str, Any]
ReadRow = Callable[[Row, Page], RawNotice | Elsewhere | None]
"""Reads one row; ``None`` where the portal's reader drops it on purpose."""


def read(reader: Reader, page: Page) -> Reading:
    """Read a page; whatever the reader raises becomes an Issue ``unreadable_page``."""
    try:
        reading = reader(page)
    except Exception as error:  # noqa: BLE001 - a page must not end a crawl
        return Reading(issues=(unreadable(page, error),))
    return Reading((reading,), rows=1) if isinstance(reading, RawNotice) else reading


def unreadable(page: Page, error: Exception) -> Issue:
    """Return the Issue for a page that could not be read."""
    what = error.missing if isinstance(error, PageChangedError) else repr(error)
    field = _field_of(error)
    unread = f"{field} of the {page.exchange.kind} page" if field else f"{page.exchange.kind} page"
    return Issue(
        kind="unreadable_page",
        message=f"The {unread} could not be read: {what}.",
        severity=Severity.ERROR,
        portal=page.portal,
        url=page.url,
        field=field,
        detail=what[:DETAIL_LENGTH],
    )


def _field_of(error: Exception) -> str | None:
    """Return the field that an error is about, or what the portal calls it, if that is known."""
    if isinstance(error, PageChangedError):
        return error.field
    return str(error.args[0]) if isinstance(error, KeyError) and error.args else None


def read_rows(rows: Iterable[object], read_row: ReadRow, page: Page) -> Reading:
    """Read each row of a page; a row that cannot be read becomes an Issue ``unreadable_row``.

    A notice that stands twice on the page is kept once. Where the rows themselves break off with
    :class:`PageChangedError`, those before are kept, beside an Issue ``unreadable_page``.
    """
    notices: dict[str, RawNotice] = {}
    elsewhere: dict[str, None] = {}
    issues: list[Issue] = []
    count = repeated = 0
    for count, row in enumerate(_until_broken(rows, page, issues), start=1):
        try:
            if not isinstance(row, Mapping):
                raise TypeError(f"a row is an object, not {type(row).__name__}")  # noqa: TRY301
            notice = read_row(row, page)
        except Exception as error:  # noqa: BLE001 - a row must not cost the others
            issues.append(
                Issue(
                    kind="unreadable_row",
                    message=f"Row {count} could not be read: {error!r}.",
                    severity=Severity.ERROR,
                    portal=page.portal,
                    url=page.url,
                    field=_field_of(error),
                    detail=str(row)[:DETAIL_LENGTH],
                )
            )
            continue
        if isinstance(notice, Elsewhere):
            repeated += notice.url in elsewhere
            elsewhere[notice.url] = None
        elif notice is not None and notices.setdefault(notice.source_id, notice) is not notice:
            repeated += 1
    return Reading(tuple(notices.values()), tuple(issues), count, tuple(elsewhere), repeated)


def _until_broken(rows: Iterable[object], page: Page, issues: list[Issue]) -> Iterator[object]:
    try:
        yield from rows
    except PageChangedError as error:
        issues.append(unreadable(page, error))
