"""A whole fold in miniature: pages that carry a call as JSON, crawled day by day, processed."""

import json
import sqlite3
from collections.abc import Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from urllib.parse import quote

from processing import progress, versions
from processing.notice_snapshots import Reading, Understood, hash_raw
from schema.calls import Call
from schema.crawls import CrawlState, Outcome
from schema.exchanges import ArchivedExchange, Exchange
from schema.notices import RawNotice, Section
from storage.archive.archive import Archive
from storage.canonical import from_json, to_json
from storage.database import crawls, pages
from storage.database.engine import Database
from storage.database.events import Event
from storage.database.tables import metadata

FIRST_DAY = datetime(2020, 11, 20, 6, tzinfo=UTC)
PORTAL = "it_example"


def write_page(source_id: str, call: Call, day: int, number: int, portal: str) -> Exchange:
    """Make the page of a notice as it stood on a day."""
    body = json.dumps({"id": source_id, "facts": to_json(call)}).encode()
    return Exchange(
        portal=portal,
        kind="call",
        url=f"https://example.org/{portal}/{quote(source_id)}",
        fetched_at=FIRST_DAY + timedelta(days=day, seconds=number),
        status=200,
        body=body,
        headers={"content-type": "application/json"},
    )


def read_page(archived: ArchivedExchange) -> Reading:
    """Do what readers and normalizers do: here the page says everything itself."""
    exchange = archived.exchange
    page = json.loads(exchange.body)
    call = from_json(Call, page["facts"])
    raw = RawNotice(
        portal=exchange.portal,
        source_id=page["id"],
        url=exchange.url,
        title=call.title.original,
        sections=(Section(page["facts"]),),
    )
    understood = Understood.of(page["facts"], call)
    return Reading(raw, hash_raw(raw), lambda: understood, archived)


class Story:
    """An archive and a database, told day by day."""

    def __init__(self, folder: Path) -> None:
        self.archive = Archive(folder / "archive")
        self.database = Database(f"sqlite:///{folder / 'callboard.sqlite'}")
        self.database.migrate()

    def crawl(
        self,
        day: int,
        pages: Mapping[str, Call],
        state: CrawlState = CrawlState.COMPLETE,
        listed: tuple[str, ...] = (),
        portal: str = PORTAL,
    ) -> None:
        """Archive one crawl: pages that were read, and notices that were only listed (304)."""
        started_at = FIRST_DAY + timedelta(days=day)
        file = self.archive.begin(portal, started_at)
        for number, (source_id, call) in enumerate(pages.items(), start=1):
            file.add(write_page(source_id, call, day, number, portal))
        seen = frozenset(pages) | frozenset(listed)
        finished_at = started_at + timedelta(hours=1)
        file.close(
            Outcome(
                portal, "", started_at, finished_at, state, state, len(pages), len(listed), seen
            )
        )

    def process(self, code: str = "1", *, everything: bool = False) -> list[Event]:
        """Fold what is new, or everything, and return what happened."""
        return process(self.archive, self.database, code, everything=everything)

    def dump(self) -> str:
        """Return the whole database as SQL: every byte that a row holds, and their order."""
        self.database.dispose()
        with closing(sqlite3.connect(str(self.database.url.database))) as connection:
            return "\n".join(connection.iterdump())

    def rows(self) -> dict[str, list[tuple[object, ...]]]:
        """Return every row of every table, in a fixed order."""
        with self.database.read() as connection:
            return {
                table.name: sorted(map(tuple, connection.execute(table.select())), key=repr)
                for table in metadata.sorted_tables
            }


def process(
    archive: Archive, database: Database, code: str = "1", *, everything: bool = False
) -> list[Event]:
    """Fold the archive into the database, one transaction a crawl."""
    happened: list[Event] = []
    with database.read() as connection:
        work = progress.plan(connection, archive.crawls(), code, everything=everything)
    with database.write() as connection:
        progress.begin(connection, work)
    for crawl in work.crawls:
        with database.write() as connection:
            outcome = archive.outcome(crawl)
            crawls.save(connection, outcome)
            baseline = not crawls.has_whole_inventory(connection, crawl.portal, but=crawl.id)
            for archived in archive.exchanges(crawl):
                crawls.save_pages(
                    connection,
                    [pages.to_row(archived)],
                )
                readings = [read_page(archived)]
                happened += versions.record(connection, readings, baseline=baseline)
            happened += versions.finish(connection, outcome)
    return happened
