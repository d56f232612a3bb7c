"""Replay: an archived crawl is crawled again without the network, and comes to the same."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from callboard.cli.main import group
from callboard.config import Config, CrawlConfig
from callboard.pipeline import Pipeline
from callboard.replay import replay
from crawlers.playback import Playback, Route
from schema.crawls import CrawlReport, CrawlState
from storage.archive.warc import ArchiveError
from tests.support.installation import Installation
from tests.support.loopback import (
    BANDI,
    FIRST_DAY,
    HTML,
    MONDAY,
    SECOND_DAY,
    TEXT,
    WEEK,
    XML,
    call_page,
    kinds,
    play,
)

STEMS = ["eu_funding_tenders", "hr_ra_vsz", "it_lombardia", "it_lombardia_register"]
DETAIL = f"{BANDI}/servizi/servizio/bandi/dettaglio/imprese/prova-RLX{{:011}}"


def install(folder: Path, site: Playback, weeks: int = 0) -> Pipeline:
    asked = CrawlConfig(delay=0, backoff=0, retries=1, connect=site.connect)
    return Pipeline(Config(base=folder, now=MONDAY + weeks * WEEK, crawl=asked))


def crawl(folder: Path, site: Playback, stems: list[str], weeks: int = 0) -> dict[str, CrawlReport]:
    pipeline = install(folder, site, weeks)
    reports = pipeline.crawl(stems, expect=site.expect)
    pipeline.close()
    return {each.portal: each for each in reports}


def test_each_crawl_of_the_demo_week_replays_to_the_same_notices(tmp_path: Path) -> None:
    with Playback.of(FIRST_DAY) as site:
        crawl(tmp_path, site, STEMS)
    with Playback.of(SECOND_DAY) as site:
        live = crawl(tmp_path, site, STEMS, weeks=1)
        settings = install(tmp_path, site).crawl_settings()
        asked = len(site.asked)
        played = replay(tmp_path / "var" / "archive", [], settings)
        assert len(site.asked) == asked  # nothing went out to the portals
    assert [each.archived.portal for each in played] == STEMS
    for each in played:
        assert each.report.seen == live[each.report.portal].seen
        assert each.unknown == ()
        assert each.report.crawl_id == each.archived.id  # the clock stands where it stood
    assert len(list((tmp_path / "var" / "archive").glob("*/*.warc.gz"))) == 2 * len(STEMS)


def test_a_field_problem_is_reproduced_with_its_retries(tmp_path: Path) -> None:
    sound, odd, gone = (DETAIL.format(number) for number in range(3))
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in (sound, odd, gone))
    routes = [
        Route(f"{BANDI}/servizi/sitemap.xml", f"<urlset>{entries}</urlset>".encode(), headers=XML),
        Route(sound, b"busy", 429, {"Retry-After": "1", **TEXT}, times=1),
        Route(sound, call_page("RLX1"), headers=HTML),
        Route(odd, b"<html><title>Just a moment...</title></html>", headers=HTML),
        Route(gone, b"gone", 410, TEXT),
    ]
    with play(routes) as site:
        live = crawl(tmp_path, site, ["it_lombardia"])["it_lombardia"]
        settings = install(tmp_path, site).crawl_settings()
    (played,) = replay(tmp_path / "var" / "archive", ["it_lombardia"], settings)
    assert played.report.state is live.state is CrawlState.PARTIAL
    assert kinds(played.report) == kinds(live)
    assert "bot_wall" in kinds(live)
    assert played.report.pages == live.pages


def test_what_the_archive_does_not_hold_is_named(tmp_path: Path) -> None:
    with Playback.of(FIRST_DAY) as site:
        installation = Installation.make(tmp_path, site.connect)
        crawl(tmp_path, site, ["hr_ra_vsz"])
    archive = tmp_path / "var" / "archive"
    (warc,) = archive.glob("hr_ra_vsz/*.warc.gz")
    cut = warc.read_bytes()
    warc.write_bytes(cut[: len(cut) // 3])
    command = ["--config", str(installation.config), "crawl", "--replay", str(warc), "--json"]
    done = CliRunner().invoke(group, command)
    (entry,) = json.loads(done.stdout)
    assert done.exit_code == 1
    assert entry["replayed"] == warc.name.removesuffix(".warc.gz")
    assert entry["not_archived"]
    assert all("www.ra-vsz.hr" in request for request in entry["not_archived"])


def test_an_archive_without_the_portal_is_one_clear_line(tmp_path: Path) -> None:
    with play([]) as site:
        settings = install(tmp_path, site).crawl_settings()
    with pytest.raises(ArchiveError, match="no crawl of hr_ra_vsz"):
        replay(tmp_path, ["hr_ra_vsz"], settings)
