"""The real ingest over pages that carry a call as JSON, crawled day by day.

Only what a portal's reader and the normalizers do is replaced: here a page says everything itself,
or misbehaves.
"""

import json
import os
import signal
import sqlite3
import time
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import quote

from crawlers.pages.readers import ParseResult
from processing.ingestion import Processed, ingest
from processing.notice_snapshots import ExtractedNotice
from processing.page_extraction import PageExtractor
from processing.parsed_page_cache import ParsedPageCache
from schema.calls import Call
from schema.crawls import CrawlReport, CrawlState
from schema.exchanges import Exchange
from schema.issues import Issue
from schema.notices import RawNotice, Section
from schema.portals import Portal
from storage.archive.archive import Archive
from storage.canonical import from_json, to_json
from storage.database import events, issues
from storage.database.engine import Database
from storage.database.events import Event
from storage.database.tables import metadata

ROOT = Path(__file__).parents[2]
FIRST_DAY = datetime(2020, 11, 20, 6, tzinfo=UTC)
PORTAL = "it_example"
ODD_VALUES: Mapping[str, Any] = {
    "number": 5,
    "null": None,
    "nan": float("nan"),
    "list": ["a"],
    "surrogate": "\ud800",
    "nul": "a\x00b",
    "huge": 10**30,
    "long": "x" * 100_000,
}


@dataclass(frozen=True)
class Shown:
    """What stands at an address, where it is more than the call of that name."""

    call: Call
    source_id: str | None = None
    """If it is not the name in the address."""
    does: str = ""
    """What reading it does: a method of :class:`StoryReader`, and what it is given."""
    odd: tuple[str, str] | None = None
    """A field of the notice, and which of the :data:`ODD_VALUES` it has."""
    issues: tuple[Issue, ...] = ()
    """What the reader finds odd."""
    kind: str = "call"


def write_page(name: str, what: Call | Shown, day: int, number: int, portal: str) -> Exchange:
    """Make the page that stands at an address on a day."""
    shown = what if isinstance(what, Shown) else Shown(what)
    page = {
        "id": shown.source_id or name,
        "facts": to_json(shown.call),
        "does": shown.does,
        "odd": shown.odd,
        "issues": [to_json(each) for each in shown.issues],
    }
    return Exchange(
        portal=portal,
        kind=shown.kind,
        url=address(name, portal),
        fetched_at=FIRST_DAY + timedelta(days=day, seconds=number),
        status=200,
        body=json.dumps(page).encode(),
        headers={"content-type": "application/json"},
    )


def address(name: str, portal: str = PORTAL) -> str:
    """Return where a page stands."""
    return f"https://example.org/{portal}/{quote(name)}"


class StoryReader(PageExtractor):
    """Does what portals' readers and the normalizers do."""

    def _have_read(self, exchange: Exchange) -> ParseResult | None:
        if exchange.kind != "call":
            return None
        page = json.loads(exchange.body)
        if page["does"] not in ("", "not_understand"):
            name, *given = page["does"].split(" ", 1)
            getattr(self, name)(*given)
        raw = RawNotice(
            portal=exchange.portal,
            source_id=page["id"],
            url=exchange.url,
            title=json.loads(page["facts"])["title"]["original"],
            sections=(Section(page["facts"]), Section(page["does"])),
        )
        if page["odd"] is not None:
            name, kind = page["odd"]
            raw = replace(raw, **{name: ODD_VALUES[kind]})
        found = tuple(from_json(Issue, each) for each in page["issues"])  # of any types
        return ParseResult((raw,), found, rows=1)

    def extract_notice(self, raw: RawNotice, at: datetime) -> ExtractedNotice:  # noqa: ARG002 - as it is called
        if raw.sections[1].content == "not_understand":
            raise ArithmeticError("1,5 is no number")
        return ExtractedNotice.of(raw.sections[0].content, from_json(Call, raw.sections[0].content))

    def fail(self) -> None:
        raise LookupError("nothing is there")

    def die(self) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    def hang(self) -> None:
        while True:
            time.sleep(0.01)

    def hang_while(self, path: str) -> None:
        """Hang while there is a file."""
        if Path(path).exists():
            self.hang()

    def hang_for_good(self) -> None:
        """Never return to the interpreter, as far as signals can tell."""
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGALRM])
        self.hang()

    def take_all_memory(self) -> None:
        raise MemoryError


class Story:
    """An archive and a database, told day by day."""

    def __init__(self, folder: Path, portals: Mapping[str, Portal] = {}) -> None:
        self.archive = Archive(folder / "archive")
        self.database = Database(f"sqlite:///{folder / 'callboard.sqlite'}")
        self.database.migrate()
        self.portals = portals
        self.done: Processed | None = None
        """What the last ingest did."""

    def crawl(
        self,
        day: int,
        pages: Mapping[str, Call | Shown],
        state: CrawlState = CrawlState.COMPLETE,
        listed: tuple[str, ...] = (),
        portal: str = PORTAL,
        **more: Any,
    ) -> str:
        """Archive one crawl: pages that were read, and notices that were only listed (304).

        ``more`` are other fields of its :class:`CrawlReport`. Returns its id.
        """
        started_at = FIRST_DAY + timedelta(days=day)
        file = self.archive.begin(portal, started_at)
        for number, (source_id, call) in enumerate(pages.items(), start=1):
            file.add(write_page(source_id, call, day, number, portal))
        verdict = CrawlReport(
            portal,
            "",
            started_at,
            started_at + timedelta(hours=1),
            state,
            state,
            len(pages),
            len(listed),
            frozenset(pages) | frozenset(listed),
        )
        return file.close(replace(verdict, **more)).crawl_id

    def process(self, code: str = "1", *, everything: bool = False, **more: Any) -> list[Event]:
        """Fold what is new, or everything, and return what happened."""
        with self.database.read() as connection:
            known = {each.event.id for each in events.since(connection, FIRST_DAY)}
        self.done = process(
            self.archive, self.database, code, self.portals, everything=everything, **more
        )
        with self.database.read() as connection:
            after = [each.event for each in events.since(connection, FIRST_DAY)]
        return [each for each in after if self.done.rebuilt or each.id not in known]

    def issues(self, *crawl_ids: str) -> list[Issue]:
        """Return the Issues of some crawls, or of all."""
        ids = crawl_ids or [crawl.id for crawl in self.archive.crawls()]
        with self.database.read() as connection:
            return [each for crawl_id in ids for each in issues.of_crawl(connection, crawl_id)]

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
    archive: Archive,
    database: Database,
    code: str = "1",
    portals: Mapping[str, Portal] = {},
    **more: Any,
) -> Processed:
    """Fold the archive into the database."""
    cache = ParsedPageCache(archive.folder.parent)
    return ingest(archive, database, StoryReader(portals), cache, sign=lambda _: code, **more)
