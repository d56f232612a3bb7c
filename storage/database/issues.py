"""Issues as rows."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import Connection, select

from schema.issues import Issue, Severity
from storage.database.rows import Row, insert_new
from storage.database.tables import issue as table
from storage.database.tables import notice
from storage.identity import issue_id


def save(
    connection: Connection,
    issues: Iterable[Issue],
    at: datetime,
    crawl_id: str,
    page_id: str | None = None,
    notice_id: str | None = None,
) -> None:
    """Keep Issues that a crawl met. The same one, said twice of the same place, is one row."""
    save_rows(connection, to_rows(issues, at, crawl_id, page_id, notice_id))


def save_of_notice(connection: Connection, issue: Issue, notice_id: str) -> None:
    """Store an Issue about a notice as it stands: of the crawl that read it last."""
    row = connection.execute(
        select(notice.c.read_in, notice.c.changed_at).where(notice.c.id == notice_id)
    ).one()
    save(connection, [issue], row.changed_at, row.read_in, notice_id=notice_id)


def save_rows(connection: Connection, rows: Sequence[Row]) -> None:
    """Keep the rows that :func:`to_rows` made."""
    insert_new(connection, table, rows)


def to_rows(
    issues: Iterable[Issue],
    at: datetime,
    crawl_id: str,
    page_id: str | None = None,
    notice_id: str | None = None,
) -> list[Row]:
    """Return the rows of Issues that a crawl met."""
    portal = crawl_id.partition("-")[0]
    return [
        {
            "id": issue_id(
                crawl_id,
                page_id,
                notice_id,
                each.kind,
                each.url,
                each.field,
                each.message,
                each.detail,
            ),
            "portal": each.portal or portal,
            "crawl_id": crawl_id,
            "page_id": page_id,
            "notice_id": notice_id,
            "at": at,
            "kind": each.kind,
            "severity": each.severity.value,
            "message": each.message,
            "url": each.url,
            "field": each.field,
            "detail": each.detail,
        }
        for each in issues
    ]


def of_crawl(connection: Connection, crawl_id: str) -> list[Issue]:
    """Return the Issues that one crawl met, the gravest first."""
    gravity = [Severity.ERROR, Severity.WARNING, Severity.NOTE]
    rows = connection.execute(
        select(table).where(table.c.crawl_id == crawl_id).order_by(table.c.kind, table.c.id)
    )
    found = [
        Issue(
            row.kind,
            row.message,
            Severity(row.severity),
            row.portal,
            row.url,
            row.field,
            row.detail,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: gravity.index(each.severity))
