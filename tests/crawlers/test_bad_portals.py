"""Portals that misbehave: each costs an Issue, never the rest of the crawl."""

import gzip
import json
import socket
from datetime import timedelta

import pytest

from crawlers.playback import Playback, Route
from schema.crawls import CrawlReport, CrawlState
from tests.support.loopback import (
    BANDI,
    FIRST_DAY,
    HTML,
    JSON,
    MONDAY,
    TEXT,
    XML,
    Stores,
    call_page,
    crawl_site,
    kinds,
    play,
)

DETAIL = f"{BANDI}/servizi/servizio/bandi/dettaglio/imprese/prova-"
GOOD = f"{DETAIL}RLX12020000001"
ODD = f"{DETAIL}RLX12020000002"
STEM = "it_lombardia"


def sitemap(*urls: str) -> Route:
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    body = f'<?xml version="1.0"?><urlset>{entries}</urlset>'.encode()
    return Route(f"{BANDI}/servizi/sitemap.xml", body, headers=XML)


def crawl_beside_a_good_page(
    *odd: Route, **settings: object
) -> tuple[CrawlReport, Playback, Stores]:
    """Crawl a site of one sound page and the odd one; the sound one must always be read."""
    good = Route(GOOD, call_page(), headers=HTML)
    stores: Stores = {}
    with play([sitemap(ODD, GOOD), *odd, good], {STEM: (2, 2)}) as site:
        report = crawl_site(site, [STEM], stores, **settings)[STEM]
    assert report.seen == {"RLX12020000001", "RLX12020000002"}
    assert f"GET {GOOD.removeprefix('https://')}" in site.asked
    return report, site, stores


FILL = "<p>testo</p>" * 3
PAGES_THAT_ARE_NOT_CONTENT = {
    "soft_404": f"<html><head><title>Errore | Bandi</title></head><body>{FILL * 40}</body></html>",
    "empty_page": "",
    "login_wall": f"<html><title>Accedi</title><body>{FILL}<input type=password></body></html>",
    "bot_wall": f"<html><title>Just a moment...</title><body>{FILL}</body></html>",
    "script_shell": "<html><title>App</title><body><div id=root></div><script></script></body>",
}


@pytest.mark.parametrize("kind", PAGES_THAT_ARE_NOT_CONTENT)
def test_status_200_that_is_no_content(kind: str) -> None:
    body = PAGES_THAT_ARE_NOT_CONTENT[kind].encode()
    report, _, stores = crawl_beside_a_good_page(Route(ODD, body, headers=HTML))
    assert kinds(report) == [kind]
    assert report.issues[0].url == ODD
    assert report.state is CrawlState.PARTIAL  # half of its pages could not be read
    assert any(exchange.url == ODD for exchange in stores[STEM].exchanges)  # archived all the same


def test_walls_on_every_page_are_a_blocked_portal() -> None:
    wall = PAGES_THAT_ARE_NOT_CONTENT["bot_wall"].encode()
    with play([sitemap(ODD), Route(ODD, wall, headers=HTML)], {STEM: (1, 1)}) as site:
        report = crawl_site(site, [STEM])[STEM]
    assert report.state is CrawlState.BLOCKED
    assert "bot wall" in report.reason


def test_a_wall_in_the_archive_is_no_reason_to_skip_the_page_next_time() -> None:
    stores: Stores = {}
    wall = PAGES_THAT_ARE_NOT_CONTENT["bot_wall"].encode()
    with play([sitemap(ODD), Route(ODD, wall, headers=HTML)], {STEM: (1, 1)}) as site:
        crawl_site(site, [STEM], stores)
    with play([sitemap(ODD), Route(ODD, call_page(), headers=HTML)], {STEM: (1, 1)}) as site:
        report = crawl_site(site, [STEM], stores)[STEM]
    assert report.state is CrawlState.COMPLETE


def test_a_page_that_the_portal_says_is_unchanged_is_not_asked_for_again_at_once() -> None:
    """The sitemap's ``lastmod`` moves, and the page does not."""
    body = f"<urlset><url><loc>{GOOD}</loc><lastmod>2020-11-20</lastmod></url></urlset>".encode()
    listed = Route(f"{BANDI}/servizi/sitemap.xml", body, headers=XML)
    stores: Stores = {}
    asked = []
    for day in (0, 7, 8):
        with play([listed, Route(GOOD, call_page(), headers=HTML)], {STEM: (1, 1)}) as site:
            report = crawl_site(site, [STEM], stores, MONDAY + timedelta(days=day))[STEM]
        assert report.state is CrawlState.COMPLETE
        assert report.seen == {"RLX12020000001"}
        asked += [day for line in site.asked if "dettaglio" in line]
    assert asked == [0, 7]


@pytest.mark.parametrize("status", [401, 403, 451])
def test_a_refused_listing_is_a_blocked_portal(status: int) -> None:
    with play([Route(f"{BANDI}/servizi/sitemap.xml", b"no", status)]) as site:
        report = crawl_site(site, [STEM])[STEM]
    assert (report.state, kinds(report)) == (CrawlState.BLOCKED, ["refused"])
    assert str(status) in report.reason


def test_broken_html_is_read_as_browsers_do() -> None:
    body = call_page("RLX12020000002").replace(b"</main></body></html>", b"<ul><li>uno<li>due<p>")
    report, _, _ = crawl_beside_a_good_page(Route(ODD, body, headers=HTML))
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])


def test_a_page_without_what_the_reader_insists_on() -> None:
    body = call_page().replace(b"<h1>", b"<h2>").replace(b"</h1>", b"</h2>")
    report, _, _ = crawl_beside_a_good_page(Route(ODD, body, headers=HTML))
    assert kinds(report) == ["unreadable_page"]
    assert "nothing matches 'h1'" in report.issues[0].message
    assert (report.issues[0].field, report.issues[0].url) == ("title", ODD)


def test_a_wrong_charset_is_read_right_and_reported() -> None:
    body = call_page("RLX12020000002", "Attività è già qui")
    route = Route(ODD, body, headers={"Content-Type": "text/html; charset=iso-8859-1"})
    report, _, _ = crawl_beside_a_good_page(route)
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, ["wrong_charset"])


def test_a_body_of_50_megabytes() -> None:
    report, _, stores = crawl_beside_a_good_page(Route(ODD, b"x" * 50_000_000, headers=HTML))
    assert kinds(report) == ["too_large"]
    assert not any(exchange.url == ODD for exchange in stores[STEM].exchanges)


def test_a_small_body_that_unpacks_to_50_megabytes() -> None:
    packed = gzip.compress(b"x" * 50_000_000)
    route = Route(ODD, packed, headers={**HTML, "Content-Encoding": "gzip"})
    report, _, _ = crawl_beside_a_good_page(route)
    assert kinds(report) == ["too_large"]


def test_gzip_is_decoded_and_a_truncated_answer_is_no_page() -> None:
    packed = gzip.compress(call_page("RLX12020000002"))
    headers = {**HTML, "Content-Encoding": "gzip"}
    report, _, stores = crawl_beside_a_good_page(Route(ODD, packed, headers=headers))
    assert report.state is CrawlState.COMPLETE
    kept = next(exchange for exchange in stores[STEM].exchanges if exchange.url == ODD)
    assert kept.body == call_page("RLX12020000002")
    cut = Route(ODD, packed[:-20], headers=headers)
    report, _, _ = crawl_beside_a_good_page(cut, retries=0)
    assert kinds(report) == ["unreachable"]
    assert "cut off" in report.issues[0].message


def test_a_redirect_to_another_host_is_not_followed() -> None:
    elsewhere = Route(ODD, status=302, headers={"Location": "https://evil.example/page"})
    report, site, stores = crawl_beside_a_good_page(elsewhere)
    assert kinds(report) == ["foreign_host"]
    assert "evil.example" in report.issues[0].message
    assert not any("evil" in line for line in site.asked)
    assert (ODD, 302) in {(each.url, each.status) for each in stores[STEM].exchanges}


def test_a_redirect_within_the_portal_is_followed() -> None:
    moved = f"{DETAIL}nuova-RLX12020000002"
    routes = (
        Route(ODD, status=301, headers={"Location": moved}),
        Route(moved, call_page("RLX12020000002"), headers=HTML),
    )
    report, _, _ = crawl_beside_a_good_page(*routes)
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])


@pytest.mark.parametrize("length", [1, 2, 9])
def test_a_redirect_loop(length: int) -> None:
    stops = [ODD, *(f"{BANDI}/stop/{n}" for n in range(1, length))]
    loop = [
        Route(url, status=302, headers={"Location": after})
        for url, after in zip(stops, [*stops[1:], ODD], strict=True)
    ]
    report, _, _ = crawl_beside_a_good_page(*loop)
    assert kinds(report) == ["redirect_loop"]


@pytest.mark.parametrize("host", ["169.254.169.254", "127.0.0.1", "[::1]", "evil.example"])
def test_a_listing_cannot_make_us_ask_another_host(host: str) -> None:
    listed = f"http://{host}/servizi/servizio/bandi/dettaglio/x-RLX12020000002"
    with play([sitemap(listed, GOOD), Route(GOOD, call_page(), headers=HTML)]) as site:
        report = crawl_site(site, [STEM])[STEM]
    assert "foreign_host" in kinds(report)
    assert "RLX12020000001" in report.seen
    assert all(line.startswith("GET www.bandi.") for line in site.asked)


@pytest.mark.parametrize("address", ["169.254.169.254", "10.0.0.7", "127.0.0.1", "::1", "fe80::1"])
def test_a_portal_whose_name_leads_to_a_private_address(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [
        (family, socket.SOCK_STREAM, 6, "", (address, 443, 0, 0)[: 4 if ":" in address else 2])
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with play([]) as site:
        report = crawl_site(site, [STEM])[STEM]
    assert report.state is CrawlState.UNREACHABLE
    assert f"leads to {address}, which is not a public address" in report.reason


def test_a_malformed_row_costs_only_itself() -> None:
    rows = [
        {"codice_bando": "RL1", "titolo_bando": "Uno", "apertura_adesione": "2020-01-01"},
        {"titolo_bando": "senza codice"},
        None,
    ]
    host = "https://www.dati.lombardia.it/resource/bukx-h2uy.json"
    body = json.dumps(rows).encode()
    routes = [Route(f"{host}?$limit=400&$offset=0&$order=codice_bando", body, headers=JSON)]
    with play(routes, {"it_lombardia_register": (1, 9)}) as site:
        report = crawl_site(site, ["it_lombardia_register"])["it_lombardia_register"]
    assert report.seen == {"RL1"}
    unreadable = [issue for issue in report.issues if issue.kind == "unreadable_row"]
    assert [issue.field for issue in unreadable] == ["codice_bando", None]
    assert report.state is CrawlState.COMPLETE


def test_json_that_breaks_off_is_an_issue_and_a_gap() -> None:
    host = "https://www.dati.lombardia.it/resource/bukx-h2uy.json"
    routes = [Route(f"{host}?$limit=400&$offset=0&$order=codice_bando", b'[{"a"', headers=JSON)]
    with play(routes) as site:
        report = crawl_site(site, ["it_lombardia_register"])["it_lombardia_register"]
    assert report.state is CrawlState.EMPTY
    assert "unreadable_page" in kinds(report)


def test_a_sitemap_that_breaks_off_lists_what_it_has_and_is_partial() -> None:
    body = f"<urlset><url><loc>{GOOD}</loc></url><url><loc>{ODD}".encode()
    routes = [
        Route(f"{BANDI}/servizi/sitemap.xml", body, headers=XML),
        Route(GOOD, call_page(), headers=HTML),
    ]
    with play(routes, {STEM: (1, 5)}) as site:
        report = crawl_site(site, [STEM])[STEM]
    assert report.seen == {"RLX12020000001"}
    assert report.state is CrawlState.PARTIAL


def test_a_429_is_waited_for_and_tried_again() -> None:
    busy = Route(ODD, b"slow down", 429, {"Retry-After": "0", **TEXT}, times=2)
    report, site, stores = crawl_beside_a_good_page(busy, Route(ODD, call_page(), headers=HTML))
    assert report.state is CrawlState.COMPLETE
    assert len([line for line in site.asked if "000002" in line]) == 3
    assert [each.status for each in stores[STEM].exchanges if each.url == ODD] == [429, 429, 200]


def test_a_portal_that_wants_us_gone_for_an_hour_is_left_alone() -> None:
    busy = Route(f"{BANDI}/servizi/sitemap.xml", b"no", 429, {"Retry-After": "3600", **TEXT})
    with play([busy]) as site:
        report = crawl_site(site, [STEM])[STEM]
    assert report.state is CrawlState.BLOCKED
    assert len([line for line in site.asked if "sitemap" in line]) == 1


def test_a_503_that_stays_is_given_up() -> None:
    report, site, _ = crawl_beside_a_good_page(Route(ODD, b"", 503), retries=2)
    assert kinds(report) == ["http_error"]
    assert len([line for line in site.asked if "000002" in line]) == 3


def test_a_slow_page_times_out() -> None:
    slow = Route(ODD, call_page(), headers=HTML, seconds=1.0)
    report, _, _ = crawl_beside_a_good_page(slow, timeout=0.4, retries=0)
    assert kinds(report) == ["unreachable"]
    assert "no answer within 0.4 s" in report.issues[0].message


def test_paging_that_never_ends_is_left() -> None:
    """A search that repeats its last page for ever, instead of sending an empty one."""
    with Playback.of(FIRST_DAY) as demo:
        results = next(route for route in demo.routes if route.body.startswith(b'{\n "apiVersion"'))
    numbers = range(1, 9)
    routes = [
        Route(
            results.url.replace("pageNumber=1", f"pageNumber={number}"),
            results.body,
            headers=JSON,
            method="POST",
        )
        for number in numbers
    ]
    with play(routes, {"eu_funding_tenders": (5, 9)}) as site:
        report = crawl_site(site, ["eu_funding_tenders"])["eu_funding_tenders"]
        asked = [line for line in site.asked if "search" in line]
    assert len(asked) == 2
    assert report.state is CrawlState.COMPLETE
    assert len(report.seen) == 6
