"""Crawl portals: one spider each, all at once, and a verdict on every one of them.

May be called as often as one likes in a process, but not from inside a running event loop.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from scrapy.crawler import AsyncCrawlerRunner
from scrapy.settings import Settings

from crawlers import registry
from crawlers.attachment_policy import DocumentWishes
from crawlers.crawl_record import CrawlRecord
from crawlers.crawl_report import failed, judge
from crawlers.event_loop import PATIENCE, run_until_closed, wait_within
from crawlers.failures import as_line, describe
from crawlers.http import settings as settings_module
from crawlers.http.transport import HostTurns
from crawlers.pages.page_worker import Examiner
from crawlers.store import PageStore
from schema.crawls import Outcome
from schema.portals import Portal

# Every failure is an Issue; Scrapy's own words are for whoever configures logging.
logging.getLogger("scrapy").addHandler(logging.NullHandler())

__all__ = ["CrawlSettings", "DocumentWishes", "PageStore", "crawl"]


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """How to crawl; everything has a polite default but who we are and what time it is."""

    user_agent: str
    contact: str
    """An address or a page where a portal's owner finds us; part of the user agent."""
    now: Callable[[], datetime]
    """The clock, aware UTC; a replay or the demo passes its own."""
    connect: Mapping[str, str] = field(default_factory=dict)
    """``"www.example.org" -> "127.0.0.1:8001"``: where to connect instead; URLs stay."""
    sample: int | None = None
    """Read at most so many notices a portal."""
    delay: float = 1.0
    """Least seconds between two requests to a portal; AutoThrottle only adds to it."""
    timeout: float = 60.0
    max_bytes: int = 20_000_000
    """Largest body, counted after decompression."""
    retries: int = 3
    backoff: float = 5.0
    """Seconds before the first retry, doubled each time; ``Retry-After`` overrules it."""
    longest_crawl_delay: float = 30.0
    """``Crawl-delay`` of robots.txt is honoured up to so many seconds."""
    longest_wait: float = 120.0
    """A portal that asks for a longer pause is left alone until the next crawl."""
    patience: float = PATIENCE
    """Seconds for closing down: what has not ended then is left, and its crawl has failed."""
    documents: DocumentWishes = field(default_factory=DocumentWishes)
    """Which linked documents to fetch; by default none."""
    most_pages: int | None = None
    """Leave a portal after so many answers; by default after five times as many as the most
    notices that it is expected to have, and a thousand."""
    expect: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Instead of a portal's ``expect.notices``, by stem: for a sample of its site."""


StoreFor = Callable[[Portal, datetime], PageStore]


def crawl(stems: Sequence[str], settings: CrawlSettings, store_for: StoreFor) -> list[Outcome]:
    """Crawl the portals and return their Outcomes in the order of the stems.

    ``store_for`` is asked once for each portal and moment of start; each store is closed with its
    Outcome, also when the crawl of that portal fails, and whatever fails for one portal leaves the
    others alone. Raises only for an unknown stem or a wrong portal file, before anything is
    fetched, and ``KeyboardInterrupt`` after an orderly end, which takes bounded time.
    """
    portals = [_portal(stem) for stem in stems]
    return run_until_closed(_crawl_all(portals, settings, store_for), settings.patience)


def _portal(stem: str) -> Portal:
    portals = registry.load()
    if stem not in portals:
        raise registry.UnknownPortalError(stem)
    try:
        registry.spider(stem)
    except registry.PortalFileError:
        raise
    except Exception:  # noqa: BLE001, S110 - code of its own that fails: its crawl will say so
        pass
    return portals[stem]


async def _crawl_all(
    portals: Sequence[Portal], settings: CrawlSettings, store_for: StoreFor
) -> list[Outcome]:
    runner = AsyncCrawlerRunner(scrapy_settings(settings))
    examiner = Examiner()
    crawls = (_crawl_one(runner, portal, settings, store_for, examiner) for portal in portals)
    try:
        # With their exceptions: else the first that was cancelled would leave the others behind.
        ended = await asyncio.gather(*crawls, return_exceptions=True)
    finally:
        examiner.close()
    outcomes = []
    for each in ended:
        if isinstance(each, BaseException):
            raise each
        outcomes.append(each)
    return outcomes


async def _crawl_one(
    runner: AsyncCrawlerRunner,
    portal: Portal,
    settings: CrawlSettings,
    store_for: StoreFor,
    examiner: Examiner,
) -> Outcome:
    started_at = settings.now().astimezone(UTC)
    crawl_id = f"{portal.stem}-{started_at:%Y%m%dT%H%M%SZ}"
    try:
        store = store_for(portal, started_at)
    except Exception as error:  # noqa: BLE001 - one portal must not cost the others
        reason = f"the archive cannot be written: {as_line(error)}"
        return failed(portal.stem, crawl_id, started_at, reason)
    expected = settings.expect.get(portal.stem, portal.expect.notices)
    record = CrawlRecord(
        portal,
        settings.now,
        store,
        settings.sample,
        settings.documents,
        examiner,
        shows_notices=False,  # the archive has them
        most_pages=settings.most_pages or 5 * expected[1] + 1000,
    )
    try:
        await _run_spider(runner, portal, record, settings.patience)
    finally:
        outcome = _close(store, judge(record, crawl_id, started_at, expected))
    return outcome


async def _run_spider(
    runner: AsyncCrawlerRunner, portal: Portal, record: CrawlRecord, patience: float
) -> None:
    """Run the spider of a portal to its end; what breaks it off is in the record.

    Raises only ``CancelledError``, after Scrapy has closed what it has open, or has had so many
    seconds for it.
    """
    try:
        crawler = runner.create_crawler(registry.spider(portal.stem))
        running = runner.crawl(crawler, record=record)
    except Exception as error:  # noqa: BLE001 - one portal must not cost the others
        record.faults.break_off(f"the crawl could not begin: {describe(error)}")
        return
    try:
        await asyncio.shield(running)
    except asyncio.CancelledError:
        us = asyncio.current_task()
        if us is None or not us.cancelling():  # it was cancelled, and nobody cancels us
            record.faults.break_off("the crawl broke off: it was cancelled")
            return
        record.faults.break_off("interrupted")  # Ctrl-C
        stopping = asyncio.ensure_future(crawler.stop_async())
        if not await wait_within(patience, stopping, running):
            record.faults.break_off(
                f"interrupted; it did not end within {patience:g} s and was left"
            )
        raise
    except Exception as error:  # noqa: BLE001 - one portal must not cost the others
        record.faults.break_off(f"the crawl broke off: {describe(error)}")


def _close(store: PageStore, outcome: Outcome) -> Outcome:
    """Close a store with its verdict, or with that of a failure if it can't take it."""
    try:
        return store.close(outcome)
    except Exception as error:  # noqa: BLE001 - one portal must not cost the others
        reason = f"the verdict cannot be written: {as_line(error)}"
        bare = failed(outcome.portal, outcome.crawl_id, outcome.started_at, reason)
    try:
        return store.close(bare)
    except Exception:  # noqa: BLE001 - without a verdict the archive calls it failed, too
        return bare


def scrapy_settings(settings: CrawlSettings) -> Settings:
    """Return Scrapy's settings for a crawl, with turns that its spiders share."""
    changed: dict[str, Any] = {
        "USER_AGENT": f"{settings.user_agent} (+{settings.contact})",
        "CALLBOARD_CONNECT": dict(settings.connect),
        "CALLBOARD_TURNS": HostTurns(),
        "CALLBOARD_BACKOFF": settings.backoff,
        "CALLBOARD_LONGEST_WAIT": settings.longest_wait,
        "CALLBOARD_LONGEST_CRAWL_DELAY": settings.longest_crawl_delay,
        "DOWNLOAD_DELAY": settings.delay,
        "AUTOTHROTTLE_ENABLED": settings.delay > 0,
        "DOWNLOAD_TIMEOUT": settings.timeout,
        "DOWNLOAD_MAXSIZE": settings.max_bytes,
        "RETRY_TIMES": settings.retries,
    }
    made = Settings()
    made.setmodule(settings_module, priority="project")
    made.setdict(changed, priority="cmdline")
    return made
