"""The crawl stage over loopback: the demo week, the archive, the verdicts."""

import json
import signal
import subprocess
import sys
import time
from datetime import datetime
from pathlib import Path

import pytest

from crawlers import registry
from crawlers.pages.page import Page
from crawlers.playback import Playback, Route
from crawlers.run import CrawlSettings, crawl
from schema.crawls import CrawlReport, CrawlState
from schema.exchanges import SECRET_HEADERS, Exchange
from schema.portals import Portal
from tests.support.loopback import (
    FIRST_DAY,
    HTML,
    JSON,
    MONDAY,
    SECOND_DAY,
    TEXT,
    WEEK,
    XML,
    MemoryStore,
    Stores,
    crawl_site,
    kinds,
    play,
)

STEMS = ["eu_funding_tenders", "hr_ra_vsz", "it_lombardia", "it_lombardia_register"]
HOST = "https://www.ra-vsz.hr"
POSTS = f"{HOST}/wp-json/wp/v2/posts?per_page=100&page={{}}&orderby=id&order=asc&_embed=wp:term"


def post(number: int, content: str = "<p>Otvoren je natječaj.</p>") -> dict[str, object]:
    return {
        "link": f"{HOST}/poziv-{number}/",
        "title": {"rendered": f"Poziv {number}"},
        "date": "2020-11-16T10:00:00",
        "modified": "2020-11-16T10:00:00",
        "content": {"rendered": content},
    }


def posts(*numbers: int, total: int, pages: int = 1) -> tuple[bytes, dict[str, str]]:
    headers = {**JSON, "X-WP-Total": str(total), "X-WP-TotalPages": str(pages)}
    return json.dumps([post(number) for number in numbers]).encode(), headers


Week = tuple[dict[str, CrawlReport], dict[str, CrawlReport], Stores, list[str]]


@pytest.fixture(scope="module")
def week() -> Week:
    """Crawl both days of the demo week into the same stores."""
    stores: Stores = {}
    with Playback.of(FIRST_DAY) as site:
        first = crawl_site(site, STEMS, stores)
        unknown = list(site.unknown)
    with Playback.of(SECOND_DAY) as site:
        second = crawl_site(site, STEMS, stores, MONDAY + WEEK)
        unknown += site.unknown
    return first, second, stores, unknown


def test_every_portal_of_the_demo_week_is_complete(week: Week) -> None:
    first, second, _, unknown = week
    assert {report.state for report in (*first.values(), *second.values())} == {CrawlState.COMPLETE}
    assert unknown == []
    assert {stem: len(report.seen) for stem, report in first.items()} == {
        "eu_funding_tenders": 6,
        "hr_ra_vsz": 6,
        "it_lombardia": 8,
        "it_lombardia_register": 6,
    }


def test_seen_names_the_notices_whose_page_was_not_fetched_again(week: Week) -> None:
    first, second, stores, _ = week
    refetched = [
        exchange
        for exchange in stores["it_lombardia"].of_kind("call")
        if exchange.fetched_at == MONDAY + WEEK
    ]
    assert len(refetched) == 3  # one new, two with a newer lastmod
    before, after = first["it_lombardia"].seen, second["it_lombardia"].seen
    assert before - after == {"RLL12020034977"}
    assert after - before == {"RLD12020036018"}
    assert len(after) == 8


def test_unchanged_answers_are_counted_and_still_read(week: Week) -> None:
    _, second, stores, _ = week
    register = second["it_lombardia_register"]
    assert register.pages == 3
    assert register.unchanged == 3
    assert len(register.seen) == 6
    last = stores["it_lombardia_register"].exchanges[-1]
    assert (last.status, last.body) == (304, b"")


def test_outcomes_carry_totals_and_duplicates(week: Week) -> None:
    first, _, _, _ = week
    search = first["eu_funding_tenders"]
    assert (search.announced, search.duplicates) == (8, 1)
    assert kinds(search) == ["stale_rows"]
    assert first["it_lombardia"].duplicates == 1  # /bandi/ and /catalogo/
    assert first["hr_ra_vsz"].announced == 6


def test_archived_pages_give_the_same_notices_without_the_network(week: Week) -> None:
    """Process reads the archive with ``registry.reader``: every notice seen must be there."""
    _, second, stores, _ = week
    for stem, report in second.items():
        found: set[str] = set()
        for exchange in stores[stem].exchanges:
            reader = registry.reader(stem, exchange.kind)
            if reader is not None and exchange.status == 200:
                found |= {notice.source_id for notice in reader(Page(exchange)).notices}
        assert report.seen <= found


def test_both_pages_of_the_seed_call_are_there_by_the_second_crawl(week: Week) -> None:
    first, second, _, _ = week
    croatian = f"{HOST}/cosme-poziv-2020-europski-program-izvrsnosti-klastera/"
    assert croatian not in first["hr_ra_vsz"].seen
    assert croatian in second["hr_ra_vsz"].seen
    assert "RLA12020034211" in first["it_lombardia"].seen
    assert not any("CLUSTER" in code for code in second["eu_funding_tenders"].seen)
    assert "RLA12020034211" not in second["it_lombardia_register"].seen


def test_robots_is_archived_first_and_urls_are_the_real_ones(week: Week) -> None:
    _, _, stores, _ = week
    for store in stores.values():
        assert store.exchanges[0].kind == "robots"
        assert all(exchange.url.startswith("https://") for exchange in store.exchanges)
        assert not any("127.0.0.1" in exchange.url for exchange in store.exchanges)


def test_pages_are_archived_before_they_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    stores: Stores = {}
    held: list[bool] = []

    def read_call(page: Page) -> object:
        archived = [exchange.url for exchange in stores["it_lombardia"].exchanges]
        held.append(page.url in archived)
        raise RuntimeError("a reader that always fails")

    spider = registry.spider("it_lombardia")
    monkeypatch.setattr(spider, "readers", {"call": read_call})
    with Playback.of(FIRST_DAY) as site:
        report = crawl_site(site, ["it_lombardia"], stores)["it_lombardia"]
    assert held == [True] * 8
    assert kinds(report) == ["reader_failed"] * 8
    assert {issue.detail for issue in report.issues} == {"RuntimeError: a reader that always fails"}
    assert all(issue.url for issue in report.issues)
    assert report.state is CrawlState.EMPTY
    assert len(report.seen) == 8  # the sitemap named them: nothing may be withdrawn for this


def test_a_store_that_cannot_write_ends_the_crawl_of_its_portal_only() -> None:
    class FullDisk(MemoryStore):
        def add(self, exchange: Exchange) -> int:
            if exchange.kind == "call":
                raise OSError("no space left on device")
            return super().add(exchange)

    stores: Stores = {"it_lombardia": FullDisk()}
    with Playback.of(FIRST_DAY) as site:
        reports = crawl_site(site, ["it_lombardia", "hr_ra_vsz"], stores)
        asked = [line for line in site.asked if "/dettaglio/" in line]
    assert reports["it_lombardia"].state is CrawlState.FAILED
    assert "no space left" in reports["it_lombardia"].reason
    assert len(asked) == 1
    assert reports["hr_ra_vsz"].state is CrawlState.COMPLETE
    assert stores["it_lombardia"].reports == [reports["it_lombardia"]]


def test_no_network_is_one_clear_line_for_each_portal() -> None:
    with play([]) as site:
        reports = crawl_site(site, STEMS)
    for report in reports.values():
        assert report.state is CrawlState.UNREACHABLE
        assert "cannot be resolved" in report.reason
        assert "\n" not in report.reason
        assert report.seen == frozenset()


def test_no_secrets_reach_the_archive_and_the_user_agent_is_honest() -> None:
    body, headers = posts(1, total=1)
    secret = {**headers, "Set-Cookie": "session=abc", "X-Csrf-Token": "abc", "X-Robots-Tag": "all"}
    stores: Stores = {}
    with play([Route(POSTS.format(1), body, headers=secret)]) as site:
        crawl_site(site, ["hr_ra_vsz"], stores)
    assert site.agents == {"Callboard-Test (+https://example.org/bot)"}
    kept = stores["hr_ra_vsz"].exchanges[-1].headers
    assert kept["x-robots-tag"] == "all"
    assert not kept.keys() & SECRET_HEADERS
    assert "content-encoding" not in kept


def test_what_robots_forbids_is_not_asked_for() -> None:
    robots = b"User-agent: *\nDisallow: /\n"
    with play([Route(f"{HOST}/robots.txt", robots, headers=TEXT)]) as site:
        report = crawl_site(site, ["hr_ra_vsz"])["hr_ra_vsz"]
        asked = site.asked
    assert report.state is CrawlState.BLOCKED
    assert "robots.txt" in report.reason
    assert asked == ["GET www.ra-vsz.hr/robots.txt"]


def test_robots_that_answers_with_an_error_forbids_for_now() -> None:
    body, headers = posts(1, total=1)
    routes = [
        Route(f"{HOST}/robots.txt", status=500),
        Route(POSTS.format(1), body, headers=headers),
    ]
    with play(routes) as site:
        report = crawl_site(site, ["hr_ra_vsz"], retries=1)["hr_ra_vsz"]
    assert report.state is CrawlState.UNREACHABLE
    assert "robots.txt answers 500" in report.reason


def test_a_missing_robots_allows_everything() -> None:
    body, headers = posts(1, total=1)
    routes = [
        Route(f"{HOST}/robots.txt", status=404),
        Route(POSTS.format(1), body, headers=headers),
    ]
    with play(routes, {"hr_ra_vsz": (1, 1)}) as site:
        assert crawl_site(site, ["hr_ra_vsz"])["hr_ra_vsz"].state is CrawlState.COMPLETE


def test_a_list_shorter_than_announced_is_partial() -> None:
    body, headers = posts(1, 2, total=5)
    with play([Route(POSTS.format(1), body, headers=headers)], {"hr_ra_vsz": (1, 9)}) as site:
        report = crawl_site(site, ["hr_ra_vsz"])["hr_ra_vsz"]
    assert report.state is CrawlState.PARTIAL
    assert report.reason == "the portal announces 5 and gave 2"
    assert kinds(report) == ["fewer_than_announced"]


def test_a_page_of_the_list_that_fails_makes_the_crawl_partial() -> None:
    body, headers = posts(1, 2, total=4, pages=2)
    routes = [
        Route(POSTS.format(1), body, headers=headers),
        Route(POSTS.format(2), b"{}", status=500),
    ]
    with play(routes, {"hr_ra_vsz": (1, 9)}) as site:
        report = crawl_site(site, ["hr_ra_vsz"], retries=0)["hr_ra_vsz"]
    assert report.state is CrawlState.PARTIAL
    assert "register" in report.reason
    assert len(report.seen) == 2


def test_fewer_notices_than_expected_is_partial_and_none_is_empty() -> None:
    body, headers = posts(1, total=1)
    with play([Route(POSTS.format(1), body, headers=headers)], {"hr_ra_vsz": (3, 9)}) as site:
        report = crawl_site(site, ["hr_ra_vsz"])["hr_ra_vsz"]
    assert (report.state, kinds(report)) == (CrawlState.PARTIAL, ["fewer_than_expected"])
    body, headers = posts(total=0)
    with play([Route(POSTS.format(1), body, headers=headers)]) as site:
        report = crawl_site(site, ["hr_ra_vsz"])["hr_ra_vsz"]
    assert (report.state, report.reason) == (
        CrawlState.EMPTY,
        "the portal answers and lists nothing",
    )


def test_a_low_fill_rate_is_partial_and_names_the_label() -> None:
    rows = [{"codice_bando": f"RL{n}", "titolo_bando": "Bando"} for n in range(10)]
    host = "https://www.dati.lombardia.it/resource/bukx-h2uy.json"
    routes = [
        Route(f"{host}?$select=count(*)", b'[{"count":"10"}]', headers=JSON),
        Route(
            f"{host}?$limit=400&$offset=0&$order=codice_bando",
            json.dumps(rows).encode(),
            headers=JSON,
        ),
    ]
    with play(routes, {"it_lombardia_register": (10, 20)}) as site:
        report = crawl_site(site, ["it_lombardia_register"])["it_lombardia_register"]
    assert report.state is CrawlState.PARTIAL
    assert [issue.detail for issue in report.issues] == ["apertura_adesione"]


def test_unknown_words_become_issues_with_an_example() -> None:
    with Playback.of(FIRST_DAY) as site:
        route = next(route for route in site.routes if "RLM12020035622" in route.url)
        body = route.body.replace(b">Aperto<", b">Sospeso<").replace(b"Scade il", b"Entro il")
    sitemap = f"<urlset><url><loc>{route.url}</loc></url></urlset>".encode()
    routes = [
        Route("https://www.bandi.regione.lombardia.it/servizi/sitemap.xml", sitemap, headers=XML),
        Route(route.url, body, headers=HTML),
    ]
    with play(routes, {"it_lombardia": (1, 9)}) as site:
        report = crawl_site(site, ["it_lombardia"])["it_lombardia"]
    assert [(issue.kind, issue.detail, issue.url) for issue in report.issues] == [
        ("unknown_status", "Sospeso", route.url),
        ("unknown_label", "Entro il", route.url),
    ]


def test_a_sample_reads_so_many_notices_and_closes_nothing() -> None:
    with Playback.of(FIRST_DAY) as site:
        reports = crawl_site(site, STEMS, sample=2)
        details = [line for line in site.asked if "/dettaglio/" in line]
    assert {report.state for report in reports.values()} == {CrawlState.PARTIAL}
    assert all("sample of 2" in report.reason for report in reports.values())
    assert len(details) == 2


def test_crawl_may_be_called_again_and_ids_name_portal_and_start() -> None:
    body, headers = posts(1, total=1)
    with play([Route(POSTS.format(1), body, headers=headers)], {"hr_ra_vsz": (1, 1)}) as site:
        for _ in range(2):
            report = crawl_site(site, ["hr_ra_vsz"])["hr_ra_vsz"]
            assert report.crawl_id == "hr_ra_vsz-20201116T050000Z"
            assert report.state is CrawlState.COMPLETE


def test_a_host_gets_one_request_at_a_time_whoever_asks() -> None:
    body, headers = posts(1, total=1)
    routes = [
        Route(f"{HOST}/robots.txt", b"", headers=TEXT, seconds=0.15),
        Route(POSTS.format(1), body, headers=headers, seconds=0.15),
    ]
    with play(routes) as site:
        started = time.monotonic()
        crawl_site(site, ["hr_ra_vsz", "hr_ra_vsz"])
        assert time.monotonic() - started >= 4 * 0.15


def test_a_crawl_delay_of_robots_is_kept_within_reason() -> None:
    body, headers = posts(1, total=2, pages=2)
    robots = b"User-agent: *\nDisallow: /wp-admin/\nCrawl-delay: 3600\n"
    routes = [
        Route(f"{HOST}/robots.txt", robots, headers=TEXT),
        Route(POSTS.format(1), body, headers=headers),
        Route(POSTS.format(2), posts(2, total=2, pages=2)[0], headers=headers),
    ]
    with play(routes, {"hr_ra_vsz": (2, 2)}) as site:
        started = time.monotonic()
        report = crawl_site(site, ["hr_ra_vsz"], longest_crawl_delay=0.25)["hr_ra_vsz"]
        assert time.monotonic() - started >= 2 * 0.25
    assert report.state is CrawlState.COMPLETE


def test_an_interrupted_crawl_leaves_a_verdict() -> None:
    class Interrupted(MemoryStore):
        def add(self, exchange: Exchange) -> int:
            if exchange.kind == "call":
                signal.raise_signal(signal.SIGINT)
            return super().add(exchange)

    stores: Stores = {"it_lombardia": Interrupted()}
    with Playback.of(FIRST_DAY) as site, pytest.raises(KeyboardInterrupt):
        crawl_site(site, ["it_lombardia"], stores)
    (report,) = stores["it_lombardia"].reports
    assert (report.state, report.reason) == (CrawlState.FAILED, "interrupted")


def test_an_unknown_portal_is_refused_before_anything_is_fetched() -> None:
    def store_for(portal: Portal, _: datetime) -> MemoryStore:
        raise AssertionError(portal.stem)

    settings = CrawlSettings("Callboard", "x", lambda: MONDAY)
    with pytest.raises(registry.UnknownPortalError, match="no portal 'xx_none'"):
        crawl(["xx_none"], settings, store_for)


def test_scrapy_command_lists_and_crawls(tmp_path: Path) -> None:
    """``scrapy list`` and ``scrapy crawl STEM -O FILE`` work with the project's settings."""
    scrapy = [sys.executable, "-m", "scrapy"]
    root = Path(__file__).parents[2]
    listed = subprocess.run([*scrapy, "list"], cwd=root, capture_output=True, text=True, check=True)
    assert listed.stdout.split() == sorted(registry.load())
    out = tmp_path / "notices.jsonl"
    with Playback.of(FIRST_DAY) as site:
        command = [*scrapy, "crawl", "hr_ra_vsz", "-O", str(out), "-s", "DOWNLOAD_DELAY=0"]
        connect = json.dumps(site.connect)
        subprocess.run([*command, "-s", f"CALLBOARD_CONNECT={connect}"], cwd=root, check=True)
    titles = [json.loads(line)["title"] for line in out.read_text(encoding="utf-8").splitlines()]
    assert len(titles) == 6
    assert "Održana radionica o EU fondovima" in titles
