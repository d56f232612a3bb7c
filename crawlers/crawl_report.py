"""Judge a finished crawl by the portal's expectations: its state, the reason and the Issues."""

from collections.abc import Iterator
from datetime import datetime

from crawlers.crawl_record import CrawlRecord, as_reason
from crawlers.failures import describe, one_line
from crawlers.pages.json_values import count_of
from crawlers.pages.notice_checks import is_text
from crawlers.pages.readers import sound_issue
from schema.crawls import CrawlReport, CrawlState
from schema.issues import Severity

BEARABLE = 0.1
"""The share of single notices' pages that may fail in a complete crawl. Each failure is an Issue
nevertheless."""
ENOUGH = 10
"""The number of notices from which on fill rates are checked, unless fewer are expected."""


def judge(
    record: CrawlRecord, crawl_id: str, started_at: datetime, expected: tuple[int, int]
) -> CrawlReport:
    """Return the report of a finished crawl; expectations that fail become Issues.

    Never raises: if judging itself fails, the crawl counts as failed. Every text of the report can
    be stored, and its reason and messages are single lines without control characters.
    """
    try:
        _note_unknown_words(record)
        state, reason = _state(record, expected)
        return CrawlReport(
            portal=record.portal.stem,
            crawl_id=crawl_id,
            started_at=started_at,
            finished_at=record.now(),
            state=state,
            reason=one_line(reason),
            pages=record.requests.pages,
            unchanged=record.requests.unchanged,
            seen=frozenset(filter(is_text, record.inventory.seen)),
            announced=count_of(record.inventory.announced),
            duplicates=record.inventory.tally.duplicates,
            issues=tuple(map(sound_issue, record.issues)),
            read=len(record.inventory.read),
            filled=dict(sorted(record.fields.filled.items())),
            lacking=dict(sorted(record.fields.lacking.items())),
        )
    except Exception as error:  # noqa: BLE001 - one portal must not cost the others
        return failed(
            record.portal.stem, crawl_id, started_at, f"the verdict broke off: {describe(error)}"
        )


def failed(stem: str, crawl_id: str, started_at: datetime, reason: str) -> CrawlReport:
    """Return the CrawlReport of a crawl that failed before it could be judged."""
    return CrawlReport(
        portal=stem,
        crawl_id=crawl_id,
        started_at=started_at,
        finished_at=started_at,
        state=CrawlState.FAILED,
        reason=one_line(reason),
        pages=0,
        unchanged=0,
        seen=frozenset(),
    )


def _state(record: CrawlRecord, expected: tuple[int, int]) -> tuple[CrawlState, str]:
    faults, skipped = record.faults, record.requests.skipped
    if faults.broken is not None:
        return CrawlState.FAILED, faults.broken
    read = len(record.inventory.read)
    if not read and (faults.refusals or not skipped):
        return _state_of_nothing(record, expected[0])
    shortfalls = [*faults.gaps, *_shortfalls(record, expected)]
    if record.sample is not None:
        shortfalls.insert(0, f"only a sample of {record.sample} was asked for")
    if shortfalls:
        more = f" (and {len(shortfalls) - 1} more)" if len(shortfalls) > 1 else ""
        return CrawlState.PARTIAL, f"{shortfalls[0]}{more}"
    current = f", {skipped} known to be current" if skipped else ""
    return CrawlState.COMPLETE, f"{len(record.inventory.seen)} notices, {read} read{current}"


def _state_of_nothing(record: CrawlRecord, least: int) -> tuple[CrawlState, str]:
    """Return the state of a crawl that read no notice and skipped none as unchanged.

    A portal that says that it has nothing is believed if ``[expect]`` allows zero notices.
    """
    faults = record.faults
    if faults.refusals:
        return CrawlState.BLOCKED, as_reason(faults.refusals[0])
    if faults.silences:
        return CrawlState.UNREACHABLE, as_reason(faults.silences[0])
    says_empty = record.inventory.says_empty and not faults.gaps
    if says_empty and not least:
        return CrawlState.COMPLETE, "the portal says that nothing is open"
    if says_empty:
        message = f"the portal says that nothing is open, where at least {least} are expected"
        record.note("fewer_than_expected", f"{message}.", severity=Severity.ERROR)
        return CrawlState.EMPTY, message
    errors = [issue.message for issue in record.issues if issue.severity is Severity.ERROR]
    if not errors:
        errors.append("The portal answers and lists nothing.")
        record.note("nothing_listed", errors[0], record.portal.home, Severity.ERROR)
    return CrawlState.EMPTY, as_reason(errors[0])


def _shortfalls(record: CrawlRecord, expected: tuple[int, int]) -> list[str]:
    """Return why the inventory may be incomplete although no part of it is known to be missing."""
    least, most = expected
    inventory, requests = record.inventory, record.requests
    seen = len(inventory.seen)
    found: list[str] = []
    if record.sample is not None:
        return found
    if inventory.announced is not None and inventory.given < inventory.announced:
        message = f"the portal announces {inventory.announced} and gave {inventory.given}"
        record.note("fewer_than_announced", f"Truncated: {message}.", severity=Severity.ERROR)
        found.append(message)
    if seen < least:
        message = f"{seen} notices where at least {least} are expected"
        record.note("fewer_than_expected", f"{message}.", severity=Severity.ERROR)
        found.append(message)
    if seen > most:
        record.note("more_than_expected", f"{seen} notices where at most {most} are expected.")
    if requests.missed > requests.asked * BEARABLE:
        found.append(f"{requests.missed} of {requests.asked} pages could not be read")
    if len(inventory.read) >= max(1, min(ENOUGH, least)):
        found.extend(_seldom_filled(record))
    return found


def _seldom_filled(record: CrawlRecord) -> Iterator[str]:
    """Add an Issue for each field that is filled less often than expected; yield its message."""
    read = len(record.inventory.read)
    for name, share in record.portal.expect.filled.items():
        filled = record.fields.filled.get(name, 0)
        if filled / read >= share:
            continue
        message = f"{name} is filled in {filled} of {read}, less than {share:.0%}"
        record.note(
            "low_fill_rate",
            f"{message}.",
            record.fields.lacking.get(name),
            Severity.ERROR,
            detail=name,
            concerns=record.portal.labels.get(name, name),
        )
        yield message


def _note_unknown_words(record: CrawlRecord) -> None:
    known = {"status": record.portal.statuses, "label": record.portal.labels}
    for (vocabulary, word), url in record.fields.words.items():
        if word not in known[vocabulary]:
            table = "statuses" if vocabulary == "status" else "labels"
            record.note(
                f"unknown_{vocabulary}",
                f"The {vocabulary} {word!r} is not in [{table}] of {record.portal.stem}.toml.",
                url,
                Severity.WARNING if vocabulary == "status" else Severity.NOTE,
                detail=word,
            )
