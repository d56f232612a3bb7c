"""Bases of the portals abroad: CKAN, forms and details by POST, Next.js data, feeds, <base>.

Over 400 lines because each base is shown a whole small site.
"""

import json
from datetime import timedelta
from typing import Any

import pytest

from crawlers.bases.feed import entries_of
from crawlers.bases.nextdata import props_of, write_rich_text
from crawlers.pages.page import Page, PageChangedError
from crawlers.playback import Route
from crawlers.spiders.es_bdns import API as BDNS
from crawlers.spiders.es_bdns import EsBdns
from crawlers.spiders.uk_find_a_grant import show_closing
from crawlers.spiders.uk_ukri import FILTER
from crawlers.spiders.us_grants_gov import show_moment
from schema.crawls import CrawlState
from schema.exchanges import Exchange
from tests.support.loopback import HTML, JSON, MONDAY, XML, Stores, crawl_site, kinds, play

TABLE = "https://data.ca.gov/api/3/action/datastore_search?resource_id=111c8c88-21f6-453c-ae2c-b4785a0624f5"
AVISOS = "https://portugal2030.pt/wp-json/avisos/query"
GRANTS = "https://api.grants.gov/v1/api"
FIND = "https://www.find-government-grants.service.gov.uk"
UKRI = "https://www.ukri.org/opportunity"
UKRI_LIST = f"{UKRI}/page/{{}}/?{FILTER}"
GERMAN = "https://www.foerderdatenbank.de"
PROSE = "<p>The fund pays for works on halls, bridges and streams in the whole country.</p>" * 5


def dump(value: Any) -> bytes:
    return json.dumps(value).encode()


# CKAN


def table_page(start: int, stop: int, total: int) -> Route:
    rows = [
        {
            "_id": number,
            "PortalID": str(number),
            "Title": f"Grant {number}",
            "Status": "active",
            "AgencyDept": "Agency",
            "Description": "Money for streams.",
            "ApplicationDeadline": "Ongoing",
        }
        for number in range(start, stop)
    ]
    answer = {"success": True, "result": {"records": rows, "total": total}}
    return Route(f"{TABLE}&limit=500&offset={start}&sort=_id", dump(answer), headers=JSON)


def test_a_ckan_table_is_read_to_its_announced_end() -> None:
    routes = [table_page(0, 500, 1130), table_page(500, 1000, 1130), table_page(1000, 1130, 1130)]
    with play(routes, {"us_california": (1130, 1130)}) as site:
        report = crawl_site(site, ["us_california"])["us_california"]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert (len(report.seen), report.announced) == (1130, 1130)


def test_a_ckan_table_that_breaks_off_is_partial() -> None:
    routes = [table_page(0, 500, 1130), table_page(500, 500, 1130)]
    with play(routes, {"us_california": (1, 2000)}) as site:
        report = crawl_site(site, ["us_california"])["us_california"]
    assert report.state is CrawlState.PARTIAL
    assert "fewer_than_announced" in kinds(report)


def test_a_ckan_error_with_status_200_is_no_empty_table() -> None:
    url = f"{TABLE}&limit=500&offset=0&sort=_id"
    routes = [Route(url, dump({"success": False, "error": {"message": "no"}}), headers=JSON)]
    with play(routes) as site:
        report = crawl_site(site, ["us_california"])["us_california"]
    assert report.state is CrawlState.EMPTY
    assert kinds(report) == ["unreadable_page"]


# POST


def avisos(*numbers: int) -> bytes:
    return dump(
        {
            "status": 201,
            "avisos": [
                {
                    "aviso": {
                        "avisoGlobalId": number,
                        "codigoAviso": f"PT-{number}",
                        "designacaoPT": f"Aviso {number}",
                    },
                    "calendario": {
                        "dataInicio": "2020-11-01T09:00:00",
                        "dataFimAtual": "2020-12-01",
                    },
                    "documentos": [
                        {"documentoDesignacao": "a.pdf", "path": "a b", "container": "c"}
                    ],
                }
                for number in numbers
            ],
        }
    )


@pytest.mark.parametrize("first", [0, 1], ids=["from 0", "from 1"])
def test_a_form_is_paged_whatever_its_first_page_is_called(first: int) -> None:
    """Page 0 may be the same as page 1: a page that repeats is not yet the end."""
    pages = {first: range(5), first + 1: range(5, 10), first + 2: range(10, 13)}
    if first:
        pages[0] = range(5)
    routes = [
        Route(
            AVISOS, avisos(*numbers), headers=JSON, method="POST", body_contains=(f"&page={page}",)
        )
        for page, numbers in pages.items()
    ]
    with play(routes, {"pt_portugal2030": (13, 13)}) as site:
        report = crawl_site(site, ["pt_portugal2030"])["pt_portugal2030"]
    assert (report.state, len(report.seen)) == (CrawlState.COMPLETE, 13)


def test_details_that_answer_to_post_are_asked_again_only_when_they_are_old() -> None:
    hits = {"errorcode": 0, "data": {"hitCount": 2, "oppHits": [{"id": "1"}, {"id": "2"}]}}
    details = [
        {
            "errorcode": 0,
            "data": {
                "id": number,
                "opportunityNumber": f"N-{number}",
                "opportunityTitle": f"Grant {number}",
                "synopsis": {"agencyName": "Agency", "synopsisDesc": "Money."},
            },
        }
        for number in (1, 2)
    ]
    routes = [
        Route(f"{GRANTS}/search2", dump(hits), headers=JSON, method="POST"),
        *(
            Route(
                f"{GRANTS}/fetchOpportunity",
                dump(each),
                headers=JSON,
                method="POST",
                body_contains=(f'"opportunityId": {number}',),
            )
            for number, each in enumerate(details, start=1)
        ),
    ]
    stores: Stores = {}
    with play(routes, {"us_grants_gov": (2, 2)}) as site:
        for days in (0, 1, 9):
            report = crawl_site(site, ["us_grants_gov"], stores, MONDAY + timedelta(days=days))[
                "us_grants_gov"
            ]
            assert report.state is CrawlState.COMPLETE
            assert report.seen == {
                "https://www.grants.gov/search-results-detail/1",
                "https://www.grants.gov/search-results-detail/2",
            }
    assert sum("fetchOpportunity" in line for line in site.asked) == 4


def test_zeros_are_no_hour() -> None:
    assert show_moment("2026-12-15-17-30-00") == "2026-12-15T17:30"
    assert show_moment("2026-12-15-00-00-00") == show_moment("2026-12-15") == "2026-12-15"


# Next.js


def next_page(props: dict[str, Any], url: str = f"{FIND}/grants") -> Page:
    return Page(Exchange("uk_find_a_grant", "listing", url, MONDAY, 200, next_body(props)))


def next_body(props: dict[str, Any]) -> bytes:
    data = json.dumps({"props": {"pageProps": props}}, separators=(",", ":"))
    return (
        f"<html lang='en'><head><title>Grants</title></head><body><main><h1>Grants</h1>{PROSE}"
        f'</main><script id="__NEXT_DATA__" type="application/json">{data}</script></body></html>'
    ).encode()


def test_next_data_are_walked_to_an_empty_page_and_visited() -> None:
    def listing(number: int, labels: list[str]) -> Route:
        props = {"searchResult": [{"label": label} for label in labels], "totalGrants": 12}
        return Route(f"{FIND}/grants?page={number}", next_body(props), headers=HTML)

    labels = [f"grant-{number}" for number in range(12)]
    routes = [listing(1, labels[:10]), listing(2, labels[10:]), listing(3, [])]
    for label in labels:
        fields = {
            "grantName": label,
            "grantFunder": "Ministry",
            "grantShortDescription": "Money.",
            "grantApplicationCloseDate": "2020-12-01T00:00",
        }
        body = next_body({"grantDetail": {"fields": fields}})
        routes.append(Route(f"{FIND}/grants/{label}", body, headers=HTML))
    with play(routes, {"uk_find_a_grant": (12, 12)}) as site:
        report = crawl_site(site, ["uk_find_a_grant"])["uk_find_a_grant"]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert (len(report.seen), report.announced) == (12, 12)


def test_next_data_that_are_missing_are_a_changed_page() -> None:
    assert props_of(next_page({"one": {"two": 2}}), "one", "two") == 2
    with pytest.raises(PageChangedError, match="no 'three'"):
        props_of(next_page({"one": {}}), "one", "three")
    empty = Page(Exchange("uk_find_a_grant", "call", FIND, MONDAY, 200, PROSE.encode()))
    with pytest.raises(PageChangedError, match="nothing matches"):
        props_of(empty)


def test_rich_text_keeps_words_and_escapes_them() -> None:
    def text(words: str) -> dict[str, Any]:
        return {"nodeType": "text", "value": words}

    link = {
        "nodeType": "hyperlink",
        "data": {"uri": 'https://a.example/?a=1&b="'},
        "content": [text("<b>")],
    }
    tree = {
        "nodeType": "document",
        "content": [
            {"nodeType": "heading-3", "content": [text("R & D")]},
            {
                "nodeType": "something-new",
                "content": [{"nodeType": "paragraph", "content": [link]}],
            },
            {"nodeType": "paragraph", "content": [text(" ")]},
        ],
    }
    assert write_rich_text(tree) == (
        '<h3>R &amp; D</h3><p><a href="https://a.example/?a=1&amp;b=&quot;">&lt;b&gt;</a></p> '
    )
    assert write_rich_text(None) == ""


def test_a_closing_at_midnight_is_the_day_before() -> None:
    assert show_closing("2022-04-03T00:00") == "2022-04-02T23:59"
    assert show_closing("2024-03-01T00:00+00:00") == "2024-02-29T23:59"
    assert show_closing("2022-04-03T00:02+00:00") == "2022-04-03T00:02+00:00"
    assert show_closing("2022-04-03") == "2022-04-03"


# Feeds


def ukri_feed(*numbers: int) -> bytes:
    items = "".join(
        f"<item><title>Call {n}</title><link>{UKRI}/call-{n}/</link>"
        f"<description>Money for calls.</description></item>"
        for n in numbers
    )
    return f'<?xml version="1.0"?><rss version="2.0"><channel>{items}</channel></rss>'.encode()


def ukri_card(number: int) -> str:
    return (
        f'<div class="opportunity"><div class="entry-header"><a href="/opportunity/call-{number}/">'
        f"Call {number}</a></div><dl><dt>Opportunity status:</dt><dd>Open</dd><dt>Funders:</dt>"
        f"<dd>AHRC</dd><dt>Closing date:</dt><dd>1 December 2020</dd></dl></div>"
    )


def ukri_page(number: int, cards: range) -> Route:
    body = f"<html><body>{PROSE}{''.join(map(ukri_card, cards))}</body></html>"
    return Route(UKRI_LIST.format(number), body.encode(), headers=HTML)


def test_a_list_is_counted_through_until_a_page_is_missing() -> None:
    routes = [ukri_page(1, range(10)), ukri_page(2, range(10, 14))]
    with play(routes, {"uk_ukri": (14, 14)}) as site:
        report = crawl_site(site, ["uk_ukri"])["uk_ukri"]
    assert (report.state, len(report.seen)) == (CrawlState.COMPLETE, 14)
    assert not any("feed" in line for line in site.asked)


def test_where_the_list_is_closed_the_feed_names_the_same_notices() -> None:
    routes = [
        Route(UKRI_LIST.format(1), b"", 403, HTML),
        Route(f"{UKRI}/feed/", ukri_feed(13, 12), headers=XML),
        Route(f"{UKRI}/feed/?paged=2", ukri_feed(12, 11), headers=XML),
    ]
    with play(routes, {"uk_ukri": (3, 3)}) as site:
        report = crawl_site(site, ["uk_ukri"])["uk_ukri"]
    assert report.seen == {f"{UKRI}/call-{number}/" for number in (11, 12, 13)}
    assert report.duplicates == 1
    assert report.state is CrawlState.PARTIAL  # the facts of [expect] do not stand in the feed
    assert "low_fill_rate" in kinds(report) or len(report.seen) < 10


def feed_page(body: bytes) -> Page:
    return Page(Exchange("uk_ukri", "register", f"{UKRI}/feed/", MONDAY, 200, body))


def test_atom_is_read_like_rss() -> None:
    body = b"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Calls</title><entry>
        <title>One</title><link rel="self" href="https://a.example/self"/>
        <link href="https://a.example/1"/><updated>2020-11-16T00:00:00Z</updated>
        <category term="grants"/><summary>Short.</summary><content>Long.</content></entry></feed>"""
    (entry,) = entries_of(feed_page(body))
    assert (entry["link"], entry["title"]) == ("https://a.example/1", "One")
    assert entry["content"] == "Long."
    assert entry["labelled"] == (("updated", "2020-11-16T00:00:00Z"), ("category", "grants"))


@pytest.mark.parametrize("body", [b"<html><body>No</body></html>", b"<rss><chan", b""])
def test_what_is_no_feed_is_a_changed_page(body: bytes) -> None:
    with pytest.raises(PageChangedError):
        list(entries_of(feed_page(body)))


# <base href>


def test_relative_links_count_from_the_base() -> None:
    def german(*slugs: str, more: str = "") -> bytes:
        cards = "".join(
            f'<div class="card card--fundingprogram"><p class="card--title">'
            f'<a href="FDB/Content/DE/Foerderprogramm/{slug}.html">{slug}</a></p></div>'
            for slug in slugs
        )
        return (
            f'<html lang="de"><head><base href="{GERMAN}/"></head><body>{PROSE}{cards}{more}'
            "</body></html>"
        ).encode()

    form = f"{GERMAN}/SiteGlobals/FDB/Forms/Suche/Foederprogrammsuche_Formular.html"
    link = '<a class="forward button" href="{}">weiter</a>'
    following = "SiteGlobals/FDB/Forms/Suche/Foederprogrammsuche_Formular.html?gtp=list%253D2"
    facts = "".join(
        f"<dt>{label}: </dt><dd>{value}</dd>"
        for label, value in (("Förderberechtigte", "Kommune"), ("Fördergebiet", "Hessen"))
    )
    detail = (
        f'<html lang="de"><head><base href="{GERMAN}/"></head><body><main>'
        f'<h1 class="title">Programm</h1><dl class="document-info-fundingprogram">{facts}</dl>'
        f'<div class="content--main"><div class="content"><div class="rich--text">{PROSE}</div>'
        "</div></div></main></body></html>"
    ).encode()
    routes = [
        Route(
            f"{form}?filterCategories=FundingProgram",
            german("a", "b", more=link.format(following)),
            headers=HTML,
        ),
        Route(f"{GERMAN}/{following}", german("b", "c"), headers=HTML),
        *(
            Route(f"{GERMAN}/FDB/Content/DE/Foerderprogramm/{slug}.html", detail, headers=HTML)
            for slug in "abc"
        ),
    ]
    with play(routes, {"de_foerderdatenbank": (3, 3)}) as site:
        report = crawl_site(site, ["de_foerderdatenbank"])["de_foerderdatenbank"]
    assert (report.state, len(report.seen)) == (CrawlState.COMPLETE, 3)


# Lists that name records and pages


def test_a_search_of_numbered_pages_leads_to_each_record(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(EsBdns, "page_size", 2)
    query = (
        "order=numeroConvocatoria&direccion=asc&fechaDesde=01/01/2026"
        "&tipoAdministracion=C&tipoAdministracion=A"
    )
    routes = []
    for number, codes in enumerate([("1", "2"), ("3", "4"), ("5",)]):
        rows = [{"numeroConvocatoria": code} for code in codes]
        address = f"{BDNS}/busqueda?vpd=GE&page={number}&pageSize=2&{query}"
        routes.append(Route(address, dump({"content": rows, "totalElements": 5}), headers=JSON))
    for code in "12345":
        record = {
            "codigoBDNS": code,
            "descripcion": f"Ayuda {code}",
            "organo": {"nivel1": "ESTADO"},
            "presupuestoTotal": 1000,
            "tiposBeneficiarios": [{"descripcion": "PYME"}],
        }
        routes.append(Route(f"{BDNS}?vpd=GE&numConv={code}", dump(record), headers=JSON))
    with play(routes, {"es_bdns": (5, 5)}) as site:
        report = crawl_site(site, ["es_bdns"])["es_bdns"]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert report.seen == {f"{BDNS}?vpd=GE&numConv={code}" for code in "12345"}


def test_results_of_a_call_are_no_call() -> None:
    site_of = "https://www.interreg-central.eu"
    links = ("call-1", "call-1-call-results", "capitalisation-call", "news", "calls-for-proposals")
    listing = "".join(f'<a href="/{link}/">{link}</a>' for link in links)
    routes = [
        Route(
            f"{site_of}/calls-for-proposals/",
            f"<html><body>{PROSE}{listing}</body></html>".encode(),
            headers=HTML,
        ),
        *(
            Route(
                f"{site_of}/{link}/",
                f"<html><body><main><h1>{link}</h1>{PROSE}</main></body></html>".encode(),
                headers=HTML,
            )
            for link in ("call-1", "capitalisation-call")
        ),
    ]
    stem = "eu_interreg_central_europe"
    with play(routes, {stem: (2, 2)}) as site:
        report = crawl_site(site, [stem])[stem]
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert report.seen == {f"{site_of}/call-1/", f"{site_of}/capitalisation-call/"}
