"""Law 4 through the whole pipeline: listings day by day, crawled over loopback and processed."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from callboard.config import Config, CrawlConfig
from callboard.pipeline import Pipeline
from crawlers.playback import Playback, Route
from schema.crawls import CrawlReport, CrawlState
from storage.database.notices import current
from storage.database.tables import event
from tests.support.loopback import BANDI, HTML, MONDAY, TEXT, XML, call_page, play

STEM = "it_lombardia"
SITEMAP = f"{BANDI}/servizi/sitemap.xml"
ALL = ("RLA1", "RLB2", "RLC3")
WALL = b"<html><title>Accedi</title><body><p>testo</p><input type=password></body></html>"


def url_of(code: str) -> str:
    return f"{BANDI}/servizi/servizio/bandi/dettaglio/imprese/prova-{code}"


def listing(*codes: str, cut: bool = False) -> list[Route]:
    """Return a site that lists these calls; cut off in the middle of its list, if so wanted."""
    entries = "".join(f"<url><loc>{url_of(code)}</loc></url>" for code in codes)
    body = f"<urlset>{entries}" + ("<url><loc>htt" if cut else "</urlset>")
    pages = [Route(url_of(code), call_page(code), headers=HTML) for code in codes]
    return [Route(SITEMAP, body.encode(), headers=XML), *pages]


@dataclass
class ShrinkingPortal:
    """One installation that lives through days."""

    folder: Path
    day: int = 0
    states: list[CrawlState] = field(default_factory=list)

    def live(self, routes: list[Route]) -> tuple[set[str], list[tuple[str, str]]]:
        """Crawl and process a day; return what stands, and the day's events by source id."""
        with play(routes) as site:
            pipeline = self._open(site)
            (report,) = pipeline.crawl([STEM], expect={STEM: (1, 9)})
            pipeline.process()
            found = self._look(pipeline, report)
            pipeline.close()
        self.day += 1
        self.states.append(report.state)
        return found

    def _open(self, site: Playback) -> Pipeline:
        asked = CrawlConfig(delay=0, backoff=0, retries=0, connect=site.connect)
        now = MONDAY + timedelta(days=10 * self.day)
        pipeline = Pipeline(Config(base=self.folder, now=now, crawl=asked))
        pipeline.prepare()
        return pipeline

    @staticmethod
    def _look(pipeline: Pipeline, report: CrawlReport) -> tuple[set[str], list[tuple[str, str]]]:
        with pipeline.database.read() as connection:
            notices = {each.id: each for each in current(connection, STEM)}
            rows = connection.execute(
                select(event.c.notice_id, event.c.kind)
                .where(event.c.crawl_id == report.crawl_id)
                .order_by(event.c.notice_id)
            ).all()
        standing = {each.source_id for each in notices.values() if each.withdrawn_at is None}
        return standing, sorted((notices[row.notice_id].source_id, row.kind) for row in rows)


@pytest.fixture
def portal(tmp_path: Path) -> ShrinkingPortal:
    """Return a portal whose first crawl saw three calls."""
    portal = ShrinkingPortal(tmp_path)
    assert portal.live(listing(*ALL)) == (set(ALL), [])
    return portal


SILENCES: dict[str, Callable[[], list[Route]]] = {
    "truncated": lambda: listing("RLA1", cut=True),
    "empty": listing,
    "login wall": lambda: [Route(SITEMAP, WALL, headers=HTML)],
    "no list": lambda: [Route(SITEMAP, b"gone", 404, TEXT)],
    "busy": lambda: [Route(SITEMAP, b"busy", 503, TEXT)],
    "forbidden": lambda: [Route(f"{BANDI}/robots.txt", b"User-agent: *\nDisallow: /\n")],
    "unreachable": list,
    "soft 404": lambda: [Route(SITEMAP, b"<html><title>Errore</title></html>", headers=HTML)],
}


@pytest.mark.parametrize("silence", SILENCES)
def test_no_silence_however_long_withdraws_anything(silence: str, portal: ShrinkingPortal) -> None:
    for _ in range(3):
        assert portal.live(SILENCES[silence]()) == (set(ALL), [])
    assert CrawlState.COMPLETE not in portal.states[1:]
    assert portal.live(listing(*ALL)) == (set(ALL), [])


def test_two_complete_crawls_without_a_call_withdraw_it_and_its_return_reopens_it(
    portal: ShrinkingPortal,
) -> None:
    two = {"RLA1", "RLB2"}
    assert portal.live(listing(*two)) == (set(ALL), [])
    assert portal.live(listing(*two)) == (two, [("RLC3", "withdrawn")])
    assert portal.live(listing(*two)) == (two, [])
    assert portal.live(listing(*ALL)) == (set(ALL), [("RLC3", "reopened")])


def test_silences_between_two_complete_crawls_neither_count_nor_forgive(
    portal: ShrinkingPortal,
) -> None:
    """Complete, truncated, empty, login wall, and back: one miss before, one after."""
    two = {"RLA1", "RLB2"}
    assert portal.live(listing(*two)) == (set(ALL), [])
    for silence in ("truncated", "empty", "login wall"):
        assert portal.live(SILENCES[silence]()) == (set(ALL), [])
    assert portal.live(listing(*two)) == (two, [("RLC3", "withdrawn")])
    for silence in ("login wall", "empty"):
        assert portal.live(SILENCES[silence]()) == (two, [])
    # Even a list that breaks off proves that what it names is there.
    assert portal.live(listing("RLC3", cut=True)) == (set(ALL), [("RLC3", "reopened")])
    assert portal.states == [
        CrawlState.COMPLETE,
        CrawlState.COMPLETE,
        CrawlState.PARTIAL,
        CrawlState.EMPTY,
        CrawlState.BLOCKED,
        CrawlState.COMPLETE,
        CrawlState.BLOCKED,
        CrawlState.EMPTY,
        CrawlState.PARTIAL,
    ]


def test_a_call_seen_in_a_truncated_list_is_not_missing_the_next_time(
    portal: ShrinkingPortal,
) -> None:
    two = {"RLA1", "RLB2"}
    portal.live(listing(*two))
    portal.live(listing("RLC3", cut=True))
    assert portal.live(listing(*two)) == (set(ALL), [])


def test_the_archive_alone_tells_the_same_story(portal: ShrinkingPortal) -> None:
    two = {"RLA1", "RLB2"}
    for routes in (listing(*two), SILENCES["login wall"](), listing(*two)):
        portal.live(routes)
    with play([]) as site:
        pipeline = portal._open(site)
        before = _events(pipeline)
        pipeline.process(everything=True)
        assert _events(pipeline) == before
        pipeline.close()
    assert len(before) == 1


def _events(pipeline: Pipeline) -> list[tuple[object, ...]]:
    with pipeline.database.read() as connection:
        return [tuple(row) for row in connection.execute(select(event).order_by(event.c.id))]
