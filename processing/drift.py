"""Judgements on a crawl that need history: a field filled less than before, a long silence.

Judged when a crawl is processed, from the verdicts on the crawls before it and the notices as
they stand: the same archive gives the same Issues.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from math import sqrt
from statistics import median

from sqlalchemy import Connection, func, select

from schema.crawls import CrawlReport, CrawlState
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


def find_drift(portal: Portal, report: CrawlReport, earlier: Sequence[CrawlReport]) -> list[Issue]:
    """Return an Issue for each field that is filled less often than in earlier complete crawls.

    A sample, or a crawl that read a handful of changed pages, is judged by what chance allows.
    """
    history = [each for each in earlier if is_measure(each)][-HISTORY:]
    if report.read < ENOUGH or not history:
        return []
    found = []
    for name in sorted({name for each in history for name in each.filled}):
        before = median(each.filled.get(name, 0) / each.read for each in history)
        now = report.filled.get(name, 0) / report.read
        if before - now < max(FALL, CHANCE * sqrt(before * (1 - before) / report.read)):
            continue
        found.append(
            Issue(
                "fill_rate_fell",
                f"{name} is filled in {now:.0%} of {report.read} notices, and was in "
                f"{before:.0%}: the portal prints it elsewhere, or a selector misses.",
                Severity.ERROR,
                portal.stem,
                report.lacking.get(name),
                portal.labels.get(name, name),
                name,
            )
        )
    return found


def is_measure(report: CrawlReport) -> bool:
    """Tell whether a crawl's fill rates are fit to compare others with."""
    return report.state is CrawlState.COMPLETE and report.read >= ENOUGH


def find_silence(connection: Connection, portal: Portal, report: CrawlReport) -> list[Issue]:
    """Return an Issue if a portal that is read as a whole has brought nothing new for too long."""
    if report.state is not CrawlState.COMPLETE:
        return []
    last_news_at = connection.scalar(
        select(func.max(notice.c.changed_at, type_=UtcMoment())).where(
            notice.c.portal == portal.stem
        )
    )
    silent = silence(portal, last_news_at, report.finished_at)
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
