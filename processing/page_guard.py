"""What an unsound page or notice becomes: an Issue, so that it costs itself and nothing else.

Readers may hand on anything, and old archives hold what earlier versions let through. So what a
reader returned is checked here before anything else looks at it, and an error that a page or a
notice raises later becomes an Issue ``reader_failed``. Such a page is read again whenever the code
that reads it changes, because all derived rows are then made anew.
"""

import traceback
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path

from schema.crawls import Outcome
from schema.issues import Issue, Severity
from schema.notices import Attachment, Markup, RawNotice, Section
from storage.archive.archive import PagePlace
from storage.archive.warc import ArchiveError

MOST_NOTICES = 100_000
"""Notices of one page that are read; whole national registers in one file stay below it."""
LONGEST_ID = 2_000
"""Characters of a source id: PostgreSQL indexes no more than some 2,700 bytes."""

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
    """Return those notices of a page that can be used, and an Issue for each other one."""
    sound: list[RawNotice] = []
    issues: list[Issue] = []
    for number, notice in enumerate(_entries(notices), start=1):
        if number > MOST_NOTICES:
            issues.append(too_many(MOST_NOTICES, "notices", portal, url))
            break
        flaw = _flaw_of(notice, portal)
        if flaw is None:
            sound.append(notice)  # type: ignore[arg-type] # it is a notice
        else:
            issues.append(failed(f"Notice {number} is not sound", flaw, portal=portal, url=url))
    if not isinstance(notices, tuple | list):
        what = f"the notices are a {type(notices).__name__}"
        issues.append(failed("The reader's answer is not sound", what, portal=portal, url=url))
    return tuple(sound), issues


def sound_issues(issues: object, portal: str, url: str | None) -> list[Issue]:
    """Return a page's Issues, each that is none being replaced by one that says so."""
    sound = []
    for each in _entries(issues):
        if isinstance(each, Issue) and _is_sound_issue(each):
            sound.append(each)
        else:
            what = "An Issue of the reader is not sound"
            sound.append(failed(what, type(each).__name__, portal=portal, url=url))
    return sound


def sound_outcome(outcome: Outcome) -> Outcome:
    """Return an archived verdict without what no database would take."""
    announced = outcome.announced
    if not isinstance(announced, int) or not 0 <= announced < _LARGEST:
        announced = None
    return replace(
        outcome,
        reason=str(outcome.reason),
        seen=frozenset(filter(_is_text, outcome.seen)),
        announced=announced,
        issues=tuple(sound_issues(outcome.issues, outcome.portal, None)),
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


def _flaw_of(notice: object, portal: str) -> str | None:
    """Return what is wrong with a notice, ``None`` for a sound one."""
    if not isinstance(notice, RawNotice):
        return f"a {type(notice).__name__} instead of a notice"
    for name, is_sound in _PARTS.items():
        if not is_sound(value := getattr(notice, name)):
            return f"{name} is not what it should be, but a {type(value).__name__}"
    if notice.portal != portal:
        return "portal is not that of the page"
    if len(notice.source_id) > LONGEST_ID:
        return f"source_id has more than {LONGEST_ID} characters"
    return None


def _is_text(value: object) -> bool:
    return isinstance(value, str)


def _is_perhaps_text(value: object) -> bool:
    return value is None or isinstance(value, str)


def _is_all(is_sound: Callable[[object], bool]) -> Callable[[object], bool]:
    return lambda value: isinstance(value, tuple | list) and all(map(is_sound, value))


def _is_pair(part: object) -> bool:
    return isinstance(part, tuple | list) and len(part) == 2 and all(map(_is_text, part))


def _is_a(kind: type, value: object) -> bool:
    return isinstance(value, kind)


def _is_section(part: object) -> bool:
    return (
        isinstance(part, Section)
        and _is_text(part.content)
        and _is_perhaps_text(part.heading)
        and _is_a(Markup, part.markup)
    )


def _is_attachment(part: object) -> bool:
    return isinstance(part, Attachment) and _is_text(part.label) and _is_perhaps_text(part.url)


_PARTS = {
    **dict.fromkeys(("portal", "source_id", "url", "title"), _is_text),
    **dict.fromkeys(("declared_language", "declared_status"), _is_perhaps_text),
    "labelled": _is_all(_is_pair),
    "sections": _is_all(_is_section),
    "attachments": _is_all(_is_attachment),
}
"""How each field of a notice is checked."""


def _is_sound_issue(issue: Issue) -> bool:
    return (
        _is_a(Severity, issue.severity)
        and all(map(_is_text, (issue.kind, issue.message)))
        and all(map(_is_perhaps_text, (issue.portal, issue.url, issue.field, issue.detail)))
    )
