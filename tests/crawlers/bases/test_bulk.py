"""Registers as whole files: read as a stream, packed or not, and never beyond their limits."""

import gzip
import io
import threading
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import date
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers import registry
from crawlers.bases.bulk import TAG, csv_rows, xml_rows
from crawlers.pages import streams
from crawlers.pages.page import Page, PageChangedError
from crawlers.pages.page_problems import find_problem
from crawlers.pages.readers import read_rows
from crawlers.pages.streams import elements_of
from crawlers.playback import Route
from schema.crawls import CrawlReport, CrawlState
from schema.exchanges import Exchange
from schema.notices import RawNotice
from tests.support.loopback import MONDAY, Stores, crawl_site, kinds, play

STEM = "us_grants_gov_extract"
NAMESPACE = "http://apply.grants.gov/system/OpportunityDetail-V1.0"
HOST = "prod-grants-gov-chatbot.s3.amazonaws.com"
EXTRACTS = f"https://{HOST}/extracts"
SYNOPSIS = "OpportunitySynopsisDetail_1_0"


def page_of(body: bytes, stem: str = STEM) -> Page:
    return Page(Exchange(stem, "register", f"{EXTRACTS}/x", MONDAY, 200, body))


def zipped(*files: bytes) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.mkdir("folder")
        for number, body in enumerate(files):
            archive.writestr(f"folder/{number}.xml", body)
    return packed.getvalue()


def grant(number: int, archived_on: str = "01312021") -> str:
    return (
        f"<{SYNOPSIS}><OpportunityID>{number}</OpportunityID>"
        f"<OpportunityTitle>Grant {number}</OpportunityTitle>"
        f"<OpportunityNumber>G-{number}</OpportunityNumber><AgencyName>Office</AgencyName>"
        f"<Description>Money for schools.</Description><ArchiveDate>{archived_on}</ArchiveDate>"
        f"</{SYNOPSIS}>"
    )


def extract(*grants: str) -> bytes:
    return f'<?xml version="1.0"?><Grants xmlns="{NAMESPACE}">{"".join(grants)}</Grants>'.encode()


PACKINGS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "zip": zipped,
    "gz": gzip.compress,
}


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_record_is_a_row_however_the_file_is_packed(packing: str) -> None:
    body = b"""<r xmlns:a="urn:a"><a:row><name>One</name><tag>x</tag><tag> y </tag>
        <text>runs <b>on</b></text><none/></a:row><other><name>No</name></other>
        <row><!-- nothing --><?nor this?></row></r>"""
    assert list(xml_rows(page_of(PACKINGS[packing](body)), "row")) == [
        {TAG: ["row"], "name": ["One"], "tag": ["x", " y "], "text": ["runs on"], "none": [""]},
        {TAG: ["row"]},
    ]


@pytest.mark.parametrize("packing", PACKINGS)
def test_a_table_is_read_however_it_is_packed(packing: str) -> None:
    body = "\ufeffNAZIV;IZNOS\nPoziv za đake;1.000,00\n".encode()
    rows = list(csv_rows(page_of(PACKINGS[packing](body)), ("NAZIV",)))
    assert rows == [{"NAZIV": "Poziv za đake", "IZNOS": "1.000,00"}]


def test_a_cell_may_hold_what_looks_like_the_end_of_a_line() -> None:
    body = "A,B\n1,\u2028two\x0b\x85\n3,4\n".encode()
    assert [row["A"] for row in csv_rows(page_of(body), ("A",))] == ["1", "3"]


def test_a_packed_file_is_no_page_to_be_looked_at() -> None:
    page = page_of(zipped(b"<html><title>404</title></html>"))
    assert (find_problem(page), page.text, page.wrongly_declared) == (None, "", None)


def test_a_record_is_gone_when_the_next_is_asked_for() -> None:
    page = page_of(extract(*(grant(number) for number in range(50))))
    before: Any = None
    for element in elements_of(page, f"{{*}}{SYNOPSIS}", largest=100_000):
        assert before is None or len(before) == 0
        assert len(list(element.itersiblings(preceding=True))) <= 1
        before = element
    assert before is not None


WRONG: dict[str, tuple[bytes, str]] = {
    "a bomb": (zipped(b"<r>" + b" " * 5_000_000 + b"</r>"), "a file of more than 1,000,000 bytes"),
    "a bomb in gzip": (gzip.compress(b"<r>" + b" " * 5_000_000), "more than 1,000,000 bytes"),
    "two files": (zipped(b"<r/>", b"<r/>"), "an archive of one file"),
    "no file": (zipped(), "an archive of one file"),
    "half an archive": (zipped(b"<r/>" * 9)[:40], "no whole file"),
    "half a gzip": (gzip.compress(b"<r><row/></r>")[:-9], "no whole file"),
    "damaged": (zipped(extract(grant(1))).replace(b"PK\x01\x02", b"PK\x01\x00"), "no whole file"),
    "no XML": (b'{"error": "no"}', "no whole file"),
    "another file": (b"<Error><Code>AccessDenied</Code></Error>", "no row in the file"),
    "empty": (b"", "no whole file"),
}


@pytest.mark.parametrize("what", WRONG)
def test_a_file_that_cannot_be_read_has_changed(what: str) -> None:
    body, why = WRONG[what]
    with pytest.raises(PageChangedError, match=why):
        list(xml_rows(page_of(body), "row", largest=1_000_000))


def test_a_packed_table_has_its_limit_too() -> None:
    with pytest.raises(PageChangedError, match="more than 1,000 bytes"):
        list(csv_rows(page_of(gzip.compress(b"A;B\n" + b"1;2\n" * 999)), ("A",), largest=1000))


def test_a_file_without_the_records_is_left_early(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "LONGEST_GAP", 100_000)
    others = b"<r>" + b"<other>text</other>" * 20_000
    with pytest.raises(PageChangedError, match=r"no \{\*\}row within 100,000 bytes"):
        list(xml_rows(page_of(others + b"</r>"), "row"))
    many = b"<r>" + b"<row>text</row>" * 20_000 + b"</r>"
    assert sum(1 for _ in xml_rows(page_of(many), "row")) == 20_000


def test_entities_are_neither_replaced_nor_fetched() -> None:
    body = b"""<!DOCTYPE r [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;">
        <!ENTITY file SYSTEM "file:///etc/passwd">]>
        <r><row><name>x&b;y</name></row><row><name>&file;</name></row></r>"""
    assert [row["name"] for row in xml_rows(page_of(body), "row")] == [
        ["x&b;y"],
        ["&file;"],
    ]


def test_what_stands_before_a_break_is_read() -> None:
    body = extract(grant(1), grant(2), "<Opportunity")[: -len("</Grants>")]
    reading = read_rows(xml_rows(page_of(body), SYNOPSIS), read_id, page_of(body))
    assert [notice.source_id for notice in reading.notices] == ["1", "2"]
    assert [issue.kind for issue in reading.issues] == ["unreadable_page"]
    assert reading.rows == 2


def read_id(row: Any, page: Page) -> RawNotice:
    (source_id,) = row["OpportunityID"]
    return RawNotice(page.portal, source_id, page.url, "A grant")


@given(st.binary(max_size=300), st.sampled_from(sorted(PACKINGS)), st.integers(0, 300))
def test_any_bytes_give_rows_or_a_change(body: bytes, packing: str, cut: int) -> None:
    page = page_of(PACKINGS[packing](body)[: -cut or None])
    for rows in (xml_rows(page, "row", largest=200), csv_rows(page, ("A",), largest=200)):
        try:
            list(rows)
        except PageChangedError as error:
            assert error.url == page.url  # noqa: PT017 - either outcome is right


# -- the daily extract of grants.gov ---------------------------------------------------------------


def extract_of(day: date, body: bytes, status: int = 200) -> Route:
    url = f"{EXTRACTS}/GrantsDBExtract{day:%Y%m%d}v2.zip"
    return Route(url, body, status, {"Content-Type": "application/zip"})


SUNDAY, MONDAYS = date(2020, 11, 15), date(2020, 11, 16)
WHOLE = zipped(extract(grant(1), grant(2), grant(3, archived_on="11142020")))


def crawl_extracts(
    routes: Iterable[Route], **settings: Any
) -> tuple[CrawlReport, list[str], Stores]:
    stores: Stores = {}
    with play(routes, {STEM: (2, 2)}) as site:
        report = crawl_site(site, [STEM], stores, **settings)[STEM]
        asked = [line.rpartition("/")[2] for line in site.asked if "Extract" in line]
    return report, asked, stores


def test_todays_extract_is_one_request() -> None:
    report, asked, stores = crawl_extracts([extract_of(MONDAYS, WHOLE)])
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])
    assert report.seen == {"1", "2"}  # the third was archived before
    assert asked == ["GrantsDBExtract20201116v2.zip"]
    assert [each.body for each in stores[STEM].of_kind("register")] == [WHOLE]


@pytest.mark.parametrize("status", [403, 404])
def test_yesterdays_extract_may_be_the_newest(status: int) -> None:
    missing = extract_of(MONDAYS, b"<Error><Code>AccessDenied</Code></Error>", status)
    report, asked, _ = crawl_extracts([missing, extract_of(SUNDAY, WHOLE)])
    assert report.state is CrawlState.COMPLETE
    assert [name[15:23] for name in asked] == ["20201116", "20201115"]


def test_without_any_extract_nothing_is_complete() -> None:
    report, asked, _ = crawl_extracts([extract_of(date(2020, 11, 1), WHOLE)])
    assert report.state is CrawlState.EMPTY
    assert len(asked) == 4


def test_the_day_is_that_of_washington() -> None:
    first = next(iter(registry.spider(STEM)().begin()))
    assert "GrantsDBExtract2" in getattr(first, "url", "")
    report, _, _ = crawl_extracts(
        [extract_of(SUNDAY, WHOLE)], now=MONDAY.replace(hour=3)
    )  # still Sunday there
    assert (report.state, kinds(report)) == (CrawlState.COMPLETE, [])


def test_its_limit_is_its_own_and_a_larger_file_is_no_reason_to_take_an_older(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    report, _, _ = crawl_extracts([extract_of(MONDAYS, WHOLE)], max_bytes=100)
    assert report.state is CrawlState.COMPLETE
    monkeypatch.setattr(registry.spider(STEM), "max_bytes", 100)
    report, asked, stores = crawl_extracts([extract_of(MONDAYS, WHOLE), extract_of(SUNDAY, WHOLE)])
    assert (len(asked), "too_large" in kinds(report)) == (1, True)
    assert report.state is CrawlState.EMPTY
    assert stores[STEM].of_kind("register") == []


def test_a_file_that_may_be_large_may_take_its_time_but_never_stop() -> None:
    with dribbling(WHOLE, pauses=(0.4,)) as address:
        report, _, _ = crawl_extracts([], connect={HOST: address}, timeout=0.2, retries=0)
    assert (report.state, report.pages) == (CrawlState.UNREACHABLE, 1)
    with dribbling(WHOLE, pauses=(0.1, 0.1, 0.1, 0.1)) as address:
        report, _, _ = crawl_extracts([], connect={HOST: address}, timeout=0.2, retries=0)
    assert report.seen == {"1", "2"}


@contextmanager
def dribbling(body: bytes, pauses: Sequence[float]) -> Iterator[str]:
    """Serve a body in pieces, with pauses between them; yield the address."""

    class WholeFileHandler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            is_file = "Extract" in self.path
            self.send_response(200 if is_file else 404)
            self.send_header("Content-Length", str(len(body) if is_file else 0))
            self.end_headers()
            length = len(body) // len(pauses) + 1
            for number, pause in enumerate(pauses if is_file else ()):
                time.sleep(pause)
                with suppress(OSError):  # the client may have had enough
                    self.wfile.write(body[number * length : (number + 1) * length])

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), WholeFileHandler)
    thread = threading.Thread(target=server.serve_forever, args=(0.05,))
    thread.start()
    try:
        yield f"127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def test_an_extract_that_breaks_off_closes_nothing() -> None:
    cut = extract(grant(1), grant(2))[:-40]
    report, _, _ = crawl_extracts([extract_of(MONDAYS, zipped(cut))])
    assert report.state is CrawlState.PARTIAL
    assert "GrantsDBExtract20201116v2.zip could not be read" in report.reason
    assert report.seen == {"1"}
