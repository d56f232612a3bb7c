"""Judge a crawl by what the portal promises: its state, one line why, and the Issues behind it."""

from datetime import datetime

from crawlers.crawl_record import CrawlRecord, as_reason
from crawlers.failures import describe, one_line
from crawlers.pages.json_values import count_of
from crawlers.pages.notice_checks import is_text
from crawlers.pages.readers import sound_issue
from schema.crawls import CrawlState, Outcome
from schema.issues import Severity

BEARABLE = 0.1
"""Share of notices' own pages that may fail; each failure is an Issue all the same."""
ENOUGH = 10
"""A share among fewer notices than this, or than the portal has, says nothing."""


def judge(
    record: CrawlRecord, crawl_id: str, started_at: datetime, expected: tuple[int, int]
) -> Outcome:
    """Return the Outcome of a finished crawl; expectations that fail become Issues.

    Never raises: should our own code fail, the crawl has. Every text of the Outcome can be stored,
    and its reason and messages are lines that any terminal can show.
    """
    try:
        _note_unknown_words(record)
        state, reason = _state(record, expected)
        return Outcome(
            portal=record.portal.stem,
            crawl_id=crawl_id,
            started_at=started_at,
            finished_at=record.now(),
            state=state,
            reason=one_line(reason),
            pages=record.pages,
            unchanged=record.unchanged,
            seen=frozenset(filter(is_text, record.seen)),
            announced=count_of(record.announced),
            duplicates=record.duplicates,
            issues=tuple(map(sound_issue, record.issues)),
            read=len(record.read),
            filled=dict(sorted(record.filled.items())),
            lacking=dict(sorted(record.lacking.items())),
        )
    except Exception as error:  # noqa: BLE001 - one portal must not cost the others
        return failed(
            record.portal.stem, crawl_id, started_at, f"the verdict broke off: {describe(error)}"
        )


def failed(stem: str, crawl_id: str, started_at: datetime, reason: str) -> Outcome:
    """Return the Outcome of a crawl of which nothing but its failure can be said."""
    return Outcome(
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
    if record.broken is not None:
        return CrawlState.FAILED, record.broken
    if not record.read and (record.refusals or not record.skipped):
        return _state_of_nothing(record, expected[0])
    shortfalls = [*record.gaps, *_shortfalls(record, expected)]
    if record.sample is not None:
        shortfalls.insert(0, f"only a sample of {record.sample} was asked for")
    if shortfalls:
        more = f" (and {len(shortfalls) - 1} more)" if len(shortfalls) > 1 else ""
        return CrawlState.PARTIAL, f"{shortfalls[0]}{more}"
    current = f", {record.skipped} known to be current" if record.skipped else ""
    return CrawlState.COMPLETE, f"{len(record.seen)} notices, {len(record.read)} read{current}"


def _state_of_nothing(record: CrawlRecord, least: int) -> tuple[CrawlState, str]:
    """Return the state of a crawl that read nothing and knew nothing to be unchanged.

    A portal that says that it has nothing is believed where ``[expect]`` allows for it.
    """
    if record.refusals:
        return CrawlState.BLOCKED, as_reason(record.refusals[0])
    if record.silences:
        return CrawlState.UNREACHABLE, as_reason(record.silences[0])
    if record.says_empty and not record.gaps and not least:
        return CrawlState.COMPLETE, "the portal says that nothing is open"
    if record.says_empty and not record.gaps:
        message = f"the portal says that nothing is open, where at least {least} are expected"
        record.note("fewer_than_expected", f"{message}.", severity=Severity.ERROR)
        return CrawlState.EMPTY, message
    errors = [issue.message for issue in record.issues if issue.severity is Severity.ERROR]
    if not errors:
        errors.append("The portal answers and lists nothing.")
        record.note("nothing_listed", errors[0], record.portal.home, Severity.ERROR)
    return CrawlState.EMPTY, as_reason(errors[0])


def _shortfalls(record: CrawlRecord, expected: tuple[int, int]) -> list[str]:
    """Return why the inventory, though walked to its end, cannot be trusted as whole."""
    least, most = expected
    seen, read = len(record.seen), len(record.read)
    found: list[str] = []
    if record.sample is not None:
        return found
    given = record.rows - record.moved
    if record.announced is not None and given < record.announced:
        message = f"the portal announces {record.announced} and gave {given}"
        record.note("fewer_than_announced", f"Truncated: {message}.", severity=Severity.ERROR)
        found.append(message)
    if seen < least:
        message = f"{seen} notices where at least {least} are expected"
        record.note("fewer_than_expected", f"{message}.", severity=Severity.ERROR)
        found.append(message)
    if seen > most:
        record.note("more_than_expected", f"{seen} notices where at most {most} are expected.")
    if record.missed > record.asked * BEARABLE:
        found.append(f"{record.missed} of {record.asked} pages could not be read")
    if read < max(1, min(ENOUGH, least)):
        return found
    for name, share in record.portal.expect.filled.items():
        if record.filled[name] / read < share:
            message = f"{name} is filled in {record.filled[name]} of {read}, less than {share:.0%}"
            record.note(
                "low_fill_rate",
                f"{message}.",
                record.lacking.get(name),
                Severity.ERROR,
                detail=name,
                concerns=record.portal.labels.get(name, name),
            )
            found.append(message)
    return found


def _note_unknown_words(record: CrawlRecord) -> None:
    known = {"status": record.portal.statuses, "label": record.portal.labels}
    for (vocabulary, word), url in record.words.items():
        if word not in known[vocabulary]:
            table = "statuses" if vocabulary == "status" else "labels"
            record.note(
                f"unknown_{vocabulary}",
                f"The {vocabulary} {word!r} is not in [{table}] of {record.portal.stem}.toml.",
                url,
                Severity.WARNING if vocabulary == "status" else Severity.NOTE,
                detail=word,
            )
