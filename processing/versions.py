"""How one page, or the end of one crawl, changes notices and their versions.

Call :func:`record` for each notice of each page in the order of the archive, then
:func:`record_documents` for those that only their documents changed, then :func:`finish` once with
the verdict, all in the transaction of the crawl.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from processing.changes import compare, settle
from processing.notice_snapshots import NoticeSnapshot, headline_of
from schema.calls import Call
from schema.crawls import CrawlReport, CrawlState
from schema.events import Change, EventKind
from schema.issues import Issue, Severity
from storage.canonical import from_json, storable, to_json
from storage.database import attachments, events, issues, notices
from storage.database.events import Event
from storage.database.rows import Row
from storage.identity import notice_id as identify

_MISSES_TO_WITHDRAW = 2


def record(
    connection: Connection, snapshots: Sequence[NoticeSnapshot], *, baseline: bool
) -> list[Event]:
    """Store what pages of one crawl say of notices: new versions where it differs, and events.

    With ``baseline`` a new notice raises no event: no crawl has seen the whole inventory yet.
    Within one crawl the first snapshot of a notice counts; a second one that differs is an Issue.
    """
    if not snapshots:
        return []
    ids = [identify(snapshot.raw.portal, snapshot.raw.source_id) for snapshot in snapshots]
    standing = notices.standing(connection, ids)
    said = {(row.id, row.read_in): row.source_hash for row in standing.values()}
    new: dict[str, NoticeSnapshot] = {}
    met: dict[str, NoticeSnapshot] = {}
    issue_rows: list[Row] = []
    happened: list[Event] = []
    for notice_id, snapshot in zip(ids, snapshots, strict=True):
        at = snapshot.page.exchange.fetched_at
        where = (snapshot.page.crawl_id, snapshot.page.id)
        if (said_before := said.get((notice_id, snapshot.page.crawl_id))) is not None:
            if said_before != snapshot.source_hash:
                issue_rows += issues.to_rows([_read_twice(snapshot)], at, *where, notice_id)
            continue
        said[notice_id, snapshot.page.crawl_id] = snapshot.source_hash
        if notice_id in standing:
            met[notice_id] = snapshot
            happened += _renew(connection, snapshot, standing[notice_id])
            continue
        new[notice_id] = snapshot
        issue_rows += issues.to_rows(snapshot.extracted.issues, at, *where, notice_id)
        if not baseline:
            change = Change(EventKind.NEW, new_value=snapshot.extracted.headline["title"])
            happened.append(events.of_change(change, notice_id, at, *where))
    _add_first(connection, new, baseline=baseline)
    notices.update_read(connection, [_read_row(key, each) for key, each in met.items()])
    attachments.link(connection, {key: each.documents for key, each in (new | met).items()})
    issues.save_rows(connection, issue_rows)
    events.save(connection, happened)
    return happened


def record_documents(connection: Connection, snapshot: NoticeSnapshot) -> list[Event]:
    """Store what a notice says with documents of a crawl that did not bring its page.

    The notice counts as changed if its documents say anything else, but not as seen.
    """
    notice_id = identify(snapshot.raw.portal, snapshot.raw.source_id)
    row = notices.standing(connection, [notice_id])[notice_id]
    happened = _renew(connection, snapshot, row)
    attachments.link(connection, {notice_id: snapshot.documents})
    events.save(connection, happened)
    return happened


def finish(connection: Connection, report: CrawlReport) -> list[Event]:
    """Apply law 4 at the end of a crawl: silence is not closure.

    What was seen counts, however the crawl ended. What was not seen counts as missing only if the
    crawl was COMPLETE; missing from two of those in a row withdraws a notice.
    """
    seen = {storable(source_id) for source_id in report.seen}
    complete = report.state is CrawlState.COMPLETE
    at = report.finished_at
    met: list[str] = []
    missed: list[Row] = []
    happened: list[Event] = []
    for row in notices.of_portal(connection, report.portal):
        change = None
        if row.source_id in seen or row.read_in == report.crawl_id:
            met.append(row.id)
            if row.withdrawn_at is not None:
                change = _return(_known(connection, row), at)
        elif complete:
            gone = row.missed + 1 >= _MISSES_TO_WITHDRAW and row.withdrawn_at is None
            missed.append(
                {"key": row.id, "count": row.missed + 1, "at": at if gone else row.withdrawn_at}
            )
            if gone:
                was = _known(connection, row).status(at)
                change = Change(EventKind.WITHDRAWN, None, was, "withdrawn")
        if change is not None:
            happened.append(events.of_change(change, row.id, at, report.crawl_id))
    notices.update_met(connection, met, at)
    notices.update_missed(connection, missed)
    events.save(connection, happened)
    return happened


def _renew(connection: Connection, snapshot: NoticeSnapshot, row: Any) -> list[Event]:
    """Add a version if the snapshot differs; return the events, which the caller stores.

    A notice that was withdrawn, and whose own page is there again, has come back.
    """
    at = snapshot.newest.exchange.fetched_at
    where = (snapshot.newest.crawl_id, snapshot.newest.id)
    returns = row.withdrawn_at is not None and snapshot.shown_by is None
    if row.source_hash == snapshot.source_hash and not returns:
        return []
    latest = notices.latest_version(connection, row)
    known = from_json(Call, latest.facts)
    changes = [_return(known, at)] if returns else []
    if row.source_hash != snapshot.source_hash:
        extracted = snapshot.extracted
        settled, lost = settle(known, extracted.call, f"{row.id}.{row.versions}")
        facts = to_json(settled)
        if facts != latest.facts or storable(extracted.text) != latest.text:
            changes += compare(known, settled, at)
            version = _version_row(snapshot, row.id, row.versions + 1, facts)
            notices.supersede(connection, version, headline_of(settled))
            lost = tuple(replace(each, url=snapshot.raw.url) for each in lost)
            issues.save(connection, (*extracted.issues, *lost), at, *where, row.id)
    return [events.of_change(each, row.id, at, *where) for each in changes]


def _add_first(
    connection: Connection, new: Mapping[str, NoticeSnapshot], *, baseline: bool
) -> None:
    """Store notices that were not known, with their first versions."""
    notice_rows, version_rows = [], []
    for notice_id, snapshot in new.items():
        at = snapshot.page.exchange.fetched_at
        notice_rows.append(
            {
                "id": notice_id,
                "portal": snapshot.raw.portal,
                "source_id": snapshot.raw.source_id,
                "url": snapshot.raw.url,
                **snapshot.extracted.headline,
                "versions": 1,
                "baseline": baseline,
                "first_seen_at": at,
                "last_seen_at": at,
                "changed_at": at,
                "read_in": snapshot.page.crawl_id,
                "missed": 0,
                "withdrawn_at": None,
            }
        )
        version_rows.append(_version_row(snapshot, notice_id, 1, snapshot.extracted.facts))
    notices.insert(connection, notice_rows, version_rows)


def _read_row(notice_id: str, snapshot: NoticeSnapshot) -> Row:
    """Return what :func:`notices.update_read` takes of a notice whose page was read again."""
    return {
        "key": notice_id,
        "address": snapshot.raw.url,
        "crawl": snapshot.page.crawl_id,
        "at": snapshot.page.exchange.fetched_at,
    }


def _version_row(snapshot: NoticeSnapshot, notice_id: str, number: int, facts: str) -> Row:
    return {
        "notice_id": notice_id,
        "number": number,
        "page_id": snapshot.page.id,
        "url": snapshot.raw.url,
        "fetched_at": snapshot.newest.exchange.fetched_at,
        "superseded_at": None,
        "source_hash": snapshot.source_hash,
        "text": snapshot.extracted.text,
        "facts": facts,
    }


def _known(connection: Connection, row: Any) -> Call:
    return from_json(Call, notices.latest_version(connection, row).facts)


def _return(known: Call, at: datetime) -> Change:
    return Change(EventKind.REOPENED, None, "withdrawn", known.status(at))


def _read_twice(snapshot: NoticeSnapshot) -> Issue:
    return Issue(
        "read_twice",
        "two pages of one crawl give this notice differently; the first counts",
        Severity.NOTE,
        url=snapshot.raw.url,
    )
