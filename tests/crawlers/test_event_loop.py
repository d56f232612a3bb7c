"""Closing down: bounded, whatever tasks, portals and archives do."""

import asyncio
import signal
import threading
import time
from datetime import datetime
from typing import Any

import pytest

from crawlers import registry
from crawlers.bases.portal import SpiderOutput
from crawlers.event_loop import run_until_closed
from crawlers.pages.page import Page
from crawlers.playback import Playback, Route
from crawlers.run import CrawlSettings, crawl
from crawlers.spiders.si_aris import SiAris
from schema.crawls import CrawlReport, CrawlState
from schema.exchanges import Exchange
from schema.portals import Portal
from storage.archive.warc import ArchiveError
from tests.support.loopback import FIRST_DAY, HTML, MONDAY, MemoryStore, Stores, crawl_site, play

PATIENCE = 0.3
LIST = "https://www.aris-rs.si/objave/razpisi/odprti"


async def never_end() -> None:
    """Ignore every cancellation."""
    while True:
        try:
            await asyncio.sleep(3600)
        except asyncio.CancelledError:
            continue


def test_a_task_that_ignores_its_cancellation_is_left() -> None:
    async def main() -> str:
        task = asyncio.ensure_future(never_end())
        await asyncio.sleep(0.01)
        assert not task.done()
        return "done"

    started = time.monotonic()
    assert run_until_closed(main(), PATIENCE) == "done"
    assert time.monotonic() - started < 10 * PATIENCE


def test_tasks_that_clean_up_are_waited_for_and_errors_come_through() -> None:
    cleaned = []

    async def tidy() -> None:
        try:
            await asyncio.sleep(3600)
        finally:
            await asyncio.sleep(0.05)
            cleaned.append(True)

    async def main() -> None:
        task = asyncio.ensure_future(tidy())
        await asyncio.sleep(0.01)
        assert not task.done()
        raise LookupError("its own")

    with pytest.raises(LookupError, match="its own"):
        run_until_closed(main(), 5)
    assert cleaned == [True]


def test_an_interrupted_crawl_whose_spider_never_ends_is_failed_and_left(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    pressed: list[int] = []

    class Endless(SiAris):
        """Its callback comes to no end, and ignores that it is cancelled."""

        async def parse_answer(self, *_: Any, **__: Any) -> Any:  # type: ignore[override]
            if not pressed:  # once: a second Ctrl-C would end it at once
                pressed.append(threading.get_ident())
                threading.Timer(0.1, signal.pthread_kill, (*pressed, signal.SIGINT)).start()
            await never_end()
            yield None

    monkeypatch.setattr(registry, "spider", lambda _: Endless)
    stores: Stores = {}
    started = time.monotonic()
    with play([Route(LIST, b"<html>x", headers=HTML)]) as site, pytest.raises(KeyboardInterrupt):
        crawl_site(site, ["si_aris"], stores, patience=PATIENCE)
    assert time.monotonic() - started < 20 * PATIENCE
    (report,) = stores["si_aris"].reports
    assert report.state is CrawlState.FAILED
    assert "did not end within 0.3 s" in report.reason


def test_a_spider_that_can_not_begin_has_failed_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def begin(_: object) -> SpiderOutput:
        raise ZeroDivisionError("no first page")

    monkeypatch.setattr(registry.spider("hr_ra_vsz"), "begin", begin)
    with Playback.of(FIRST_DAY) as site:
        reports = crawl_site(site, ["hr_ra_vsz", "it_lombardia"])
    assert reports["hr_ra_vsz"].state is CrawlState.FAILED
    assert "ZeroDivisionError: no first page" in reports["hr_ra_vsz"].reason
    assert reports["it_lombardia"].state is CrawlState.COMPLETE


def test_a_spider_that_can_not_be_made_has_failed_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def make(*_: object, **__: object) -> None:
        raise RuntimeError("no spider")

    monkeypatch.setattr(registry.spider("hr_ra_vsz"), "__init__", make)
    with Playback.of(FIRST_DAY) as site:
        reports = crawl_site(site, ["hr_ra_vsz", "it_lombardia"])
    assert reports["hr_ra_vsz"].state is CrawlState.FAILED
    assert "RuntimeError: no spider" in reports["hr_ra_vsz"].reason
    assert reports["it_lombardia"].state is CrawlState.COMPLETE


def test_a_spider_that_can_not_be_loaded_has_failed_and_the_others_go_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    load = registry.spider

    def load_all_but_one(stem: str) -> object:
        if stem == "hr_ra_vsz":
            raise ImportError("no such helper")
        return load(stem)

    monkeypatch.setattr(registry, "spider", load_all_but_one)
    with Playback.of(FIRST_DAY) as site:
        reports = crawl_site(site, ["hr_ra_vsz", "it_lombardia"])
    assert reports["hr_ra_vsz"].state is CrawlState.FAILED
    assert "ImportError: no such helper" in reports["hr_ra_vsz"].reason
    assert reports["it_lombardia"].state is CrawlState.COMPLETE


class Unclosable(MemoryStore):
    """Takes no verdict but that of a failure."""

    def close(self, report: CrawlReport) -> CrawlReport:
        if report.state is not CrawlState.FAILED:
            raise TypeError("no canonical form for Selector")
        return super().close(report)


def test_a_verdict_that_can_not_be_written_is_a_failure_of_that_portal_alone() -> None:
    stores: Stores = {"hr_ra_vsz": Unclosable()}
    with Playback.of(FIRST_DAY) as site:
        reports = crawl_site(site, ["hr_ra_vsz", "it_lombardia"], stores)
    assert reports["hr_ra_vsz"].state is CrawlState.FAILED
    assert "verdict cannot be written" in reports["hr_ra_vsz"].reason
    assert stores["hr_ra_vsz"].reports == [reports["hr_ra_vsz"]]
    assert reports["it_lombardia"].state is CrawlState.COMPLETE


def test_an_archive_that_can_not_be_begun_is_a_failure_of_that_portal_alone() -> None:
    def store_for(portal: Portal, _: datetime) -> MemoryStore:
        if portal.stem == "hr_ra_vsz":
            raise ArchiveError("can't write hr_ra_vsz: No space left")
        return MemoryStore()

    with Playback.of(FIRST_DAY) as site:
        settings = CrawlSettings(
            "Test", "x", lambda: MONDAY, connect=site.connect, delay=0, expect=site.expect
        )
        failed, sound = crawl(["hr_ra_vsz", "it_lombardia"], settings, store_for)
    assert (failed.portal, failed.state) == ("hr_ra_vsz", CrawlState.FAILED)
    assert "No space left" in failed.reason
    assert sound.state is CrawlState.COMPLETE


def test_a_verdict_that_breaks_off_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    """As it did where ids of two kinds were to be sorted."""
    monkeypatch.setattr(
        "crawlers.crawl_report._shortfalls",
        lambda *_: sorted([1, "2"]),  # type: ignore[type-var]
    )
    with Playback.of(FIRST_DAY) as site:
        report = crawl_site(site, ["it_lombardia"])["it_lombardia"]
    assert report.state is CrawlState.FAILED
    assert "TypeError" in report.reason


def test_pages_of_a_reader_that_fails_in_every_way_cost_themselves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    raised: list[type[Exception]] = [RecursionError, MemoryError, UnicodeError, OverflowError]

    def read_call(page: Page) -> object:
        del page
        raise raised[len(met) % len(raised)](f"line one\nline two {object()}")

    met: list[Exchange] = []

    class Counting(MemoryStore):
        def add(self, exchange: Exchange) -> int:
            met.append(exchange)
            return super().add(exchange)

    monkeypatch.setattr(registry.spider("it_lombardia"), "readers", {"call": read_call})
    stores: Stores = {"it_lombardia": Counting()}
    with Playback.of(FIRST_DAY) as site:
        report = crawl_site(site, ["it_lombardia"], stores)["it_lombardia"]
    assert {issue.kind for issue in report.issues} == {"reader_failed"}
    assert {(issue.detail or "").split(":")[0] for issue in report.issues} == {
        kind.__name__ for kind in raised
    }
    for issue in report.issues:
        assert issue.url
        assert issue.portal == "it_lombardia"
        assert "\n" not in issue.message
        assert " at 0x" not in issue.message
