"""Bases that know pages by their addresses: categories, archives, accordions, numbered pages."""

import pytest

from crawlers.playback import Route
from schema.crawls import CrawlState
from tests.support.loopback import HTML, XML, Stores, crawl_site, kinds, play

HAVC = "https://havc.hr/o-nama/javni-pozivi"
CULTURE = "https://min-kulture.gov.hr"
CALLS = f"{CULTURE}/natjecaji-16274/javni-pozivi-404"
FEED = f"{CULTURE}/rss.aspx?ID=404"


def page(title: str, *links: str) -> bytes:
    text = "<p>Centar poziva prijavitelje da pošalju svoje prijave do kraja mjeseca.</p>" * 5
    items = "".join(f'<li><a href="{link}">{link}</a></li>' for link in links)
    return (
        f'<html lang="hr"><head><title>{title}</title></head><body><nav><a href="/">Naslovna</a>'
        f"</nav><div><h1>{title}</h1>{text}<ul>{items}</ul></div></body></html>"
    ).encode()


def test_categories_and_their_archives_are_walked_and_each_call_visited_once() -> None:
    call, old = f"{HAVC}/festivali/festivali-2026", f"{HAVC}/festivali/arhiva-javnih-poziva/f-2015"
    routes = [
        Route(HAVC, page("Javni pozivi", "/o-nama/javni-pozivi/festivali", "/novosti/vijest")),
        Route(
            f"{HAVC}/festivali",
            page("Festivali", f"{call}?changeContrast=true", call, f"{HAVC}/festivali"),
        ),
        Route(f"{HAVC}/festivali/arhiva-javnih-poziva", page("Arhiva", old, call, HAVC)),
        Route(call, page("Festivali 2026", f"{HAVC}/festivali/arhiva-javnih-poziva")),
        Route(old, page("Festivali 2015")),
    ]
    listed = f"{HAVC}/festivali/arhiva-javnih-poziva"
    routes[1] = Route(routes[1].url, page("Festivali", f"{call}?changeContrast=true", call, listed))
    with play([_html(route) for route in routes], {"hr_havc": (2, 2)}) as site:
        report = crawl_site(site, ["hr_havc"])["hr_havc"]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert report.seen == {call, old}
    assert site.asked.count(f"GET {call.removeprefix('https://')}") == 1
    assert report.duplicates == 1  # the archive names a call that its category names too
    assert site.unknown == []


def test_lists_without_end_are_a_gap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawlers.bases.links.MOST_LISTS", 3)
    routes = [
        Route(HAVC, page("Javni pozivi", *(f"{HAVC}/kategorija-{n}" for n in range(6)))),
        *(
            Route(f"{HAVC}/kategorija-{n}", page("Lista", f"{HAVC}/kategorija-{n}/poziv"))
            for n in range(6)
        ),
        *(Route(f"{HAVC}/kategorija-{n}/poziv", page(f"Poziv {n}")) for n in range(6)),
    ]
    with play([_html(route) for route in routes], {"hr_havc": (1, 9)}) as site:
        report = crawl_site(site, ["hr_havc"])["hr_havc"]
    assert report.state is CrawlState.PARTIAL
    assert report.reason.startswith("more than 3 lists")
    assert len(report.seen) == 2


def test_a_list_that_names_nothing_has_changed() -> None:
    with play([_html(Route(HAVC, page("Javni pozivi", "/novosti/vijest")))]) as site:
        report = crawl_site(site, ["hr_havc"])["hr_havc"]
    assert report.state is CrawlState.EMPTY
    assert "unreadable_page" in kinds(report)


def test_numbered_pages_are_one_notice_whatever_their_slug_and_route() -> None:
    archive = f"{CALLS}/arhiva-2632/javni-pozivi-u-2025-godini/2700"
    feed = (
        f"<rss><channel><item><link>{CALLS}/prvi-poziv-preimenovan/101</link></item>"
        f"<item><link>{CULTURE}/vijesti/poziv-samo-u-kanalu/103</link></item></channel></rss>"
    )
    routes = [
        Route(f"{CALLS}/404", page("Javni pozivi", f"{CALLS}/prvi-poziv/101", archive)),
        Route(archive, page("Arhiva", f"{CALLS}/arhiva-2632/drugi-poziv/102", f"{CALLS}/404")),
        Route(FEED, feed.encode(), headers=XML),
        Route(f"{CALLS}/prvi-poziv/101", page("Prvi")),
        Route(f"{CALLS}/arhiva-2632/drugi-poziv/102", page("Drugi")),
        Route(f"{CULTURE}/vijesti/poziv-samo-u-kanalu/103", page("Treći")),
    ]
    stores: Stores = {}
    with play(map(_html, routes), {"hr_min_kulture": (3, 3)}) as site:
        report = crawl_site(site, ["hr_min_kulture"], stores)["hr_min_kulture"]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert report.seen == {"101", "102", "103"}
    assert len(stores["hr_min_kulture"].of_kind("call")) == 3


@pytest.mark.parametrize(
    "feed",
    [Route(FEED, b"", 404), Route(FEED, page("RSS"))],
    ids=["404", "html"],
)
def test_a_site_without_a_feed_is_complete_all_the_same(feed: Route) -> None:
    routes = [
        Route(f"{CALLS}/404", page("Javni pozivi", f"{CALLS}/prvi-poziv/101")),
        Route(f"{CALLS}/prvi-poziv/101", page("Prvi")),
        feed,
    ]
    with play(map(_html, routes), {"hr_min_kulture": (1, 1)}) as site:
        report = crawl_site(site, ["hr_min_kulture"])["hr_min_kulture"]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, ["route_closed"])


PRINT = f"{CULTURE}/print.aspx?id=101&url=print"


@pytest.mark.parametrize(
    ("printed", "state", "issues"),
    [
        (Route(PRINT, page("Prvi u ispisu")), CrawlState.COMPLETE, ["route_closed"]),
        (Route(PRINT, b"", 404), CrawlState.EMPTY, ["unreadable_page"]),
        (Route(PRINT, page("x").replace(b"<p>", b"<a>")), CrawlState.EMPTY, ["unreadable_page"]),
    ],
    ids=["readable", "missing", "unreadable"],
)
def test_an_article_that_cannot_be_read_is_asked_for_in_print(
    printed: Route, state: CrawlState, issues: list[str]
) -> None:
    article = page("Prvi").replace(b"<h1>Prvi</h1>", b"")
    routes = [
        Route(f"{CALLS}/404", page("Javni pozivi", f"{CALLS}/prvi-poziv/101")),
        Route(f"{CALLS}/prvi-poziv/101", article),
        Route(FEED, b"", 404),
        printed,
    ]
    with play(map(_html, routes), {"hr_min_kulture": (1, 1)}) as site:
        report = crawl_site(site, ["hr_min_kulture"])["hr_min_kulture"]
    assert report.state is state
    assert report.seen == {"101"}
    assert set(issues) <= set(kinds(report))


def test_an_accordion_is_read_where_it_stands() -> None:
    root = "https://mingo.gov.hr/javni-pozivi-i-natjecaji-7371"
    address = f"{root}/javni-pozivi-i-natjecaji-ministarstva/otvoreni-javni-pozivi-i-natjecaji/7390"
    blocks = "".join(
        f'<div class="faqPitanje"><div class="faqtxt2">0{n}.03.2026. Poziv {n}</div></div>'
        f'<div class="faqOdgovor"><div class="opis"><p>Prijave do 3{n}. svibnja.</p></div></div>'
        for n in range(1, 4)
    )
    body = page("Pozivi").replace(b"<ul></ul>", f'<div id="faqContainer">{blocks}</div>'.encode())
    routes = [Route(address, body), Route("https://mingo.gov.hr/rss.aspx?ID=7390", b"", 404)]
    with play(map(_html, routes), {"hr_mingo": (3, 3)}) as site:
        report = crawl_site(site, ["hr_mingo"])["hr_mingo"]
    assert report.state is CrawlState.COMPLETE
    assert report.seen == {f"7390#0{n}.03.2026. Poziv {n}" for n in range(1, 4)}


def _html(route: Route) -> Route:
    if route.headers:
        return route
    return Route(route.url, route.body, route.status, HTML)
