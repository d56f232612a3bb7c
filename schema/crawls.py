"""The result of one crawl of one portal."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from schema.issues import Issue


class CrawlState(StrEnum):
    """How a crawl ended. Only ``COMPLETE`` may withdraw a notice (law 4)."""

    COMPLETE = "complete"
    """The whole inventory was seen and the portal's expectations hold."""
    PARTIAL = "partial"
    """Something was read, but not the whole inventory."""
    EMPTY = "empty"
    """The portal answered and listed nothing: a failure unless it says so itself."""
    BLOCKED = "blocked"
    """The portal refuses us: robots.txt, 401/403/429, a login or bot wall."""
    UNREACHABLE = "unreachable"
    """No answer: no network, no address, time-outs."""
    FAILED = "failed"
    """Callboard itself failed: an error of its own, or the process was killed."""


@dataclass(frozen=True, slots=True)
class Sighting:
    """A notice that a listing names, whether or not its page was fetched again in this crawl."""

    source_id: str
    url: str


@dataclass(frozen=True, slots=True)
class CrawlReport:
    """The verdict on one crawl of one portal; archived at its end, so that history replays."""

    portal: str
    crawl_id: str
    """``<stem>-<UTC start, YYYYmmddTHHMMSSZ>``, made unique by a suffix where two would clash."""
    started_at: datetime
    finished_at: datetime
    state: CrawlState
    reason: str
    """One clear line for the operator."""
    pages: int
    """Responses archived."""
    unchanged: int
    """Pages that the portal, or our hash, said had not changed."""
    seen: frozenset[str]
    """Source ids of every notice that was listed or read."""
    announced: int | None = None
    """How many notices the portal itself says there are, where it does."""
    duplicates: int = 0
    """Notices met more than once while paging."""
    issues: tuple[Issue, ...] = ()
    read: int = 0
    """Notices that were read in this crawl; those known to be unchanged are only seen."""
    filled: Mapping[str, int] = field(default_factory=dict)
    """In how many of them a field is filled: a field of ``RawNotice``, or a label that the
    portal's description names."""
    lacking: Mapping[str, str] = field(default_factory=dict)
    """For each such field that some of them lack, the address of the first."""
