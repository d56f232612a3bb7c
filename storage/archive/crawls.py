"""Where crawls and their pages lie in the archive."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

from schema.exchanges import ArchivedExchange, Exchange
from storage.archive.warc import ArchiveError, DamageError, read_exchange, read_records

NAME = re.compile(r"(?P<portal>[a-z0-9_]+)-(?P<start>\d{8}T\d{6}Z)(?:-(?P<again>\d+))?")
"""Of a crawl: its portal, when it started, and the how-manieth of that second it is."""
SUFFIX = ".warc.gz"


@dataclass(frozen=True, slots=True)
class ArchivedCrawl:
    """One crawl of one portal, as a file of the archive."""

    id: str
    portal: str
    started_at: datetime
    """Aware, UTC, to the second (from the name; the verdict has it exactly)."""
    path: Path


@dataclass(frozen=True, slots=True)
class PagePlace:
    """Where a page stands in the archive: enough for any process to read it."""

    crawl: ArchivedCrawl
    number: int
    """1 for the first request of the crawl."""
    kind: str
    offset: int

    @property
    def id(self) -> str:
        """The page's address in the archive, ``<crawl id>/<number>``."""
        return f"{self.crawl.id}/{self.number}"

    def read(self) -> "ArchivedExchange":
        """Return the page. Raises :class:`ArchiveError` where the file is not what it was."""
        exchange = read_at(self.crawl.path, self.crawl.portal, self.offset)
        return ArchivedExchange(self.crawl.id, self.number, exchange)


def read_at(path: Path, portal: str, offset: int) -> Exchange:
    """Return the exchange that starts at a byte of a file. Raises :class:`ArchiveError`."""
    with path.open("rb") as file:
        found = list(islice(read_records(file, offset), 2))
    if len(found) < 2:
        raise DamageError(offset)
    return read_exchange(portal, *found)


def crawl_of(path: Path) -> ArchivedCrawl | None:
    """Return the crawl whose file has that path; ``None`` for any other file."""
    crawl_id = path.name.removesuffix(SUFFIX)
    match = NAME.fullmatch(crawl_id)
    if match is None or match["portal"] != path.parent.name:
        return None
    start = datetime.strptime(match["start"], "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return ArchivedCrawl(crawl_id, match["portal"], start, path)


def order_of(crawl: ArchivedCrawl) -> tuple[datetime, str, int]:
    """Return what crawls are sorted by: the order in which they started."""
    match = NAME.fullmatch(crawl.id)
    again = match["again"] if match else None
    return crawl.started_at, crawl.portal, int(again or 1)


def unwritable(path: Path, error: OSError) -> ArchiveError:
    """Return the error for a file that can't be written."""
    return ArchiveError(
        f"can't write {path}: {error.strerror or error}; give the archive's folder room and rights"
    )
