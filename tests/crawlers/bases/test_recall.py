"""Recall: a long list that moves while it is read is collected completely."""

import json
import random
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
from scrapy import Request

from crawlers import registry
from crawlers.bases.listing import Cards, ListingSpider
from crawlers.bases.portal import PortalSpider
from crawlers.bases.records import RecordsSpider, rows_at
from crawlers.bases.sedia import SediaSpider, read_results
from crawlers.bases.wordpress import WordPressSpider, read_posts
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, Row, read_rows
from crawlers.playback import Playback, Route
from schema.crawls import CrawlState
from schema.notices import RawNotice
from tests.support.loopback import HTML, JSON, XML, Stores, call_page, crawl_site

NOTICES, PAGES = 1200, 60
PER_PAGE = NOTICES // PAGES
HOST = "https://www.aris-rs.si"
PORTAL = "si_aris"
"""A portal whose expectations name no labels of its own."""


class MovingPortal(Playback):
    """Serves a list that is put together anew for every request."""

    def __init__(self, routes: list[Route], answer: Callable[[str], Route | None]) -> None:
        super().__init__(routes)
        self._live = answer

    def answer(self, method: str, target: str, body: bytes) -> Route | None:
        """Ask the portal first, then the fixed routes."""
        with self._lock:
            route = self._live(target)
            if route is not None:
                self.asked.append(f"{method} {target}")
                return route
        return super().answer(method, target, body)


FOOTER = "<p>La Regione pubblica qui i bandi rivolti a imprese, enti e cittadini.</p>" * 4


class Moving(ListingSpider):
    """A list without any order to page by, under the name of a portal that is registered."""

    name = PORTAL
    readers = {"listing": Cards(card="article", source_id=r"/bando/(?P<source_id>\d+)$").read}
    listings = (f"{HOST}/bandi?page={{page}}",)
    totals = r"(?P<notices>\d+) bandi"


def read_records(page: Page) -> ParseResult:
    return read_rows(rows_at(page, ("rows",)), read_record, page)


def read_record(row: Row, page: Page) -> RawNotice | None:
    if row["id"] % 100 == 0:
        return None  # dropped on purpose
    return RawNotice(page.portal, str(row["id"]), page.url, f"Bando {row['id']}")


class MovingRecords(RecordsSpider):
    """The same as an interface that gives records by offset, of which some are dropped."""

    name = PORTAL
    readers = {"register": read_records}
    rows = ("rows",)
    total = ("total",)
    page_size = PER_PAGE

    def request_records(self, start: int) -> Request:
        return self.request_page(f"{HOST}/bandi?page={1 + start // PER_PAGE}", start)


def records_of(numbers: list[int]) -> bytes:
    return json.dumps({"total": NOTICES, "rows": [{"id": number} for number in numbers]}).encode()


@pytest.mark.parametrize("base", [Moving, MovingRecords])
def test_1200_notices_over_60_pages_that_move_while_they_are_read(
    base: type[PortalSpider], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The latest changed stands first: a call that is changed meanwhile jumps over the reader.

    Each jump repeats a row at the next page's start, and hides the one that jumped.
    """
    monkeypatch.setattr(registry, "spider", lambda _: base)
    chance = random.Random(7)  # noqa: S311 - reproducible, not secret
    order = list(range(NOTICES))
    asked: list[int] = []
    jumped: set[int] = set()

    def answer(target: str) -> Route | None:
        page = parse_qs(urlsplit(f"//{target}").query).get("page")
        if page is None:
            return None
        number = int(page[0])
        asked.append(number)
        if len(asked) % 3 == 0 and len(asked) < 2 * PAGES:
            moved = order.pop(chance.randrange(len(order)))
            order.insert(0, moved)
            jumped.add(moved)
        met = order[(number - 1) * PER_PAGE : number * PER_PAGE]
        if base is MovingRecords:
            return Route(HOST, records_of(met), headers=JSON)
        return Route(HOST, listing_of(met), headers=HTML)

    wanted = {str(n) for n in range(NOTICES) if base is Moving or n % 100}
    with MovingPortal([Route(f"{HOST}/robots.txt", b"")], answer) as site:
        report = crawl_site(site, [PORTAL], expect={PORTAL: (len(wanted), NOTICES)})[PORTAL]
    assert len(jumped) >= 20
    assert max(asked[:PAGES]) == PAGES
    assert report.seen == wanted
    assert report.announced == NOTICES
    assert report.duplicates >= 5
    assert report.state is CrawlState.COMPLETE, report.reason


class MovingPosts(WordPressSpider):
    """A site of WordPress."""

    name = PORTAL
    readers = {"register": read_posts}


class MovingResults(SediaSpider):
    """A search of the Commission's."""

    name = PORTAL
    types, statuses = ("1",), ("31094502",)
    readers = {"register": read_results}


def posts_of(numbers: list[int], total: int) -> Route:
    posts = [
        {
            "id": number,
            "link": f"{HOST}/{number}/",
            "date": "2020-11-16T08:00:00",
            "modified": "2020-11-16T08:00:00",
            "title": {"rendered": f"Bando {number}"},
            "content": {"rendered": "<p>Contributi alle imprese.</p>"},
        }
        for number in numbers
    ]
    totals = {"X-WP-Total": str(total), "X-WP-TotalPages": str(-(-total // 100))}
    return Route(HOST, json.dumps(posts).encode(), headers={**JSON, **totals})


def results_of(numbers: list[int], total: int) -> Route:
    results = [
        {"reference": str(number), "metadata": {"identifier": [str(number)], "title": ["Call"]}}
        for number in numbers
    ]
    body = json.dumps({"totalResults": total, "results": results}).encode()
    return Route(HOST, body, headers=JSON)


@pytest.mark.parametrize(
    ("base", "answer_with", "parameter"),
    [(MovingPosts, posts_of, "page"), (MovingResults, results_of, "pageNumber")],
)
def test_what_slips_back_when_others_are_taken_away(
    base: type[PortalSpider],
    answer_with: Callable[[list[int], int], Route],
    parameter: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In a fixed order, what is taken away behind the reader lets the next slip past him."""
    monkeypatch.setattr(registry, "spider", lambda _: base)
    order = list(range(NOTICES))
    gone: list[int] = []
    asked: list[int] = []

    def answer(target: str) -> Route | None:
        page = parse_qs(urlsplit(f"//{target}").query).get(parameter)
        if page is None:
            return None
        asked.append(int(page[0]))
        if len(asked) in (4, 7):
            gone.append(order.pop(0))
        start = (asked[-1] - 1) * 100
        return answer_with(order[start : start + 100], len(order))

    hosts = (HOST, f"https://{SediaSpider.hosts[0]}")
    with MovingPortal([Route(f"{host}/robots.txt", b"") for host in hosts], answer) as site:
        report = crawl_site(site, [PORTAL], expect={PORTAL: (1, NOTICES)})[PORTAL]
    assert len(gone) == 2
    assert asked.count(1) == 2  # once more, and that was all
    assert len(report.seen) == NOTICES
    assert report.announced == NOTICES - 2
    assert report.state is CrawlState.COMPLETE, report.reason


def listing_of(numbers: list[int]) -> bytes:
    cards = "".join(
        f"<article><h2>Bando {n}</h2><p>Contributi alle imprese.</p>"
        f"<a href='/bando/{n}'>Leggi</a></article>"
        for n in numbers
    )
    body = f"<p>{NOTICES} bandi</p>{cards}{FOOTER}"
    return f"<html><title>Bandi</title><body>{body}</body></html>".encode()


def test_a_sitemap_of_1200_calls_names_many_of_them_twice() -> None:
    base = "https://www.bandi.regione.lombardia.it/servizi"
    chance = random.Random(7)  # noqa: S311 - reproducible, not secret
    codes = [f"RLX{number:05}" for number in range(NOTICES)]
    addresses = [f"{base}/servizio/bandi/dettaglio/a/prova-{code}" for code in codes]
    twice = [url.replace("/bandi/", "/catalogo/") for url in chance.sample(addresses, 200)]
    listed = addresses + twice
    chance.shuffle(listed)
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in listed)

    def answer(target: str) -> Route | None:
        code = target.rpartition("-")[2]
        return Route(target, call_page(code), headers=HTML) if "RLX" in code else None

    fixed = [
        Route(f"{base}/sitemap.xml", f"<urlset>{entries}</urlset>".encode(), headers=XML),
        Route("https://www.bandi.regione.lombardia.it/robots.txt", b""),
    ]
    stores: Stores = {}
    with MovingPortal(fixed, answer) as site:
        report = crawl_site(site, ["it_lombardia"], stores, expect={"it_lombardia": (1, 5000)})[
            "it_lombardia"
        ]
    assert report.seen == set(codes)
    assert report.duplicates == 200
    assert report.state is CrawlState.COMPLETE
    assert len(stores["it_lombardia"].of_kind("call")) == NOTICES
