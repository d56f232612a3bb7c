"""Linked documents: their texts by hash, where each address leads, and which notice links which.

A text is kept when all else is derived again: it depends on the file's bytes and on the version of
the reader, on nothing else, and reading it again would take hours.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from sqlalchemy import Connection, select

from schema.documents import DocumentText
from storage.canonical import storable
from storage.database.rows import insert_all, upsert
from storage.database.tables import crawl, notice, notice_document, notice_version, page
from storage.database.tables import document as table

_MOST_REDIRECTS = 5


@dataclass(frozen=True, slots=True)
class LinkingNotice:
    """A notice that links documents, as its current version has them."""

    notice_id: str
    source_id: str
    page_id: str
    """The page that the version is from."""
    documents: Mapping[str, str | None]
    """Hash by address; ``None`` where the document had not been read."""


def save(connection: Connection, read: DocumentText, reader: str) -> None:
    """Keep what a version of the reader made of a file."""
    row = {
        "sha256": read.sha256,
        "media": read.media,
        "pages": read.pages,
        "problem": read.problem,
        "message": read.message,
        "reader": reader,
        "text": read.text,
    }
    upsert(connection, table, [row])


def find(connection: Connection, sha256: str, reader: str | None = None) -> DocumentText | None:
    """Return what is known of a file; with ``reader``, only if that version has read it."""
    row = connection.execute(select(table).where(table.c.sha256 == sha256)).one_or_none()
    if row is None or reader not in (None, row.reader):
        return None
    return DocumentText(row.sha256, row.media, row.text, row.pages, row.problem, row.message)


class PortalDocuments:
    """The documents of one portal as its processed crawls have them."""

    def __init__(self, connection: Connection, portal: str) -> None:
        self._connection, self._portal = connection, portal
        self._read: dict[str, DocumentText | None] = {}

    def at(self, url: str) -> DocumentText | None:
        """Return the newest document at an address, redirects followed; ``None`` if never had."""
        for _ in range(_MOST_REDIRECTS):
            row = self._answers.get(url)
            if row is None:
                return None
            if row.leads_to is None:
                return self._of(row.sha256)
            url = row.leads_to
        return None

    def _of(self, sha256: str) -> DocumentText | None:
        if sha256 not in self._read:
            self._read[sha256] = find(self._connection, sha256)
        return self._read[sha256]

    @cached_property
    def _answers(self) -> dict[str, Any]:
        """The newest answer by address, of those that bring a document or lead to one."""
        rows = self._connection.execute(
            select(page.c.url, page.c.sha256, page.c.leads_to)
            .join(crawl, crawl.c.id == page.c.crawl_id)
            .where(
                crawl.c.portal == self._portal,
                page.c.kind == "document",
                (page.c.status == 200) | page.c.leads_to.is_not(None),
            )
            .order_by(page.c.fetched_at, page.c.crawl_id, page.c.number)
        )
        return {row.url: row for row in rows}


def link(connection: Connection, linked: Mapping[str, Mapping[str, DocumentText | None]]) -> None:
    """Keep which documents notices link, by notice id; what one no longer links goes."""
    these = notice_document.c.notice_id.in_(sorted(linked))
    known: dict[str, dict[str, str | None]] = {notice_id: {} for notice_id in linked}
    for row in connection.execute(select(notice_document).where(these)):
        known[row.notice_id][row.url] = row.sha256
    changed, rows = [], []
    for notice_id, documents in linked.items():
        wanted = {storable(url): read.sha256 if read else None for url, read in documents.items()}
        if known[notice_id] != wanted:
            changed.append(notice_id)
            rows += [
                {"notice_id": notice_id, "url": url, "sha256": sha256}
                for url, sha256 in wanted.items()
            ]
    if changed:
        connection.execute(notice_document.delete().where(notice_document.c.notice_id.in_(changed)))
    insert_all(connection, notice_document, rows)


def linking(connection: Connection, portal: str, not_read_in: str) -> list[LinkingNotice]:
    """Return the standing notices of a portal that link documents, by id.

    Those that the crawl ``not_read_in`` has read are left out.
    """
    rows = connection.execute(
        select(
            notice.c.id,
            notice.c.source_id,
            notice_version.c.page_id,
            notice_document.c.url,
            notice_document.c.sha256,
        )
        .join(notice_document, notice_document.c.notice_id == notice.c.id)
        .join(
            notice_version,
            (notice_version.c.notice_id == notice.c.id)
            & (notice_version.c.number == notice.c.versions),
        )
        .where(
            notice.c.portal == portal,
            notice.c.read_in != not_read_in,
            notice.c.withdrawn_at.is_(None),
        )
        .order_by(notice.c.id, notice_document.c.url)
    )
    found: dict[str, LinkingNotice] = {}
    for row in rows:
        known = found.setdefault(row.id, LinkingNotice(row.id, row.source_id, row.page_id, {}))
        found[row.id] = LinkingNotice(
            row.id, row.source_id, row.page_id, {**known.documents, row.url: row.sha256}
        )
    return list(found.values())
