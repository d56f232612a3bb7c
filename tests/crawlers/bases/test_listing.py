"""Paged lists: walked to their end, walked again while they move, never walked for ever."""

from collections.abc import Iterable, Sequence

import pytest

from crawlers import registry
from crawlers.bases.listing import Cards, ListingSpider
from crawlers.pages.page import Page
from crawlers.playback import Playback, Route
from schema.crawls import CrawlReport, CrawlState
from schema.notices import RawNotice
from tests.support.loopback import HTML, crawl_site, kinds, play

COUNTED = "https://www.sardegnaimpresa.eu/it/agevolazioni?sort_by=scadenza_agevolazione&page={}"
LINKED = "https://bandi.regione.piemonte.it/contributi-finanziamenti"
TOTALLED = (
    "https://pr2127.regione.puglia.it/elenco-avvisi-pubblicati?p_p_id=RicercaNews_INSTANCE_HR72zDg9"
    "uWt0&p_p_lifecycle=2&p_p_state=normal&p_p_mode=view&p_p_resource_id=%2Fricerca%2Fnews%2Fnews-li"
    "st&p_p_cacheability=cacheLevelPage&_RicercaNews_INSTANCE_HR72zDg9uWt0_delta=20&_RicercaNews_INS"
    "TANCE_HR72zDg9uWt0_cur={}"
)
PER_PAGE = 20
FIELD = '<div class="field--name-field-{}"><{}>{}</{}></div>'
DEADLINE = FIELD.format("data-scadenza-agevolazione", "time", "31/12/2020 - 23:59", "time")
OBJECT = FIELD.format("oggetto-bando", 'p class="field--item"', "Contributi alle imprese.", "p")


def counted_page(numbers: Iterable[int]) -> bytes:
    cards = "".join(
        f'<article class="node--type-bando"><h2 class="node__title"><a href="/it/agevolazioni/{n}">'
        f"Bando numero {n}</a></h2>{DEADLINE}{OBJECT}</article>"
        for n in numbers
    )
    intro = "<p>Qui si trovano le agevolazioni per le imprese della Sardegna.</p>" * 5
    return f'<html lang="it"><title>Agevolazioni</title><body>{intro}{cards}</body></html>'.encode()


def crawl_counted(
    routes: Sequence[Route], expected: tuple[int, int] = (1, 9999), **changed: object
) -> tuple[CrawlReport, Playback]:
    with play(routes, {"it_sardegna": expected}) as site:
        return crawl_site(site, ["it_sardegna"], **changed)["it_sardegna"], site


def counted_routes(*pages: Iterable[int]) -> list[Route]:
    return [
        Route(COUNTED.format(number), counted_page(numbers), headers=HTML)
        for number, numbers in enumerate(pages)
    ]


def asked_pages(site: Playback) -> list[str]:
    return [line for line in site.asked if "robots.txt" not in line]


def test_pages_are_counted_through_until_one_is_missing() -> None:
    report, site = crawl_counted(counted_routes(range(20), range(20, 40), range(40, 45)), (45, 45))
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, ["route_closed"])
    assert (len(report.seen), report.duplicates) == (45, 0)
    assert len(asked_pages(site)) == 4


def test_an_empty_page_ends_a_counted_list() -> None:
    report, site = crawl_counted(counted_routes(range(20), range(20, 30), ()), (30, 30))
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert len(asked_pages(site)) == 3


@pytest.mark.parametrize(
    "page",
    [
        b"<html><title>Agevolazioni</title><body><p>Nessun altro bando.</p></body></html>",
        b"<html><title>Pagina non trovata</title><body></body></html>",
    ],
)
def test_a_page_that_says_that_there_is_no_more_ends_a_counted_list(page: bytes) -> None:
    after = Route(COUNTED.format(1), page, headers=HTML)
    report, _ = crawl_counted([*counted_routes(range(20)), after], (20, 20))
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, ["route_closed"])


@pytest.mark.parametrize(
    "page",
    [
        b"",
        b"<html><title>Agevolazioni</title><body></body></html>",
        b"<html><title>Accedi</title><body><p>Chi sei?</p><input type=password></body></html>",
    ],
)
def test_a_blank_page_or_a_wall_says_nothing_about_the_end_of_a_list(page: bytes) -> None:
    after = Route(COUNTED.format(1), page, headers=HTML)
    report, _ = crawl_counted([*counted_routes(range(20)), after], (20, 20))
    assert report.state is CrawlState.PARTIAL
    assert "page 2 of a list could not be read" in report.reason


def test_a_list_without_entries_is_not_taken_for_an_empty_one() -> None:
    report, _ = crawl_counted(counted_routes(()))
    assert report.state is CrawlState.EMPTY
    assert kinds(report)[0] == "unreadable_page"
    assert "no entry on page 1" in report.reason


def test_a_page_in_error_is_a_gap() -> None:
    broken = Route(COUNTED.format(1), b"<h1>oops</h1>", 403, HTML)
    report, _ = crawl_counted([*counted_routes(range(20)), broken])
    assert report.state is CrawlState.PARTIAL
    assert "page 2 of a list could not be read" in report.reason


def test_a_list_that_goes_on_for_ever_is_left_after_three_pages() -> None:
    report, site = crawl_counted(counted_routes(range(20), *[range(10, 20)] * 50), (20, 20))
    assert report.state is CrawlState.COMPLETE
    assert len(report.seen) == 20
    assert len(asked_pages(site)) == 4


def test_a_sample_asks_for_no_further_page() -> None:
    report, site = crawl_counted(counted_routes(range(20), range(20, 40)), sample=5)
    assert report.state is CrawlState.PARTIAL
    assert len(report.seen) == 5
    assert len(asked_pages(site)) == 1


def test_1200_notices_are_collected_from_a_list_that_moves_under_our_hands() -> None:
    """While 60 pages are read, entries rise to the top: some are met twice, others slip by."""
    listed = list(range(1200))
    routes = []
    for number in range(60):
        start = number * PER_PAGE
        page = counted_page(listed[start : start + PER_PAGE])
        routes.append(Route(COUNTED.format(number), page, headers=HTML, times=1))
        if number % 7 == 3:  # one that was not read yet is changed, and stands first now
            listed.insert(0, listed.pop(min(start + PER_PAGE + 5, 1199)))
        if number % 11 == 5:  # two that were read change places with two that were not
            ahead = slice(start + 3 * PER_PAGE, start + 3 * PER_PAGE + 2)
            listed[0:2], listed[ahead] = listed[ahead], listed[0:2]
    met = {int(n) for route in routes for n in _numbers(route.body)}
    assert len(met) < 1200, "the first walk alone must not be enough"
    pages = (listed[start : start + PER_PAGE] for start in range(0, 1200, PER_PAGE))
    report, _ = crawl_counted([*routes, *counted_routes(*pages)], (1200, 1200))
    assert report.state is CrawlState.COMPLETE
    assert len(report.seen) == 1200
    assert report.duplicates == 1200 - len(met)


def _numbers(body: bytes) -> list[str]:
    return [part.split('"')[0] for part in body.decode().split("/it/agevolazioni/")[1:]]


def test_a_list_that_never_rests_is_partial() -> None:
    routes = []
    for walk in range(3):
        first = [*range(1, 20), 100 + walk]
        pages = (first, [19, *range(20, 30), 200 + walk])
        routes += [
            Route(COUNTED.format(number), counted_page(page), headers=HTML, times=1)
            for number, page in enumerate(pages)
        ]
    report, _ = crawl_counted(routes)
    assert report.state is CrawlState.PARTIAL
    assert "still changing" in report.reason
    assert len(report.seen) == 35


# Lists that link from page to page, and whose cards lead on


def card(name: str) -> str:
    return f'<article about="/contributi-finanziamenti/{name}"><h2>Bando {name}</h2></article>'


def linked_page(*names: str, total: int, following: str = "") -> bytes:
    link = f'<a rel="next" href="{following}">›</a>' if following else ""
    intro = "La Regione pubblica qui contributi e finanziamenti per chi lavora in Piemonte. " * 4
    cards = "".join(map(card, names))
    return (
        f"<html lang='it'><title>Bandi</title><body><p>{intro}</p>"
        f"<strong>{total} risultati</strong>{cards}{link}</body></html>"
    ).encode()


def own_page(name: str) -> Route:
    text = "La Regione sostiene chi investe nei comuni di montagna con un contributo. " * 4
    body = (
        f"<html lang='it'><title>{name}</title><body><h1>Bando {name}</h1><article>"
        f"<dl class='field field--name-field-stato'><dd class='field__item'>Aperto</dd></dl>"
        f"<div class='field field--type-text-long'>{text}</div></article></body></html>"
    )
    return Route(f"{LINKED}/{name}", body.encode(), headers=HTML)


def crawl_linked(*routes: Route, expected: int) -> tuple[CrawlReport, Playback]:
    quiet = [
        Route(f"{LINKED}?field_stato_target_id={number}", linked_page(total=0), headers=HTML)
        for number in (19, 87, 23)
    ]
    answered = {route.url for route in routes}
    rest = [route for route in quiet if route.url not in answered]
    with play([*routes, *rest], {"it_piemonte": (expected, expected)}) as site:
        return crawl_site(site, ["it_piemonte"])["it_piemonte"], site


def test_links_are_followed_and_each_notice_is_visited_once() -> None:
    first = f"{LINKED}?field_stato_target_id=19"
    report, site = crawl_linked(
        Route(first, linked_page("a", "b", total=4, following="?f=2"), headers=HTML),
        Route(f"{LINKED}?f=2", linked_page("b", "c", total=4), headers=HTML),
        *map(own_page, "abc"),
        expected=3,
    )
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert (len(report.seen), report.announced, report.duplicates) == (3, 4, 1)
    visits = [line for line in site.asked if "?" not in line and "robots" not in line]
    assert len(visits) == len(set(visits)) == 3


def test_a_linked_page_without_entries_is_a_gap() -> None:
    first = f"{LINKED}?field_stato_target_id=19"
    report, _ = crawl_linked(
        Route(first, linked_page("a", total=2, following="?f=2"), headers=HTML),
        Route(f"{LINKED}?f=2", linked_page(total=2), headers=HTML),
        own_page("a"),
        expected=1,
    )
    assert report.state is CrawlState.PARTIAL
    assert "fewer_than_announced" in kinds(report)


def test_lists_of_which_all_say_that_they_are_empty_are_complete() -> None:
    report, _ = crawl_linked(expected=0)
    assert report.state is CrawlState.COMPLETE
    assert report.reason == "the portal says that nothing is open"


def test_a_portal_that_has_nothing_where_much_is_expected_is_empty_and_closes_nothing() -> None:
    report, _ = crawl_linked(expected=20)
    assert report.state is CrawlState.EMPTY
    assert "nothing is open, where at least 20 are expected" in report.reason
    assert kinds(report) == ["fewer_than_expected"]


def test_one_list_that_is_empty_does_not_speak_for_one_that_failed() -> None:
    refused = Route(f"{LINKED}?field_stato_target_id=19", b"<h1>oops</h1>", 404, HTML)
    report, _ = crawl_linked(refused, expected=0)
    assert report.state is not CrawlState.COMPLETE


def read(page: Page) -> RawNotice:
    return RawNotice(page.portal, page.url, page.url, page.one("h1", field="title"))


class TwoLists(ListingSpider):
    """Two lists of which one has nothing, under the name of a portal that is registered."""

    name = "it_piemonte"
    readers = {
        "listing": Cards(card="article", link="::attr(about)", follow=True).read,
        "call": read,
    }
    listings = (f"{LINKED}?list=empty", f"{LINKED}?list=moving")
    next_link = "a[rel=next]::attr(href)"
    nothing = "0 risultati"


def test_one_list_that_is_empty_on_every_walk_does_not_speak_for_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """None of the notices that the other list names can be had: nothing says that none is open."""
    monkeypatch.setattr(registry, "spider", lambda _: TwoLists)
    empty, first, second = (f"{LINKED}?list={name}" for name in ("empty", "moving", "moving2"))
    routes = [
        Route(empty, linked_page(total=0), headers=HTML),
        Route(first, linked_page("a", "b", total=3, following=second), headers=HTML),
        Route(second, linked_page("b", "c", total=3), headers=HTML),
    ]
    with play(routes, {"it_piemonte": (0, 9)}) as site:
        report = crawl_site(site, ["it_piemonte"])["it_piemonte"]
    assert sum("list=empty" in line for line in site.asked) == 2, "it must be walked twice"
    assert report.state is CrawlState.EMPTY, report.reason
    assert len(report.seen) == 3


def test_words_in_a_script_do_not_make_a_list_empty() -> None:
    page = linked_page(total=3).replace(
        b"<body>", b"<body><script>const none = 'Nessun risultato';</script>"
    )
    changed = Route(f"{LINKED}?field_stato_target_id=19", page, headers=HTML)
    report, _ = crawl_linked(changed, expected=0)
    assert report.state is not CrawlState.COMPLETE


def test_fewer_entries_than_the_list_announces_are_partial() -> None:
    cards = "".join(
        f'<div class="news-list-item"><div class="titolo"><h2><a href="/web/x/-/{n}">Avviso {n} per'
        " chi cerca lavoro in Puglia</a></h2></div></div>"
        for n in range(20)
    )
    body = f"<div>{cards}<p>Mostrati 1 - 20 su 1.079 risultati.</p></div>".encode()
    with play([Route(TOTALLED.format(1), body, headers=HTML)]) as site:
        report = crawl_site(site, ["it_puglia_pr2127"])["it_puglia_pr2127"]
    assert report.state is CrawlState.PARTIAL
    assert report.announced == 1079
    assert "fewer_than_announced" in kinds(report)
