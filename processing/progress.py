"""How far the archive has been ingested, and which portals must be read again from the beginning.

A crawl is processed in one transaction together with everything that follows from it, so a row in
``crawl`` means: done, whole. A portal's rows all come from one version of the code: when that
changes (:mod:`processing.code_fingerprint`), they are cleared and its crawls read again.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType

from sqlalchemy import Connection, Table, func, or_, select

from storage.archive.crawls import ArchivedCrawl
from storage.database.column_types import UtcMoment
from storage.database.crawls import processed
from storage.database.rows import upsert
from storage.database.tables import (
    KEPT,
    REUSED,
    call,
    crawl,
    derivation,
    event,
    issue,
    link,
    metadata,
    notice,
    notice_document,
    notice_version,
    page,
    portal,
)

_EVER = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be processed, and whose rows from the beginning."""

    crawls: tuple[ArchivedCrawl, ...]
    """In order; each belongs into a transaction of its own."""
    codes: Mapping[str, str]
    """The fingerprint of the code that makes the rows, by portal."""
    rebuilds: Mapping[str, str]
    """By portal: why its rows are made again, one clear line."""
    everything: bool
    """Whether all rows are cleared, those of portals that are no longer archived too."""


def plan(
    connection: Connection,
    archived: Sequence[ArchivedCrawl],
    codes: Mapping[str, str],
    *,
    everything: bool = False,
    recovered: Mapping[str, str] = MappingProxyType({}),
) -> Plan:
    """Tell which crawls of the archive are still to be processed by today's code.

    ``codes`` has the fingerprint of every portal that has an archived crawl; ``recovered``, by
    portal, a page that was set aside and can be read now.
    """
    done = processed(connection)
    todo = [each for each in archived if each.id not in done]
    begun = {each.portal for each in archived if each.id in done}
    signed = {row.portal: row.code for row in connection.execute(select(derivation))}
    late = _late(connection, todo)
    rebuilds: dict[str, str] = {}
    for stem, code in codes.items():
        if everything:
            rebuilds[stem] = "asked for"
        elif stem in begun and signed.get(stem) != code:
            rebuilds[stem] = "its reader or the normalizers have changed since the last time"
        elif stem in recovered:
            rebuilds[stem] = f"page {recovered[stem]}, which was set aside, can be read now"
        elif stem in late:
            rebuilds[stem] = f"{late[stem]} is older than crawls that were processed before"
    crawls = [each for each in archived if each.portal in rebuilds or each.id not in done]
    return Plan(tuple(crawls), codes, rebuilds, everything)


def begin(connection: Connection, work: Plan) -> None:
    """Make the tables ready for a plan: cleared where rows are made again, signed by their code."""
    if work.everything:
        clear_derived(connection)
    elif work.rebuilds:
        clear_portals(connection, work.rebuilds)
    signed = [{"portal": stem, "code": code} for stem, code in work.codes.items()]
    upsert(connection, derivation, signed)


def clear_derived(connection: Connection) -> None:
    """Delete every row that is rebuilt from the archive; portals and translations stay.

    So do the texts of documents, which are what a rebuild would make of the same bytes.
    """
    for table in reversed(metadata.sorted_tables):
        if table.name not in KEPT | REUSED and table is not portal:
            connection.execute(table.delete())


def clear_portals(connection: Connection, stems: Mapping[str, str]) -> None:
    """Delete every row that the archive can give back of some portals.

    A call goes with any of its notices: linking makes it again of all of them.
    """
    notices = select(notice.c.id).where(notice.c.portal.in_(stems))
    crawls = select(crawl.c.id).where(crawl.c.portal.in_(stems))
    linked = select(link.c.call_id).where(link.c.notice_id.in_(notices))
    connection.execute(call.delete().where(call.c.id.in_(linked)))
    connection.execute(
        issue.delete().where(or_(issue.c.crawl_id.in_(crawls), issue.c.notice_id.in_(notices)))
    )
    by_notice: tuple[Table, ...] = (event, notice_document, notice_version)
    for table in by_notice:
        connection.execute(table.delete().where(table.c.notice_id.in_(notices)))
    connection.execute(notice.delete().where(notice.c.portal.in_(stems)))
    connection.execute(page.delete().where(page.c.crawl_id.in_(crawls)))
    connection.execute(crawl.delete().where(crawl.c.portal.in_(stems)))


def _late(connection: Connection, todo: Sequence[ArchivedCrawl]) -> dict[str, str]:
    """Return the first crawl of each portal that should have been processed before others were."""
    newest = func.max(crawl.c.started_at, type_=UtcMoment()).label("newest")
    rows = connection.execute(select(crawl.c.portal, newest).group_by(crawl.c.portal))
    reached = {row.portal: row.newest.replace(microsecond=0) for row in rows}
    late: dict[str, str] = {}
    for each in todo:
        if each.started_at < reached.get(each.portal, _EVER):
            late.setdefault(each.portal, each.id)
    return late
