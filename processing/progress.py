"""How far the fold over the archive has come, and when it must begin again.

A crawl is processed in one transaction together with everything that follows from it, so that a
row in ``crawl`` means: done, whole. Rows of two versions of the code never stand side by side.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import Connection, func, select

from storage.archive.archive import ArchivedCrawl
from storage.database.column_types import UtcMoment
from storage.database.crawls import processed
from storage.database.rows import upsert
from storage.database.tables import KEPT, REUSED, crawl, derivation, metadata, portal


@dataclass(frozen=True, slots=True)
class Plan:
    """What is to be processed, and why from the beginning if so."""

    crawls: tuple[ArchivedCrawl, ...]
    """In order; each belongs into a transaction of its own."""
    code: str
    rebuild: str | None
    """One clear line, or ``None`` when the rows that there are can stay."""


def plan(
    connection: Connection,
    archived: Sequence[ArchivedCrawl],
    code: str,
    *,
    everything: bool = False,
) -> Plan:
    """Tell which crawls of the archive are still to be processed by this version of the code.

    ``code`` is any text that changes when readers, normalizers or their data do.
    """
    done = processed(connection)
    todo = [each for each in archived if each.id not in done]
    rebuild = None
    if everything:
        rebuild = "asked for"
    elif done and connection.scalar(select(derivation.c.code)) != code:
        rebuild = "readers or normalizers have changed since the last time"
    elif late := _late(connection, todo):
        rebuild = f"{late} is older than crawls of its portal that were processed before"
    return Plan(tuple(archived if rebuild else todo), code, rebuild)


def begin(connection: Connection, work: Plan) -> None:
    """Make the tables ready for a plan: cleared, if all is rebuilt, and signed by its code."""
    if work.rebuild:
        clear_derived(connection)
    upsert(connection, derivation, [{"id": 1, "code": work.code}])


def clear_derived(connection: Connection) -> None:
    """Delete every row that the archive can give back; portals and translations stay.

    So do the texts of documents, which are what a rebuild would make of the same bytes.
    """
    for table in reversed(metadata.sorted_tables):
        if table.name not in KEPT | REUSED and table is not portal:
            connection.execute(table.delete())


def _late(connection: Connection, todo: Sequence[ArchivedCrawl]) -> str | None:
    """Return the first crawl that should have been processed before others that were."""
    newest = func.max(crawl.c.started_at, type_=UtcMoment()).label("newest")
    rows = connection.execute(select(crawl.c.portal, newest).group_by(crawl.c.portal))
    reached = {row.portal: row.newest.replace(microsecond=0) for row in rows}
    late = (each.id for each in todo if each.started_at < reached.get(each.portal, _EVER))
    return next(late, None)


_EVER = datetime.min.replace(tzinfo=UTC)
