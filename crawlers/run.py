"""Crawl portals, all at the same time with one spider each, and judge every crawl.

:func:`crawl` may be called repeatedly in a process, but not while an event loop is running.
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
from crawlers.attachment_policy import AttachmentPolicy
from crawlers.crawl_record import CrawlRecord
from crawlers.crawl_report import failed, judge
from crawlers.event_loop import PATIENCE, run_until_closed, wait_within
from crawlers.failures import as_line, describe
from crawlers.http import settings as settings_module
from crawlers.http.transport import HostTurns
from crawlers.pages.page_worker import PageWorker
from crawlers.store import PageStore
from schema.crawls import CrawlReport
from schema.portals import Portal

# Failures are Issues. Scrapy's log messages appear only if the application configures logging.
logging.getLogger("scrapy").addHandler(logging.NullHandler())

__all__ = ["AttachmentPolicy", "CrawlSettings", "PageStore", "crawl"]


@dataclass(frozen=True, slots=True)
class CrawlSettings:
    """How to crawl. All but the user agent, its contact and the clock has a polite default."""

    user_agent: str
    contact: str
    """A mail address or web page for a portal's owner; becomes part of the user agent."""
    now: Callable[[], datetime]
    """The clock: returns aware moments in UTC. Replays and the demo pass one that stands still."""
    connect: Mapping[str, str] = field(default_factory=dict)
    """Addresses to connect to in place of a host, ``"www.example.org" -> "127.0.0.1:8001"``. URLs
    and ``Host`` headers do not change."""
    sample: int | None = None
    """The largest number of notices to read from each portal; by default all."""
    delay: float = 1.0
    """The least number of seconds between two requests to a portal; AutoThrottle may add to it."""
    timeout: float = 60.0
    max_bytes: int = 20_000_000
    """The largest body in bytes, after decompression."""
    retries: int = 3
    backoff: float = 5.0
    """Seconds before the first retry, doubled for each further one. ``Retry-After`` (RFC 9110,
    10.2.3) takes precedence."""
    longest_crawl_delay: float = 30.0
    """The longest ``Crawl-delay`` of a robots.txt, in seconds, that is honoured; a longer one is
    shortened to it."""
    longest_wait: float = 120.0
    """The longest ``Retry-After``, in seconds, that a crawl waits for; after a longer one the page
    is not retried."""
    patience: float = PATIENCE
    """Seconds for closing down. A crawl that has not ended by then is abandoned and has failed."""
    attachments: AttachmentPolicy = field(default_factory=AttachmentPolicy)
    """Which linked documents to fetch; by default none."""
    most_pages: int | None = None
    """The number of answers after which a portal is left. By default a thousand, and five for each
    of the most notices that it is expected to have."""
    expect: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    """Replacements for ``expect.notices``, by stem, for saved sites that hold fewer notices."""


StoreFor = Callable[[Portal, datetime], PageStore]


def crawl(stems: Sequence[str], settings: CrawlSettings, store_for: StoreFor) -> list[CrawlReport]:
    """Crawl the portals and return their reports in the order of the stems.

    ``store_for`` is called once for each portal, with the time of its start; each store is closed
    with its report, also if the crawl of that portal fails. One portal's failure does not affect
    the others. Raises only ``UnknownPortalError`` and ``PortalFileError``, before anything is
    fetched, and ``KeyboardInterrupt``, after all crawls were closed in bounded time.
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
) -> list[CrawlReport]:
    runner = AsyncCrawlerRunner(scrapy_settings(settings))
    page_worker = PageWorker()
    crawls = (_crawl_one(runner, portal, settings, store_for, page_worker) for portal in portals)
    try:
        # Exceptions are returned: otherwise the first one would end the wait for the other crawls.
        ended = await asyncio.gather(*crawls, return_exceptions=True)
    finally:
        page_worker.close()
    reports = []
    for each in ended:
        if isinstance(each, BaseException):
            raise each
        reports.append(each)
    return reports


async def _crawl_one(
    runner: AsyncCrawlerRunner,
    portal: Portal,
    settings: CrawlSettings,
    store_for: StoreFor,
    page_worker: PageWorker,
) -> CrawlReport:
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
        settings.attachments,
        page_worker,
        shows_notices=False,  # the archive has them
        most_pages=settings.most_pages or 5 * expected[1] + 1000,
    )
    try:
        await _run_spider(runner, portal, record, settings.patience)
    finally:
        report = _close(store, judge(record, crawl_id, started_at, expected))
    return report


async def _run_spider(
    runner: AsyncCrawlerRunner, portal: Portal, record: CrawlRecord, patience: float
) -> None:
    """Run the spider of a portal to its end; what breaks it off is noted in the record.

    Raises only ``CancelledError``, when Scrapy has closed down or ``patience`` seconds have passed.
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
        if us is None or not us.cancelling():  # the crawl was cancelled, but this task is not
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


def _close(store: PageStore, report: CrawlReport) -> CrawlReport:
    """Close a store with an CrawlReport, or with that of a failure if it cannot store the first."""
    try:
        return store.close(report)
    except Exception as error:  # noqa: BLE001 - one portal must not cost the others
        reason = f"the verdict cannot be written: {as_line(error)}"
        bare = failed(report.portal, report.crawl_id, report.started_at, reason)
    try:
        return store.close(bare)
    except Exception:  # noqa: BLE001 - without a verdict the archive calls it failed, too
        return bare


def scrapy_settings(settings: CrawlSettings) -> Settings:
    """Return Scrapy's settings for a crawl; its spiders share the ``HostTurns`` in them."""
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
