"""Croatian lists: an accordion whose ids wobble, a list whose paging was never seen."""

from datetime import timedelta

from crawlers.playback import Route
from schema.crawls import CrawlState
from tests.support.loopback import HTML, MONDAY, Stores, crawl_site, kinds, play

HRZZ = "https://hrzz.hr/prijava/otvoreni-natjecaji/"
RURAL = "https://ruralnirazvoj.hr/natjecaji"
TEXT = "<p>Na ovoj su stranici svi natječaji na koje se prijavitelji mogu prijaviti.</p>" * 4


def accordion(rendering: str, *titles: str) -> bytes:
    cards = "".join(
        f'<a class="ekit-accordion--toggler" data-target="#Collapse-abcde{number:02}{rendering}">'
        f'<span class="ekit-accordion-title">{title}</span></a>'
        f'<div id="Collapse-abcde{number:02}{rendering}"><p>Rok za prijavu: 1. 12. 2020.</p></div>'
        for number, title in enumerate(titles)
    )
    return f'<html lang="hr"><body>{TEXT}{cards}</body></html>'.encode()


def test_an_entry_keeps_its_identity_when_its_ids_are_made_anew() -> None:
    stores: Stores = {}
    seen = []
    for week, rendering in enumerate(("6a3d8ceca7c0c", "6b4e9dfdb8d1d")):
        body = accordion(rendering, "Projekti (IP-2020)", "Karijere (DOK-2020-01)")
        with play([Route(HRZZ, body, headers=HTML)], {"hr_hrzz": (2, 2)}) as site:
            now = MONDAY + timedelta(days=7 * week)
            report = crawl_site(site, ["hr_hrzz"], stores, now)["hr_hrzz"]
        assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
        seen.append(report.seen)
    assert seen == [{"abcde00", "abcde01"}] * 2


def call_page(number: int) -> bytes:
    return (
        f'<html lang="hr"><body><main><p>Natječaji</p><h2>Natječaj {number}</h2>'
        f"<span>Zatvoren</span><b>Datum objave</b><i>1. 7. 2020</i><b>Kraj prijave</b>"
        f"<i>31. 12. 2020</i>{TEXT}</main></body></html>"
    ).encode()


def card_page(numbers: range, following: str = "") -> bytes:
    cards = "".join(
        f'<article class="tender__item"><h2 class="tender-title"><a href="/natjecaji/n-{n}/">'
        f"Natječaj {n}</a></h2></article>"
        for n in numbers
    )
    return f'<html lang="hr"><body>{TEXT}{cards}{following}</body></html>'.encode()


def test_a_list_is_followed_where_it_turns_out_to_have_pages() -> None:
    link = '<a class="next" href="/natjecaji/page/2/">Dalje</a>'
    routes = [
        Route(f"{RURAL}/", card_page(range(6), link), headers=HTML),
        Route(f"{RURAL}/page/2/", card_page(range(6, 9)), headers=HTML),
        *(Route(f"{RURAL}/n-{n}/", call_page(n), headers=HTML) for n in range(9)),
    ]
    with play(routes, {"hr_ruralnirazvoj": (9, 9)}) as site:
        report = crawl_site(site, ["hr_ruralnirazvoj"])["hr_ruralnirazvoj"]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert len(report.seen) == 9
    assert site.unknown == []
