"""Registers behind interfaces: paged by offset to the announced end, or whole files."""

import json
from collections.abc import Iterable

import pytest

from crawlers import registry
from crawlers.bases.bulk import csv_rows
from crawlers.bases.plone import read_blocks
from crawlers.crawl_record import CrawlRecord
from crawlers.pages.page import Page, PageChangedError
from crawlers.playback import Route
from schema.crawls import CrawlState
from schema.exchanges import Exchange
from tests.support.loopback import HTML, JSON, MONDAY, crawl_site, kinds, play

CSV = {"Content-Type": "text/csv; charset=UTF-8"}
CALENDAR = "https://www.provincia.tn.it/customexport/dataset-csv_resource-{}"
HEADER = "STATO;INTERVENTO;DATA APERTURA;DATA CHIUSURA;IMPORTO (Euro)\n"


def first_url(stem: str) -> str:
    return next(iter(registry.spider(stem)().begin())).url


def test_an_index_is_read_to_the_announced_end_and_counted_without_repetitions() -> None:
    def answer(numbers: Iterable[int]) -> bytes:
        docs = [
            {
                "zs_nid": str(n),
                "zs_title": f"Incentivo {n}",
                "zs_url": f"/it/catalogo/{n}",
                "zs_body": "Cos'è Un contributo alle imprese.",
                "zs_field_open_date": "2020-10-01T00:00:00",
                "zs_field_close_date": "2020-12-31T00:00:00",
                "zs_field_subject_grant": "Ministero",
            }
            for n in numbers
        ]
        return json.dumps({"response": {"numFound": 1203, "start": 0, "docs": docs}}).encode()

    url = first_url("it_incentivi_gov")
    assert "start=0" in url
    pages = {0: range(500), 500: range(498, 998), 1000: range(998, 1201)}
    routes = [
        Route(url.replace("start=0", f"start={start}"), answer(numbers), headers=JSON)
        for start, numbers in pages.items()
    ]
    with play(routes, {"it_incentivi_gov": (1200, 1210)}) as site:
        report = crawl_site(site, ["it_incentivi_gov"])["it_incentivi_gov"]
    assert (len(report.seen), report.announced, report.duplicates) == (1201, 1203, 2)
    assert (report.state, site.unknown) == (CrawlState.PARTIAL, [])
    assert report.reason == "the portal announces 1203 and gave 1201"  # two may be hidden


def test_a_plone_site_is_asked_for_its_calls_alone() -> None:
    def answer(numbers: Iterable[int]) -> bytes:
        items = [
            {
                "@id": f"https://sociale.regione.emilia-romagna.it/bandi/{n}",
                "UID": f"{n:032x}",
                "title": f"Bando {n}",
                "effective": "2020-10-01T09:00:00+00:00",
                "scadenza_bando": "2020-12-31T11:00:00+00:00",
                "bando_state": ["open", "Attivo"],
            }
            for n in numbers
        ]
        return json.dumps({"items_total": 60, "items": items}).encode()

    url = first_url("it_emilia_romagna_sociale")
    assert "/leggi-atti-bandi/bandi/@search?portal_type=Bando&" in url
    assert "++api++" in first_url("it_emilia_romagna")
    routes = [
        Route(url, answer(range(50)), headers=JSON),
        Route(url.replace("b_start=0", "b_start=50"), answer(range(50, 60)), headers=JSON),
    ]
    with play(routes) as site:
        report = crawl_site(site, ["it_emilia_romagna_sociale"])["it_emilia_romagna_sociale"]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert (len(report.seen), report.announced) == (60, 60)


def test_blocks_of_both_editors_are_read_in_their_order() -> None:
    old = {"@type": "text", "text": {"blocks": [{"text": "Prima riga"}, {"text": "Seconda riga"}]}}
    leaf = {"text": "in fondo", "bold": True}
    deep = {"@type": "slate", "value": [{"type": "ul", "children": [{"children": [leaf]}]}]}
    text = {"blocks": {"z": old, "a": deep}, "blocks_layout": {"items": ["z", "gone", "a"]}}
    assert list(read_blocks(text)) == [
        "<p>Prima riga</p>",
        "<p>Seconda riga</p>",
        "<p>in fondo</p>",
    ]


def calendar(*names: str) -> bytes:
    rows = "".join(f"aperto;{name};01/12/2020;31/12/2020;1.000,00\n" for name in names)
    return ("\ufeff" + HEADER + rows).encode()


def test_every_file_of_a_register_is_read() -> None:
    numbers = (27837, 27833, 27806)
    routes = [
        Route(CALENDAR.format(number), calendar(f"SRA{number}", "SRB01"), headers=CSV)
        for number in numbers
    ]
    with play(routes, {"it_trento": (4, 4)}) as site:
        report = crawl_site(site, ["it_trento"])["it_trento"]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert (len(report.seen), report.duplicates) == (4, 2)


@pytest.mark.parametrize(
    "last",
    [
        Route(CALENDAR.format(27806), b"", 404, HTML),
        Route(CALENDAR.format(27806), b"<html><p>Manutenzione</p></html>", headers=CSV),
        Route(CALENDAR.format(27806), b"NOME;COGNOME\na;b\n", headers=CSV),
    ],
    ids=["missing", "no table", "another table"],
)
def test_a_file_that_cannot_be_read_is_a_gap(last: Route) -> None:
    routes = [
        Route(CALENDAR.format(number), calendar("SRB01"), headers=CSV) for number in (27837, 27833)
    ]
    with play([*routes, last], {"it_trento": (1, 4)}) as site:
        report = crawl_site(site, ["it_trento"])["it_trento"]
    assert report.state is CrawlState.PARTIAL
    assert "27806" in report.reason


def test_a_list_that_its_reader_cannot_read_is_a_gap_in_every_base() -> None:
    """The readers of feeds find out themselves that a page is none."""
    spider = registry.spider("hr_ra_vsz")
    record = CrawlRecord(registry.load()["hr_ra_vsz"])
    page = Page(Exchange("hr_ra_vsz", "register", "https://www.ra-vsz.hr/x", MONDAY, 200, b"<rss"))
    assert list(spider(record).parse_notices(page)) == []
    assert [issue.kind for issue in record.issues] == ["unreadable_page"]
    assert record.faults.gaps[0].startswith("the register /x could not be read: no feed")


def test_cells_may_be_missing_quoted_or_too_many() -> None:
    body = b'A,B\n1,"2, with ""quotes""\nand a line"\n\n3\n4,5,6\n ,\n'
    page = Page(Exchange("it_trento", "register", "https://example.org/x.csv", MONDAY, 200, body))
    assert list(csv_rows(page, ("A",))) == [
        {"A": "1", "B": '2, with "quotes"\nand a line'},
        {"A": "3", "B": ""},
        {"A": "4", "B": "5"},
    ]
    with pytest.raises(PageChangedError, match="no column 'C'"):
        list(csv_rows(page, ("A", "C")))
