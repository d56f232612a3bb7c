"""How each portal stands now: the signs that a person should look, and why."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from processing.drift import silence
from schema.crawls import CrawlState
from schema.issues import Issue
from schema.portals import Portal
from storage.database import issues, portals
from storage.database.portals import PortalState
from storage.database.tables import crawl, issue

NEVER, OVERDUE, SILENT, DRIFTED = "never", "overdue", "silent", "drifted"
SIGNS = (*(state.value for state in CrawlState), NEVER, OVERDUE, SILENT, DRIFTED)
"""Every word that can stand among a portal's signs."""
DRIFT = {
    "unknown_status": "a status word never seen",
    "unknown_label": "a label never seen",
    "fill_rate_fell": "a field filled less than before",
    "low_fill_rate": "a field filled too seldom",
    "unreadable_page": "a page that its reader does not recognise",
    "unreadable_row": "a row that its reader does not recognise",
    "reader_failed": "a page on which a reader failed",
    "unfit_field": "a value that does not fit its field",
    "page_set_aside": "a page that ends or holds up the process that reads it",
}
"""Kinds of Issues that mean: the portal has changed, and its description or reader must follow."""
SHOWN_CRAWLS = 14


@dataclass(frozen=True, slots=True)
class Health:
    """One portal at a glance."""

    portal: Portal
    state: PortalState
    signs: tuple[str, ...]
    """First how the latest crawl ended (or ``never``), then what else is odd."""
    reasons: tuple[str, ...]
    """One line for each sign, in the same order."""
    issues: tuple[Issue, ...]
    """Those of the latest crawl, the gravest first."""
    recent: tuple[tuple[datetime, CrawlState], ...]
    """When the latest crawls ended, and how; the newest last."""

    @property
    def is_well(self) -> bool:
        """Tell whether nothing needs a look."""
        return self.signs == (CrawlState.COMPLETE.value,)


def assess(connection: Connection, catalogue: Mapping[str, Portal], now: datetime) -> list[Health]:
    """Return the health of each portal in use, those that need a look first."""
    found = [
        _assess(connection, catalogue[state.stem], state, now)
        for state in portals.states(connection)
        if state.stem in catalogue and catalogue[state.stem].status not in ("refused", "retired")
    ]
    return sorted(found, key=lambda each: (NEVER in each.signs, each.is_well, each.portal.stem))


def _assess(connection: Connection, portal: Portal, state: PortalState, now: datetime) -> Health:
    if state.crawl_id is None or state.state is None or state.finished_at is None:
        return Health(portal, state, (NEVER,), ("it was never crawled",), (), ())
    met = tuple(issues.of_crawl(connection, state.crawl_id))
    signs = {state.state.value: state.reason or ""}
    late = now - state.finished_at
    if late > 2 * portal.period:
        signs[OVERDUE] = f"the last crawl ended {late.days} days ago, and it is due {portal.rhythm}"
    if silent := silence(portal, state.last_news_at, now):
        signs[SILENT] = silent
    if drift := _drift_in_words(met):
        signs[DRIFTED] = drift
    return Health(
        portal,
        state,
        tuple(signs),
        tuple(signs.values()),
        met,
        _recent(connection, portal.stem),
    )


def _drift_in_words(met: tuple[Issue, ...]) -> str:
    told = []
    for kind, words in DRIFT.items():
        of_kind = [each for each in met if each.kind == kind]
        if not of_kind:
            continue
        example = f" ({of_kind[0].detail})" if of_kind[0].detail else ""
        more = f" and {len(of_kind) - 1} more" if len(of_kind) > 1 else ""
        told.append(f"{words}{example}{more}")
    return "; ".join(told)


def _recent(connection: Connection, stem: str) -> tuple[tuple[datetime, CrawlState], ...]:
    rows = connection.execute(
        select(crawl.c.finished_at, crawl.c.state)
        .where(crawl.c.portal == stem)
        .order_by(crawl.c.started_at.desc(), crawl.c.id.desc())
        .limit(SHOWN_CRAWLS)
    )
    return tuple((row.finished_at, CrawlState(row.state)) for row in rows)[::-1]


@dataclass(frozen=True, slots=True)
class UnknownWord:
    """A label or status that a portal prints and its description does not know."""

    portal: str
    vocabulary: str
    """``labels`` or ``statuses``: the table of the portal's TOML that it belongs into."""
    word: str
    url: str | None
    """An address where it stands."""
    crawls: int
    """In how many crawls it was met."""


def unknown_words(connection: Connection, catalogue: Mapping[str, Portal]) -> list[UnknownWord]:
    """Return the words that are still unknown to today's descriptions, by portal."""
    rows = connection.execute(
        select(
            issue.c.portal,
            issue.c.kind,
            issue.c.detail,
            func.max(issue.c.url).label("url"),
            func.count(issue.c.crawl_id.distinct()).label("crawls"),
        )
        .where(issue.c.kind.in_(("unknown_label", "unknown_status")))
        .where(issue.c.detail.is_not(None))
        .group_by(issue.c.portal, issue.c.kind, issue.c.detail)
        .order_by(issue.c.portal, issue.c.kind, issue.c.detail)
    )
    found = []
    for row in rows:
        vocabulary = "statuses" if row.kind == "unknown_status" else "labels"
        portal = catalogue.get(row.portal)
        if portal is not None and row.detail not in getattr(portal, vocabulary):
            found.append(UnknownWord(row.portal, vocabulary, row.detail, row.url, row.crawls))
    return found
