"""Judgements on a crawl that need history: a field filled less than before, a long silence.

Judged when a crawl is processed, from the verdicts on the crawls before it and the notices as
they stand: the same archive gives the same Issues.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import sqrt
from statistics import median

from sqlalchemy import Connection, func, select

from schema.crawls import CrawlState, Outcome
from schema.issues import Issue, Severity
from schema.portals import Portal
from storage.database.column_types import UtcMoment
from storage.database.tables import notice

HISTORY = 5
"""Complete crawls that a fill rate is compared with."""
ENOUGH = 10
"""Fewest notices of which a share is compared."""
FALL = 0.15
"""The least difference of two shares that a person should look at."""
CHANCE = 3.0
"""Standard deviations by which a sample of the old share rarely differs from it."""


def find_drift(portal: Portal, outcome: Outcome, earlier: Sequence[Outcome]) -> list[Issue]:
    """Return an Issue for each field that is filled less often than in earlier complete crawls.

    A sample, or a crawl that read a handful of changed pages, is judged by what chance allows.
    """
    history = [each for each in earlier if is_measure(each)][-HISTORY:]
    if outcome.read < ENOUGH or not history:
        return []
    found = []
    for name in sorted({name for each in history for name in each.filled}):
        before = median(each.filled.get(name, 0) / each.read for each in history)
        now = outcome.filled.get(name, 0) / outcome.read
        if before - now < max(FALL, CHANCE * sqrt(before * (1 - before) / outcome.read)):
            continue
        found.append(
            Issue(
                "fill_rate_fell",
                f"{name} is filled in {now:.0%} of {outcome.read} notices, and was in "
                f"{before:.0%}: the portal prints it elsewhere, or a selector misses.",
                Severity.ERROR,
                portal.stem,
                outcome.lacking.get(name),
                portal.labels.get(name, name),
                name,
            )
        )
    return found


def is_measure(outcome: Outcome) -> bool:
    """Tell whether a crawl's fill rates are fit to compare others with."""
    return outcome.state is CrawlState.COMPLETE and outcome.read >= ENOUGH


def find_silence(connection: Connection, portal: Portal, outcome: Outcome) -> list[Issue]:
    """Return an Issue if a portal that is read as a whole has brought nothing new for too long."""
    if outcome.state is not CrawlState.COMPLETE:
        return []
    last_news_at = connection.scalar(
        select(func.max(notice.c.changed_at, type_=UtcMoment())).where(
            notice.c.portal == portal.stem
        )
    )
    silent = silence(portal, last_news_at, outcome.finished_at)
    if silent is None:
        return []
    message = f"{silent}: look whether its list has moved."
    return [Issue("silent", message, Severity.WARNING, portal.stem, portal.home)]


def silence(portal: Portal, last_news_at: datetime | None, now: datetime) -> str | None:
    """Return in words how long nothing was new or changed, where that is too long."""
    most = portal.expect.silent_days
    if last_news_at is None or now - last_news_at <= timedelta(days=most):
        return None
    days = (now.date() - last_news_at.date()).days
    return f"nothing new or changed for {days} days, where {most} are usual"
