"""JSON lists by offset: walked to the announced total, whatever the server's own page size."""

import json

from crawlers.playback import Route
from schema.crawls import CrawlState
from tests.loopback import JSON, crawl_site, kinds, play

API = "https://ekohezija.gov.hr/MISPublicApi/poziv"
LIST = (
    f"{API}/browse/?status=Otvoren&op=kk&fond=&vpd=&podrucje=&tijelo&statusIds%5B%5D=Otvoren"
    "&top=1000&skip={}"
)


def listing(start: int, numbers: range, total: int) -> Route:
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


def test_a_list_is_walked_to_its_total_and_a_repeated_record_counted() -> None:
    routes = [
        listing(0, range(1, 9), 20),
        listing(8, range(8, 16), 20),  # it moved on by one while it was read
        listing(16, range(16, 20), 20),
        *map(call, range(1, 20)),
    ]
    with play(routes, {"hr_eu_fondovi": (19, 20)}) as site:
        outcome = crawl_site(site, ["hr_eu_fondovi"])["hr_eu_fondovi"]
    assert (outcome.state, kinds(outcome)) == (CrawlState.COMPLETE, [])
    assert (len(outcome.seen), outcome.announced, outcome.duplicates) == (19, 20, 1)


def test_a_list_that_ends_early_is_partial() -> None:
    routes = [listing(0, range(1, 4), 9), listing(3, range(0), 9), *map(call, range(1, 4))]
    with play(routes, {"hr_eu_fondovi": (1, 9)}) as site:
        outcome = crawl_site(site, ["hr_eu_fondovi"])["hr_eu_fondovi"]
    assert outcome.state is CrawlState.PARTIAL
    assert kinds(outcome) == ["fewer_than_announced"]


def test_a_server_that_does_not_heed_the_offset_is_left() -> None:
    routes = [
        *(listing(start, range(1, 4), 100) for start in range(0, 40, 3)),
        *map(call, range(1, 4)),
    ]
    with play(routes, {"hr_eu_fondovi": (1, 100)}) as site:
        outcome = crawl_site(site, ["hr_eu_fondovi"])["hr_eu_fondovi"]
    assert outcome.state is CrawlState.PARTIAL
    assert outcome.reason.startswith("the list repeats itself")
    assert sum("browse" in line for line in site.asked) == 4


def test_a_portal_out_of_reach_closes_nothing() -> None:
    with play([Route(LIST.format(0), b"", 503)]) as site:
        outcome = crawl_site(site, ["hr_eu_fondovi"], retries=0)["hr_eu_fondovi"]
    assert outcome.state in (CrawlState.EMPTY, CrawlState.UNREACHABLE)
    assert outcome.seen == frozenset()


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
        outcome = crawl_site(site, ["si_spirit"])["si_spirit"]
    assert len(outcome.seen) == 230
    assert site.unknown == []
