"""JSON lists by offset: walked to the announced total, whatever the server's own page size."""

import json
from collections.abc import Iterable
from dataclasses import replace

from crawlers.playback import Route
from schema.crawls import CrawlState
from tests.support.loopback import JSON, crawl_site, kinds, play

API = "https://ekohezija.gov.hr/MISPublicApi/poziv"
LIST = (
    f"{API}/browse/?status=Otvoren&op=kk&fond=&vpd=&podrucje=&tijelo&statusIds%5B%5D=Otvoren"
    "&top=1000&skip={}"
)


def listing(start: int, numbers: Iterable[int], total: int) -> Route:
    rows = [{"ID": number, "Naziv": f"Poziv {number}"} for number in numbers]
    body = json.dumps({"TotalCount": total, "Records": rows})
    return Route(LIST.format(start), body.encode(), headers=JSON)


def call(number: int) -> Route:
    record = {
        "ID": number,
        "Naziv": f"Poziv {number}",
        "Oznaka": f"PK.1.1.{number:02}",
        "Status": "Otvoren",
        "Sazetak": "Bespovratna sredstva za istraživanje i razvoj.",
        "RokZaPodnosenjeProjektnihPrijava": "2026-11-30T16:00:00Z",
    }
    return Route(f"{API}/{number}", json.dumps(record).encode(), headers=JSON)


def test_a_list_is_walked_to_its_total() -> None:
    routes = [
        listing(0, range(1, 9), 20),
        listing(8, range(9, 17), 20),
        listing(16, range(17, 21), 20),
        *map(call, range(1, 21)),
    ]
    with play(routes, {"hr_eu_fondovi": (20, 20)}) as site:
        report = crawl_site(site, ["hr_eu_fondovi"])["hr_eu_fondovi"]
        browsed = sum("browse" in line for line in site.asked)
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert (len(report.seen), report.announced, report.duplicates) == (20, 20, 0)
    assert browsed == 3


def once(route: Route) -> Route:
    return replace(route, times=1)


def test_a_list_that_moves_while_it_is_read_is_walked_until_it_is_whole() -> None:
    """A call that is published meanwhile comes first, and pushes one over the page's end."""
    routes = [
        once(listing(0, range(2, 10), 19)),
        listing(8, [9, *range(10, 17)], 20),
        listing(16, range(17, 21), 20),
        listing(0, [1, *range(2, 9)], 20),
        *map(call, range(1, 21)),
    ]
    with play(routes, {"hr_eu_fondovi": (20, 20)}) as site:
        report = crawl_site(site, ["hr_eu_fondovi"])["hr_eu_fondovi"]
        browsed = sum("browse" in line for line in site.asked)
        visits = sum("/MISPublicApi/poziv/" in line for line in site.asked) - browsed
    assert report.seen == {f"{API}/{number}" for number in range(1, 21)}
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert (report.duplicates, browsed, visits) == (1, 6, 20)


def test_a_record_that_goes_while_the_list_is_read_hides_no_other() -> None:
    """The total alone tells: the records that follow have moved up, and one was passed over."""
    routes = [
        once(listing(0, range(1, 9), 20)),
        once(listing(8, range(10, 18), 19)),  # 5 is gone, so 9 stands on the first page now
        once(listing(16, range(18, 21), 19)),
        listing(0, [1, 2, 3, 4, 6, 7, 8, 9], 19),
        listing(8, range(10, 18), 19),
        listing(16, range(18, 21), 19),
        *map(call, range(1, 21)),
    ]
    with play(routes, {"hr_eu_fondovi": (19, 20)}) as site:
        report = crawl_site(site, ["hr_eu_fondovi"])["hr_eu_fondovi"]
    assert report.seen == {f"{API}/{number}" for number in range(1, 21)}
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])


def test_a_list_that_repeats_what_it_counts_is_never_taken_for_whole() -> None:
    routes = [
        listing(0, range(1, 9), 20),
        listing(8, range(8, 16), 20),
        listing(16, range(16, 20), 20),
        *map(call, range(1, 20)),
    ]
    with play(routes, {"hr_eu_fondovi": (19, 20)}) as site:
        report = crawl_site(site, ["hr_eu_fondovi"])["hr_eu_fondovi"]
        browsed = sum("browse" in line for line in site.asked)
    assert report.state is CrawlState.PARTIAL
    assert report.reason == "the portal announces 20 and gave 19"
    assert (len(report.seen), report.duplicates, browsed) == (19, 1, 6)


def test_a_record_that_stands_twice_on_one_page_hides_nothing() -> None:
    routes = [listing(0, [1, 2, 2, 3], 4), *map(call, range(1, 4))]
    with play(routes, {"hr_eu_fondovi": (3, 4)}) as site:
        report = crawl_site(site, ["hr_eu_fondovi"])["hr_eu_fondovi"]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert (len(report.seen), report.announced, report.duplicates) == (3, 4, 1)


def test_a_list_that_never_stands_still_is_partial() -> None:
    routes = [
        *(once(listing(0, range(1, 9), 9 + walk)) for walk in range(3)),
        *(once(listing(8, range(9, 11 + walk), 10 + walk)) for walk in range(3)),
        *map(call, range(1, 13)),
    ]
    with play(routes, {"hr_eu_fondovi": (1, 20)}) as site:
        report = crawl_site(site, ["hr_eu_fondovi"])["hr_eu_fondovi"]
    assert report.state is CrawlState.PARTIAL
    assert report.reason.startswith("the list was still changing on walk 3")


def test_a_list_that_ends_early_is_partial() -> None:
    routes = [listing(0, range(1, 4), 9), listing(3, range(0), 9), *map(call, range(1, 4))]
    with play(routes, {"hr_eu_fondovi": (1, 9)}) as site:
        report = crawl_site(site, ["hr_eu_fondovi"])["hr_eu_fondovi"]
    assert report.state is CrawlState.PARTIAL
    assert kinds(report) == ["fewer_than_announced"]


def test_a_server_that_does_not_heed_the_offset_is_left() -> None:
    routes = [
        *(listing(start, range(1, 4), 100) for start in range(0, 40, 3)),
        *map(call, range(1, 4)),
    ]
    with play(routes, {"hr_eu_fondovi": (1, 100)}) as site:
        report = crawl_site(site, ["hr_eu_fondovi"])["hr_eu_fondovi"]
    assert report.state is CrawlState.PARTIAL
    assert report.reason.startswith("the list repeats itself")
    assert sum("browse" in line for line in site.asked) == 4


def test_a_portal_out_of_reach_closes_nothing() -> None:
    with play([Route(LIST.format(0), b"", 503)]) as site:
        report = crawl_site(site, ["hr_eu_fondovi"], retries=0)["hr_eu_fondovi"]
    assert report.state is CrawlState.UNREACHABLE
    assert report.reason == "the portal answers with status 503"
    assert report.seen == frozenset()


def test_a_list_without_a_total_ends_at_a_short_page() -> None:
    def answer(start: int, numbers: range) -> Route:
        query = (
            f"limit=200&offset={start}&sortBy=PUBLISH_DATE&sort=DESC&queryString=&status=ACTIVE"
            "&validity=ACTIVE&queryFullContent=true&language=SL"
        )
        items = [{"title": f"Razpis {n}", "link": f"razpis-{n}"} for n in numbers]
        return Route(
            f"https://www.spiritslovenia.si/api/v1/backend/tender/paginatedlist?{query}",
            json.dumps({"data": {"items": items}}).encode(),
            headers=JSON,
        )

    routes = [answer(0, range(200)), answer(200, range(200, 230))]
    with play(routes, {"si_spirit": (230, 230)}) as site:
        report = crawl_site(site, ["si_spirit"])["si_spirit"]
    assert len(report.seen) == 230
    assert site.unknown == []
