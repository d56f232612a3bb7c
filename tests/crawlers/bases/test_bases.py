"""The bases: routes found by asking, lists walked to their end, only what changed fetched."""

import gzip
import json
from datetime import timedelta

import pytest

from crawlers import registry
from crawlers.bases.portal import read_lastmod
from crawlers.bases.sedia import multipart
from crawlers.bases.sitemap import read_sitemap
from crawlers.pages.page import Page
from crawlers.playback import Route
from schema.crawls import CrawlState
from schema.exchanges import Exchange
from tests.support.loopback import (
    BANDI,
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

HOST = "https://www.ra-vsz.hr"
POSTS = f"{HOST}{{}}wp/v2/posts?per_page=100&page={{}}&orderby=id&order=asc&_embed=wp:term"
RSS = {"Content-Type": "application/rss+xml; charset=UTF-8"}
FORBIDDEN = json.dumps({"code": "rest_forbidden", "message": "no"}).encode()


def rest_page(numbers: range, **headers: str) -> tuple[bytes, dict[str, str]]:
    rows = [
        {
            "link": f"{HOST}/poziv-{number}/",
            "title": {"rendered": f"Poziv {number}"},
            "date": "2020-11-16T10:00:00",
            "modified": "2020-11-16T10:00:00",
            "content": {"rendered": "<p>Otvoren je natječaj.</p>"},
        }
        for number in numbers
    ]
    return json.dumps(rows).encode(), {**JSON, **headers}


def feed_page(*numbers: int, content: str = "Otvoren je natječaj.") -> bytes:
    items = "".join(
        f"<item><title>Poziv {number}</title><link>{HOST}/poziv-{number}/</link>"
        f"<pubDate>Mon, 16 Nov 2020 09:00:00 +0000</pubDate>"
        f"<content:encoded><![CDATA[{content}]]></content:encoded></item>"
        for number in numbers
    )
    return (
        '<?xml version="1.0"?><rss xmlns:content="http://purl.org/rss/1.0/modules/content/">'
        f"<channel>{items}</channel></rss>"
    ).encode()


def post_page(number: int) -> bytes:
    text = "<p>Županija poziva udruge da prijave projekte za sljedeću godinu.</p>" * 5
    return (
        f'<html lang="hr"><body><main><article><p>Objavljeno: 16.11.2020.</p><h1>Poziv {number}'
        f'</h1><div class="entry-content">{text}</div></article></main></body></html>'
    ).encode()


def crawl_wordpress(*routes: Route, expected: int) -> tuple[CrawlState, list[str], list[str]]:
    with play(routes, {"hr_ra_vsz": (expected, expected)}) as site:
        report = crawl_site(site, ["hr_ra_vsz"])["hr_ra_vsz"]
    assert len(report.seen) == expected
    return report.state, kinds(report), site.asked


def test_wordpress_walks_all_pages_of_posts() -> None:
    totals = {"X-WP-Total": "250", "X-WP-TotalPages": "3"}
    pages = [range(100), range(100, 200), range(200, 250)]
    routes = [
        Route(POSTS.format("/wp-json/", number), *_split(rest_page(each, **totals)))
        for number, each in enumerate(pages, start=1)
    ]
    state, issues, _ = crawl_wordpress(*routes, expected=250)
    assert (state, issues) == (CrawlState.COMPLETE, [])


def test_wordpress_without_totals_stops_at_a_short_page() -> None:
    routes = [
        Route(POSTS.format("/wp-json/", 1), *_split(rest_page(range(100)))),
        Route(POSTS.format("/wp-json/", 2), *_split(rest_page(range(100, 130)))),
    ]
    assert crawl_wordpress(*routes, expected=130)[0] is CrawlState.COMPLETE


@pytest.mark.parametrize(
    "closed",
    [
        Route(POSTS.format("/wp-json/", 1), FORBIDDEN, 401, JSON),
        Route(POSTS.format("/wp-json/", 1), FORBIDDEN, 403, JSON),
        Route(POSTS.format("/wp-json/", 1), b"", 404, HTML),
        Route(POSTS.format("/wp-json/", 1), post_page(1), headers=HTML),
        Route(f"{HOST}/robots.txt", b"User-agent: *\nDisallow: /wp-json/\n", headers=TEXT),
    ],
    ids=["401", "403", "404", "html", "robots"],
)
def test_wordpress_without_rest_goes_on_with_the_feed(closed: Route) -> None:
    routes = [
        closed,
        Route(f"{HOST}/feed/", feed_page(3, 2), headers=RSS),
        Route(f"{HOST}/feed/?paged=2", feed_page(1), headers=RSS),
        Route(f"{HOST}/feed/?paged=3", b"", 404, HTML),
    ]
    state, issues, _ = crawl_wordpress(*routes, expected=3)
    assert state is CrawlState.COMPLETE
    assert set(issues) <= {"route_closed", "robots_forbid"}


def test_wordpress_finds_rest_at_another_address() -> None:
    home = post_page(0).replace(
        b"<body>", f'<link rel="https://api.w.org/" href="{HOST}/hr/wp-json/"><body>'.encode()
    )
    routes = [
        Route(f"{HOST}/", home, headers=HTML),
        Route(POSTS.format("/hr/wp-json/", 1), *_split(rest_page(range(4)))),
    ]
    state, _, asked = crawl_wordpress(*routes, expected=4)
    assert state is CrawlState.COMPLETE
    assert not any("feed" in line for line in asked)


def crawl_category(*routes: Route) -> tuple[set[str], list[str], list[str]]:
    with play(routes, {"hr_hamagbicro": (1, 9)}) as site:
        report = crawl_site(site, ["hr_hamagbicro"])["hr_hamagbicro"]
    return set(report.seen), kinds(report), site.asked


def test_wordpress_takes_one_category_of_posts() -> None:
    root = "https://hamagbicro.hr/wp-json/wp/v2"
    query = "per_page=100&page=1&orderby=id&order=asc&_embed=wp:term&categories=41"
    posts, headers = rest_page(range(3))
    seen, issues, _ = crawl_category(
        Route(f"{root}/categories?slug=natjecaji", b'[{"id": 41}]', headers=JSON),
        Route(f"{root}/posts?{query}", posts, headers=headers),
    )
    assert len(seen) == 3
    assert "route_closed" not in issues


def test_wordpress_with_a_renamed_category_goes_on_with_the_feed() -> None:
    host = "https://hamagbicro.hr"
    seen, issues, _ = crawl_category(
        Route(f"{host}/wp-json/wp/v2/categories?slug=natjecaji", b"[]", headers=JSON),
        Route(f"{host}/", post_page(0), headers=HTML),
        Route(f"{host}/feed/", feed_page(2, 1), headers=RSS),
        Route(f"{host}/feed/?paged=2", b"", 404, HTML),
    )
    assert len(seen) == 2
    assert issues.count("route_closed") == 2  # no such category, no other REST interface


def test_wordpress_visits_the_page_of_an_item_without_content() -> None:
    routes = [
        Route(f"{HOST}/feed/", feed_page(1, content=""), headers=RSS),
        Route(f"{HOST}/feed/?paged=2", feed_page(), headers=RSS),
        Route(f"{HOST}/poziv-1/", post_page(1), headers=HTML),
    ]
    assert crawl_wordpress(*routes, expected=1)[0] is CrawlState.COMPLETE


def test_a_malformed_post_costs_only_itself() -> None:
    body, headers = rest_page(range(3))
    rows = json.loads(body)
    del rows[1]["content"]
    routes = [Route(POSTS.format("/wp-json/", 1), json.dumps(rows).encode(), headers=headers)]
    state, issues, asked = crawl_wordpress(*routes, expected=2)
    assert (state, issues) == (CrawlState.COMPLETE, ["unreadable_row"])
    assert not any("feed" in line for line in asked)


def test_a_feed_that_breaks_off_is_partial() -> None:
    routes = [
        Route(f"{HOST}/feed/", feed_page(1), headers=RSS),
        Route(f"{HOST}/feed/?paged=2", b"", 403, HTML),
    ]
    assert crawl_wordpress(*routes, expected=1)[0] is CrawlState.PARTIAL


def test_wordpress_with_nothing_but_a_sitemap() -> None:
    index = (
        f"<sitemapindex><sitemap><loc>{HOST}/post-sitemap.xml</loc></sitemap>"
        f"<sitemap><loc>{HOST}/page-sitemap.xml</loc></sitemap></sitemapindex>"
    )
    urls = "".join(f"<url><loc>{HOST}/poziv-{number}/</loc></url>" for number in range(3))
    routes = [
        Route(f"{HOST}/sitemap_index.xml", index.encode(), headers=XML),
        Route(f"{HOST}/post-sitemap.xml", f"<urlset>{urls}</urlset>".encode(), headers=XML),
        *(Route(f"{HOST}/poziv-{n}/", post_page(n), headers=HTML) for n in range(3)),
    ]
    state, issues, asked = crawl_wordpress(*routes, expected=3)
    assert state is CrawlState.COMPLETE
    assert set(issues) == {"route_closed"}
    assert not any("page-sitemap" in line for line in asked)


def test_a_post_type_of_its_own_has_its_own_feed_and_sitemap() -> None:
    site_of = "https://www.lazioinnova.it"
    index = (
        f"<sitemapindex><sitemap><loc>{site_of}/post-sitemap.xml</loc></sitemap>"
        f"<sitemap><loc>{site_of}/bandi-sitemap.xml</loc></sitemap></sitemapindex>"
    )
    listed = f"<urlset><url><loc>{site_of}/bandi/voucher/</loc></url></urlset>"
    routes = [
        Route(f"{site_of}/sitemap_index.xml", index.encode(), headers=XML),
        Route(f"{site_of}/bandi-sitemap.xml", listed.encode(), headers=XML),
        Route(f"{site_of}/bandi/voucher/", post_page(1), headers=HTML),
    ]
    with play(routes, {"it_lazio_innova": (1, 1)}) as site:
        report = crawl_site(site, ["it_lazio_innova"])["it_lazio_innova"]
    assert report.seen == {f"{site_of}/bandi/voucher/"}
    assert report.state is CrawlState.COMPLETE
    asked = [line.removeprefix("GET www.lazioinnova.it") for line in site.asked]
    assert any(line.startswith("/wp-json/wp/v2/bandi?") for line in asked)
    assert "/bandi/feed/" in asked
    assert "/post-sitemap.xml" not in asked


def test_wordpress_with_nothing_at_all() -> None:
    with play([Route(f"{HOST}/", post_page(0), headers=HTML)]) as site:
        report = crawl_site(site, ["hr_ra_vsz"])["hr_ra_vsz"]
    assert report.state is CrawlState.EMPTY
    assert kinds(report)[-1] == "missing_page"


def _split(answer: tuple[bytes, dict[str, str]]) -> tuple[bytes, int, dict[str, str]]:
    return answer[0], 200, answer[1]


# Sitemaps


def sitemap_page(body: bytes) -> Page:
    return Page(Exchange("it_lombardia", "sitemap", f"{BANDI}/sitemap.xml.gz", MONDAY, 200, body))


def test_a_sitemap_of_five_megabytes_is_read_as_a_stream() -> None:
    entry = "<url><loc>https://example.org/{}</loc><lastmod>2020-11-16</lastmod></url>"
    body = ("<urlset>" + "".join(entry.format(n) for n in range(60_000)) + "</urlset>").encode()
    assert len(body) > 4_500_000
    assert sum(1 for _ in read_sitemap(sitemap_page(body))) == 60_000
    assert sum(1 for _ in read_sitemap(sitemap_page(gzip.compress(body)))) == 60_000


def test_a_sitemap_cannot_read_our_files() -> None:
    body = (
        b'<!DOCTYPE x [<!ENTITY secret SYSTEM "file:///etc/passwd">]>'
        b"<urlset><url><loc>https://example.org/&secret;</loc></url></urlset>"
    )
    assert [entry.url for entry in read_sitemap(sitemap_page(body))] == ["https://example.org/"]


def test_lastmod_is_read_in_all_its_forms() -> None:
    whole_day = read_lastmod("2020-11-16")
    assert whole_day is not None
    assert whole_day > MONDAY  # a change later that day must not be missed
    assert read_lastmod(" 2020-11-16T05:00:00Z\n") == MONDAY
    assert read_lastmod("2020-11-16T06:00:00+01:00") == MONDAY
    assert read_lastmod("yesterday") is None
    assert read_lastmod(None) is None


@pytest.mark.parametrize(
    ("lastmod", "days", "asked_again"),
    [
        ("2020-11-01", 1, False),
        ("2020-11-16", 1, True),
        ("2020-11-17T04:00:00+00:00", 1, True),
        (None, 1, False),
        (None, 8, True),
    ],
)
def test_a_page_is_asked_again_only_when_it_may_have_changed(
    lastmod: str | None, days: int, asked_again: bool
) -> None:
    url = f"{BANDI}/servizi/servizio/bandi/dettaglio/imprese/prova-RLX12020000001"
    mark = f"<lastmod>{lastmod}</lastmod>" if lastmod else ""
    listing = f"<urlset><url><loc>{url}</loc>{mark}</url></urlset>".encode()
    routes = [
        Route(f"{BANDI}/servizi/sitemap.xml", listing, headers=XML),
        Route(url, call_page(), headers=HTML),
    ]
    stores: Stores = {}
    with play(routes, {"it_lombardia": (1, 1)}) as site:
        crawl_site(site, ["it_lombardia"], stores)
        later = crawl_site(site, ["it_lombardia"], stores, MONDAY + timedelta(days=days))
    asked = [line for line in site.asked if "/dettaglio/" in line]
    assert len(asked) == 1 + asked_again
    report = later["it_lombardia"]
    assert report.state is CrawlState.COMPLETE
    assert report.seen == {"RLX12020000001"}
    assert report.unchanged == 2 + asked_again  # robots.txt, sitemap and, if asked, the page


# Registers


def test_socrata_pages_until_a_short_page_and_drops_recruitment() -> None:
    def rows(numbers: range) -> bytes:
        return json.dumps(
            [
                {
                    "codice_bando": f"RL{number:04}",
                    "titolo_bando": f"Bando {number}",
                    "apertura_adesione": "2020-11-02T00:00:00.000",
                    "tipo_strumento": "Bando"
                    if number % 10
                    else "Concorsi Pubblici e Avvisi sul Personale",
                }
                for number in numbers
            ]
        ).encode()

    resource = "https://www.dati.lombardia.it/resource/bukx-h2uy.json"
    query = f"{resource}?$limit=400&$offset={{}}&$order=codice_bando"
    routes = [
        Route(f"{resource}?$select=count(*)", b'[{"count":"900"}]', headers=JSON),
        Route(query.format(0), rows(range(400)), headers=JSON),
        Route(query.format(400), rows(range(400, 800)), headers=JSON),
        Route(query.format(800), rows(range(800, 900)), headers=JSON),
    ]
    with play(routes, {"it_lombardia_register": (810, 810)}) as site:
        report = crawl_site(site, ["it_lombardia_register"])["it_lombardia_register"]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert (len(report.seen), report.announced) == (810, 900)


def test_every_part_of_a_sedia_query_says_what_it_is() -> None:
    body = multipart({"query": {"bool": {}}, "languages": ["en"]}).decode()
    parts = body.split("--callboard-part")
    assert parts[0] == ""
    assert parts[-1] == "--\r\n"
    for part in parts[1:-1]:
        head, _, content = part.strip("\r\n").partition("\r\n\r\n")
        assert "Content-Type: application/json" in head
        json.loads(content)


def test_a_sedia_answer_that_is_no_search_is_a_gap() -> None:
    spider = registry.spider("eu_funding_tenders")()
    first = next(iter(spider.begin()))
    error = Route(first.url, b'{"type":"throwable"}', headers=JSON, method="POST")
    with play([error]) as site:
        report = crawl_site(site, ["eu_funding_tenders"])["eu_funding_tenders"]
    assert report.state is CrawlState.EMPTY
    assert kinds(report) == ["unreadable_page"]
