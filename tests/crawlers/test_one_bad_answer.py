"""One bad page, row, link or header costs itself: not its crawl, not `process`, not for ever."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from callboard.config import Config, CrawlConfig
from callboard.pipeline import Pipeline
from callboard.reports import report_as_json, report_lines
from crawlers.pages.charset import decode
from crawlers.pages.encodings import CODECS
from crawlers.pages.page import Page
from crawlers.playback import Route
from schema.crawls import CrawlReport, CrawlState
from schema.exchanges import Exchange
from tests.support.loopback import (
    BANDI,
    HTML,
    JSON,
    MONDAY,
    XML,
    Stores,
    call_page,
    crawl_site,
    kinds,
    play,
)

DETAIL = f"{BANDI}/servizi/servizio/bandi/dettaglio/imprese/prova-"
GOOD, ODD = f"{DETAIL}RLX12020000001", f"{DETAIL}RLX12020000002"
REGISTER = "https://www.dati.lombardia.it/resource/bukx-h2uy.json"
ROWS = f"{REGISTER}?$limit=400&$offset=0&$order=codice_bando"
COUNT = f"{REGISTER}?$select=count(*)"


def sitemap(*urls: str) -> Route:
    entries = "".join(f"<url><loc>{url}</loc></url>" for url in urls)
    body = f"<urlset>{entries}</urlset>".encode()
    return Route(f"{BANDI}/servizi/sitemap.xml", body, headers=XML)


def bandi(odd: bytes, **headers: str) -> list[Route]:
    return [
        sitemap(GOOD, ODD),
        Route(GOOD, call_page(), headers=HTML),
        Route(ODD, odd, headers={**HTML, **headers}),
    ]


def register(*rows: Any, total: Any = None) -> list[Route]:
    count = json.dumps([{"count": len(rows) if total is None else total}]).encode()
    return [
        Route(COUNT, count, headers=JSON),
        Route(ROWS, json.dumps(rows).encode(), headers=JSON),
    ]


def row(code: Any, title: Any = "Bando per le imprese") -> dict[str, Any]:
    return {"codice_bando": code, "titolo_bando": title, "data_apertura": "2020-11-02"}


STEMS = ("it_lombardia", "it_lombardia_register")


@pytest.fixture
def day(tmp_path: Path) -> Callable[..., dict[str, CrawlReport]]:
    """Crawl, process and link what a site gives; the same installation each time."""

    def run(*routes: Route) -> dict[str, CrawlReport]:
        with play(routes, dict.fromkeys(STEMS, (1, 1000))) as site:
            options = {"contact": "t", "delay": 0, "retries": 0, "backoff": 0, "timeout": 5}
            config = CrawlConfig(connect=site.connect, **options)
            pipeline = Pipeline(Config(base=tmp_path, now=MONDAY, crawl=config))
            pipeline.prepare()
            try:
                reports = pipeline.crawl(STEMS, expect=dict(site.expect))
                processed = pipeline.process()
                pipeline.link()
            finally:
                pipeline.close()
        assert processed.crawls >= len(STEMS)
        for line in (*report_lines(reports), *(json.dumps(report_as_json(x)) for x in reports)):
            line.encode()  # as a strict terminal would
        return {each.portal: each for each in reports}

    return run


SOUND = [*bandi(call_page("RLX12020000002")), *register(row("RLA1"), row("RLA2"))]


@pytest.mark.parametrize("value", [None, 5, 1.5, True, float("nan"), [1], {"a": 1}, "\ud800", "\0"])
@pytest.mark.parametrize("name", ["codice_bando", "titolo_bando"])
def test_a_value_of_another_kind_in_one_row(
    day: Callable[..., dict[str, CrawlReport]], name: str, value: Any
) -> None:
    """Any of these ended `process` for all portals, or the run in a wait without end."""
    bad = {**row("RLA2"), name: value}
    first = day(*SOUND[:3], *register(row("RLA1"), bad, row("RLA3")))
    report = first["it_lombardia_register"]
    assert {"RLA1", "RLA3"} <= report.seen
    field = {"codice_bando": "source_id", "titolo_bando": "title"}[name]
    assert field in [issue.field for issue in report.issues]
    assert all(issue.portal and issue.url for issue in report.issues)
    assert len(report.seen) == (2 if name == "codice_bando" and value != 5 else 3)
    assert first["it_lombardia"].state is CrawlState.COMPLETE
    second = day(*SOUND)
    assert second["it_lombardia_register"].seen == {"RLA1", "RLA2"}


def test_a_character_set_that_is_none_in_a_header(
    day: Callable[..., dict[str, CrawlReport]],
) -> None:
    body = call_page("RLX12020000002", "Attività").decode().encode("latin-1")
    odd = bandi(body, **{"Content-Type": "text/html; charset=base64"})
    assert len(day(*odd, *SOUND[3:])["it_lombardia"].seen) == 2
    assert len(day(*SOUND)["it_lombardia"].seen) == 2


NOT_OF_THE_WEB = ("base64", "hex", "rot13", "zip", "bz2", "idna", "punycode", "undefined", "mbcs",
                  "unicode_escape", "raw_unicode_escape", "utf_7", "utf-32", "cp037", "nonsense",
                  "", "x" * 10_000, "\0", "é", "'", "utf-8;q=²")  # fmt: skip


@pytest.mark.parametrize("name", [*NOT_OF_THE_WEB, *CODECS])
@pytest.mark.parametrize(
    "body", [b"Citt\xe0", b"\xff\xfe\xd8", b"+AOk-", b"", b"xn--\xff", b"<\x80"]
)
def test_any_declared_character_set_decodes(name: str, body: bytes) -> None:
    meta = f'<html><meta charset="{name}"><?xml encoding="{name}"?>'.encode()
    for declared in (f"text/html; charset={name}", f'text/html;charset="{name}', "text/html"):
        for content in (body, meta + body):
            text, used, _ = decode(content, declared)
            text.encode()
            assert used
            if name in NOT_OF_THE_WEB and content == body and body == b"Citt\xe0":
                assert (text, used) == ("Città", "cp1252")


LINKS = ("http://[x", "http://a:b/", "//[", "http://\u2100.it/", "http://x/" + "y" * 100_000)


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link[:12])
def test_an_address_that_is_none_in_a_page_costs_the_link(link: str) -> None:
    file = f"/servizio/bandi/download/{link}?fileName=a.pdf"
    text = f"<p><a href='{link}'>x</a> <a href='{file}'>a</a></p>"
    body = call_page("RLX12020000002").replace(b"</div></main>", f"{text}</div></main>".encode())
    for page in (body, body.replace(b"<title>", f"<base href='{link}'><title>".encode())):
        with play(bandi(page), {"it_lombardia": (2, 2)}) as site:
            report = crawl_site(site, ["it_lombardia"])["it_lombardia"]
        assert (report.state, report.read) == (CrawlState.COMPLETE, 2)


@pytest.mark.parametrize("link", LINKS, ids=lambda link: link[:12])
def test_an_address_that_is_none_in_a_list_costs_the_entry(link: str) -> None:
    odd = f"{link}/servizi/servizio/bandi/dettaglio/x-RLX12020000009"
    routes = [sitemap(link, odd, GOOD), Route(GOOD, call_page(), headers=HTML)]
    with play(routes, {"it_lombardia": (1, 9)}) as site:
        report = crawl_site(site, ["it_lombardia"])["it_lombardia"]
    assert "RLX12020000001" in report.seen
    assert report.read == 1
    assert report.state is CrawlState.PARTIAL  # what it named may have been a call


@pytest.mark.parametrize("location", ["http://[x", "//a:b/", "\xff\x9b", "²", "", "http://x:99999"])
def test_a_redirect_to_nowhere_costs_its_page(location: str) -> None:
    routes = bandi(call_page())
    routes[2] = Route(ODD, b"", 302, headers={"Location": location})
    with play(routes, {"it_lombardia": (2, 2)}) as site:
        report = crawl_site(site, ["it_lombardia"])["it_lombardia"]
    assert (report.read, len(report.seen)) == (1, 2)
    assert len(report.issues) == 1  # of the page itself, or of where it led
    "".join(issue.message for issue in report.issues).encode()


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *(("Retry-After", value) for value in (
            "\xb2", "9" * 400, "-5", "1e9", "Mon, 01 Jan 99999 00:00:00 GMT", "\x9b", "",
            "Mon, 01 Jan 99999999999999999999 00:00:00 GMT", "Mon, 01 Jan 2020 00:00:00 +9999",
        )),
        *(("Last-Modified", value) for value in ("\x9b31m", "yesterday", "-1", "\xff")),
        ("ETag", '"\x80\x9b\xff"'),
        ("Content-Language", "\x80"),
        ("Content-Type", "text/html; charset=\x9b"),
    ],
)  # fmt: skip
def test_a_malformed_header_costs_nothing(name: str, value: str) -> None:
    stores: Stores = {}
    for _ in range(2):  # the second time, its validators are sent back
        routes = bandi(call_page("RLX12020000002"), **{name: value})
        with play(routes, {"it_lombardia": (2, 2)}) as site:
            report = crawl_site(site, ["it_lombardia"], stores)["it_lombardia"]
        assert (report.state, len(report.seen)) == (CrawlState.COMPLETE, 2)


def test_what_a_header_said_can_be_printed_anywhere() -> None:
    route = Route(f"{BANDI}/servizi/sitemap.xml", b"x", headers={"Content-Encoding": "\x9b31m"})
    with play([route]) as site:
        reports = list(crawl_site(site, ["it_lombardia"]).values())
    for text in (*report_lines(reports), *(issue.message for issue in reports[0].issues)):
        text.encode()
        assert text.isprintable()


@pytest.mark.parametrize("total", [None, "²", "many", -1, 1e400, 10**30, [3], {"a": 1}, "9" * 5000])
def test_a_total_that_is_none_costs_no_row(total: Any) -> None:
    routes = register(row("RLA1"), row("RLA2"), total=total if total is not None else [None])
    with play(routes, {"it_lombardia_register": (1, 9)}) as site:
        report = crawl_site(site, ["it_lombardia_register"])["it_lombardia_register"]
    assert report.seen == {"RLA1", "RLA2"}
    assert report.announced is None
    assert report.state is CrawlState.PARTIAL
    assert "unfit_total" in kinds(report)


def test_a_number_of_thousands_of_digits_costs_itself() -> None:
    rows = json.dumps([row("RLA1"), row("RLA2")]).replace('"2020-11-02"', "9" * 5000, 1)
    routes = [register(row("x"), row("y"))[0], Route(ROWS, rows.encode(), headers=JSON)]
    with play(routes, {"it_lombardia_register": (1, 9)}) as site:
        report = crawl_site(site, ["it_lombardia_register"])["it_lombardia_register"]
    assert report.seen == {"RLA1", "RLA2"}


def test_json_of_any_depth_is_an_issue() -> None:
    page = Page(Exchange("it_test", "register", REGISTER, MONDAY, 200, b"[" * 200_000))
    with pytest.raises(Exception, match="no JSON"):
        page.json()
