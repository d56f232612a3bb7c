"""Linked documents in the main job: which to fetch, and their texts, ready before their notices.

A file is read once, in a process apart and outside any transaction; its text is kept by its hash.
"""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from sqlalchemy import Connection

from normalizers.documents.reader import READER, read_apart
from processing.page_guard import archive_incomplete
from schema.documents import DocumentText
from schema.exchanges import ArchivedExchange, Exchange
from schema.issues import Issue
from storage.archive.archive import Archive
from storage.archive.crawls import ArchivedCrawl
from storage.archive.warc import ArchiveError
from storage.database import attachments, crawls, issues, pages
from storage.database.engine import Database

KIND = "document"


def read_new_documents(archive: Archive, database: Database, crawl: ArchivedCrawl) -> None:
    """Read the documents of a crawl that this version of the reader has not read before."""
    for archived in _documents(archive, crawl):
        if isinstance(archived, Issue) or not _is_document(archived.exchange):
            continue
        with database.read() as connection:
            known = attachments.find(connection, pages.body_hash(archived.exchange), READER)
        if known is None:
            read = read_apart(archived.exchange.body)
            with database.write() as connection:
                attachments.save(connection, read, READER)


def save_documents(
    connection: Connection, archive: Archive, crawl: ArchivedCrawl
) -> Mapping[str, ArchivedExchange]:
    """Keep where a crawl's documents lie and what is wrong with them.

    Return the answers that brought a document, without their bodies, by the file's hash.
    """
    brought = {}
    for archived in _documents(archive, crawl):
        if isinstance(archived, Issue):
            issues.save(connection, [archived], crawl.started_at, crawl.id)
            continue
        exchange = archived.exchange
        crawls.save_pages(connection, [pages.to_row(archived)])
        if not _is_document(exchange):
            continue
        sha256 = pages.body_hash(exchange)
        brought[sha256] = replace(archived, exchange=replace(exchange, body=b""))
        read = attachments.find(connection, sha256)
        if read is not None and read.problem is not None:
            found = _issue(read, exchange)
            issues.save(connection, [found], exchange.fetched_at, crawl.id, archived.id)
    return brought


def _documents(archive: Archive, crawl: ArchivedCrawl) -> Iterator[ArchivedExchange | Issue]:
    """Yield a crawl's answers for documents; an Issue for each that the archive can't give back."""
    for place in archive.places(crawl):
        if place.kind == KIND:
            try:
                yield place.read()
            except ArchiveError as error:
                yield archive_incomplete(place, error)


def _is_document(exchange: Exchange) -> bool:
    return exchange.status == 200


def _issue(read: DocumentText, exchange: Exchange) -> Issue:
    return Issue(
        read.problem or "",
        f"A linked document is not read: {read.message}.",
        portal=exchange.portal,
        url=exchange.url,
        detail=read.source,
    )
