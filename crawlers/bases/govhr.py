"""The content system that Croatia's ministries share: ``https://<host>/<slug>/…/<number>``.

The number alone identifies a page; the slugs may change. A list is an accordion that contains whole
calls, or it links to pages of calls. ``rss.aspx?ID=<number>``, which some sites offer, has the
newest of them. Class names are known for accordions only. A call's own page is read by
:func:`crawlers.pages.unmarked.find_article` and, where that fails, from its print view,
``print.aspx?id=<number>``.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from itertools import pairwise
from urllib.parse import parse_qs, quote, urlsplit

from parsel import Selector

from crawlers.bases.feed import entries_of
from crawlers.bases.links import LinksSpider
from crawlers.bases.portal import SpiderOutput
from crawlers.pages.addresses import join, path_of
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import LAYOUT, Page, PageChangedError, text_of, texts_of
from crawlers.pages.readers import ParseResult, Reader, Row, read, read_rows
from crawlers.pages.unmarked import find_article
from schema.notices import Attachment, RawNotice, Section

NUMBER = re.compile(r"/(?P<number>\d+)$")
DAY = r"(?P<date>\d{1,2}\.\s?\d{1,2}\.\s?\d{4}\.?)"
DATED_HEADING = re.compile(rf"\s*{DAY}[\s–—-]*(?P<title>\S.*)", re.DOTALL)
PRINTED_DATE = re.compile(rf"(?P<label>Objavljeno|Datum objave):?\s*{DAY}")
FILES = "/UserDocsImages/"


class GovHrSpider(LinksSpider):
    """Reads the lists of a ministry, each as a page and as a feed; subclasses name them.

    Use with ``readers = READERS``.
    """

    def begin(self) -> SpiderOutput:
        """Request every list, then the feed of each; a missing feed is no gap."""
        yield from super().begin()
        for address in self.lists:
            feed = f"https://{urlsplit(address).netloc}/rss.aspx?ID={number_of(address)}"
            yield self.request(feed, "feed", self.parse_feed, self.go_without)

    def parse_feed(self, page: Page) -> SpiderOutput:
        """Visit the notices that are in the feed and not in a list."""
        for address in self.own_addresses(page, read_links(page)):
            try:
                number = number_of(address)
            except ValueError as error:
                self.note_address(address, error, page.url)
                continue
            if number not in self.record.inventory.listed:
                self.record.inventory.list_notice(number)
                yield from self.follow_notice(address)

    def parse_notices(self, page: Page) -> SpiderOutput:
        """Read a page; if a call's page cannot be read, request its print view."""
        if page.exchange.kind != "call" or read(read_article, page).notices:
            yield from super().parse_notices(page)
            return
        host, number = urlsplit(page.url).netloc, number_of(page.url)
        yield self.request(
            f"https://{host}/print.aspx?id={number}&url=print",
            "print",
            partial(self.parse_print, article=page),
            lambda _: super(GovHrSpider, self).parse_notices(page),
        )

    def parse_print(self, page: Page, article: Page) -> SpiderOutput:
        """Read the print view; if that fails, too, read the call's page for its Issue."""
        yield from super().parse_notices(page if read(read_print, page).notices else article)

    def go_without(self, _: int | None) -> SpiderOutput:
        """Go on without a feed."""
        yield from ()

    def identity(self, address: str) -> str:
        """Return the number at the end of the address."""
        return number_of(address)


def number_of(address: str) -> str:
    """Return the number that identifies a page, or raise ``ValueError``."""
    match = NUMBER.search(path_of(address))
    if match is None:
        raise ValueError(f"no number at the end of {address}")
    return match["number"]


def read_links(page: Page) -> Iterator[str]:
    """Yield the links of a feed, or raise :class:`PageChangedError` if the page is not a feed."""
    for entry in entries_of(page):
        yield entry["link"]


def read_accordion(page: Page) -> ParseResult:
    """Read the calls in an accordion: each is a heading and the element after it."""
    parts = page.selector.css("#faqContainer div.faqPitanje, #faqContainer div.faqOdgovor")
    rows = (
        {"head": head, "body": body}
        for head, body in pairwise(parts)
        if "faqPitanje" in head.attrib["class"] and "faqOdgovor" in body.attrib["class"]
    )
    return read_rows(rows, read_block, page)


def read_block(row: Row, page: Page) -> RawNotice:
    """Read one call of an accordion; the page's number and the heading identify it."""
    head: Selector = row["head"]
    body: Selector = row["body"]
    words = text_of(head).strip()
    heading = next(iter(texts_of(head, "div.faqtxt2")), words)
    if not heading:
        raise PageChangedError(page.portal, "a block without a heading", page.url, "title")
    dated = DATED_HEADING.fullmatch(heading)
    content = clean_fragment((body.css(".opis").get() or body.get()), page.url)
    return RawNotice(
        portal=page.portal,
        source_id=f"{number_of(page.url)}#{heading}",
        url=f"{page.url}#:~:text={quote(heading)}",
        title=dated["title"] if dated else heading,
        labelled=(("Objavljeno", dated["date"]),) if dated else (),
        sections=(Section(content),) if content else (),
        attachments=read_files(body.css("a[href]"), page),
        declared_language=page.language,
    )


def read_article(page: Page) -> RawNotice:
    """Read the page of one notice."""
    content = find_article(page)
    return RawNotice(
        portal=page.portal,
        source_id=number_of(page.url),
        url=page.url,
        title=page.one("h1", field="title"),
        labelled=read_date(page),
        sections=(Section(content),),
        attachments=read_files(Selector(content).css("a[href]"), page),
        declared_language=page.language,
    )


def read_print(page: Page) -> RawNotice:
    """Read the print view of a notice."""
    content = find_article(page)
    return RawNotice(
        portal=page.portal,
        source_id=parse_qs(urlsplit(page.url).query)["id"][0],
        url=page.url,
        title=page.one("h1, h2, h3, title", field="title"),
        labelled=read_date(page),
        sections=(Section(content),),
        attachments=read_files(Selector(content).css("a[href]"), page),
        declared_language=page.language,
    )


def read_date(page: Page) -> tuple[tuple[str, str], ...]:
    """Return the printed day of publication, if there is one."""
    printed = PRINTED_DATE.search(LAYOUT.sub(" ", page.selector.xpath("string(//body)").get("")))
    return ((printed["label"], printed["date"]),) if printed else ()


def read_files(links: Iterable[Selector], page: Page) -> tuple[Attachment, ...]:
    """Return the documents among links."""
    files = (
        link
        for link in links
        if "data-fileid" in link.attrib or FILES.casefold() in link.attrib["href"].casefold()
    )
    return tuple(
        Attachment(
            text_of(link).strip(),
            join(page.url, link.attrib["href"]),
        )
        for link in files
    )


READERS: Mapping[str, Reader] = {
    "listing": read_accordion,
    "call": read_article,
    "print": read_print,
}
"""The readers of all portals of this system."""
