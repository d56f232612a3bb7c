"""What an unsound page or notice becomes: an Issue, so that it costs itself and nothing else.

Readers may hand on anything, and old archives hold what earlier versions let through. So what a
reader returned is checked here before anything else looks at it, and an error that a page or a
notice raises later becomes an Issue ``reader_failed``. Such a page is read again whenever the code
that reads it changes, because all derived rows are then made anew.
"""

import traceback
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

from crawlers.pages.notice_checks import check, is_text
from crawlers.pages.readers import sound_issue
from schema.crawls import CrawlReport
from schema.issues import Issue, Severity
from schema.notices import RawNotice
from storage.archive.crawls import PagePlace
from storage.archive.warc import ArchiveError

MOST_NOTICES = 100_000
"""Notices of one page that are read; the whole extract of grants.gov holds 66,000 grants."""

_ROOT = Path(__file__).resolve().parent.parent
_SHOWN = 100
_LARGEST = 1 << 31
"""What a column of whole numbers takes in PostgreSQL."""


class ReaderFailedError(Exception):
    """A notice could not be understood in another process; the text says where and why."""


def failed(what: str, error: BaseException | str, *, portal: str, url: str | None) -> Issue:
    """Return the Issue for what could not be done; ``what`` says it in words.

    Of an error only its class and its place in our code are told: its message may hold anything.
    """
    return Issue(
        kind="reader_failed",
        message=f"{what}; it is tried again when the code that reads it changes.",
        severity=Severity.ERROR,
        portal=portal,
        url=url,
        detail=error if isinstance(error, str) else place_of(error),
    )


def place_of(error: BaseException) -> str:
    """Return an error's class and the last place in our code that it passed."""
    if isinstance(error, ReaderFailedError):
        return str(error)
    name = type(error).__name__
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        path = Path(frame.filename)
        if path.is_relative_to(_ROOT) and "site-packages" not in path.parts:
            return f"{name} at {path.relative_to(_ROOT).as_posix()}:{frame.lineno}"
    return name


def name_of(raw: RawNotice) -> str:
    """Return what to call a notice in a message."""
    return f"The notice {raw.source_id[:_SHOWN]}"


def sound_notices(
    notices: object, portal: str, url: str
) -> tuple[tuple[RawNotice, ...], list[Issue]]:
    """Return those notices of a page that can be used, and an Issue for each other one.

    What readers hand on was checked by the same rules; what an earlier version of the code kept
    was not.
    """
    sound: list[RawNotice] = []
    issues: list[Issue] = []
    for number, notice in enumerate(_entries(notices), start=1):
        if number > MOST_NOTICES:
            issues.append(too_many(MOST_NOTICES, "notices", portal, url))
            break
        if not isinstance(notice, RawNotice):
            flaw = f"a {type(notice).__name__} instead of a notice"
            issues.append(failed(f"Notice {number} is not sound", flaw, portal=portal, url=url))
            continue
        mended, misfits = check(notice)
        if mended is not None and mended.portal != portal:
            flaw = "portal is not that of the page"
            issues.append(failed(f"Notice {number} is not sound", flaw, portal=portal, url=url))
        elif mended is not None:
            sound.append(mended)
        for each in misfits:
            flaw = f"{each.field}: {each.problem}"
            issue = failed(f"Notice {number} is not sound", flaw, portal=portal, url=url)
            issues.append(replace(issue, field=each.field))
    if not isinstance(notices, tuple | list):
        what = f"the notices are a {type(notices).__name__}"
        issues.append(failed("The reader's answer is not sound", what, portal=portal, url=url))
    return tuple(sound), issues


def sound_issues(issues: object, portal: str, url: str | None) -> list[Issue]:
    """Return a page's Issues, each that is none being replaced by one that says so."""
    sound = []
    for each in _entries(issues):
        if isinstance(each, Issue):
            sound.append(sound_issue(each))
        else:
            what = "An Issue of the reader is not sound"
            sound.append(failed(what, type(each).__name__, portal=portal, url=url))
    return sound


def sound_report(report: CrawlReport) -> CrawlReport:
    """Return an archived verdict without what no database would take."""
    announced = report.announced
    if not isinstance(announced, int) or not 0 <= announced < _LARGEST:
        announced = None
    return replace(
        report,
        reason=str(report.reason),
        seen=frozenset(filter(is_text, report.seen)),
        announced=announced,
        issues=tuple(sound_issues(report.issues, report.portal, None)),
    )


def archive_incomplete(place: PagePlace, error: ArchiveError) -> Issue:
    """Return the Issue for a page that the archive can't give back."""
    return Issue(
        "archive_incomplete",
        f"Page {place.number} of {place.crawl.id} can't be read: {error}.",
        Severity.ERROR,
        place.crawl.portal,
    )


def too_many(most: int, what: str, portal: str | None, url: str | None) -> Issue:
    """Return the Issue for a page of which only so much is read."""
    return Issue(
        kind="page_limit",
        message=f"The page holds more than {most:,} {what}; those beyond are not read.",
        portal=portal,
        url=url,
        detail=what,
    )


def _entries(found: object) -> Iterable[object]:
    return found if isinstance(found, tuple | list) else ()
