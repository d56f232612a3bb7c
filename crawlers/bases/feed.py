"""RSS and Atom feeds, read back through their older pages if the site has such.

A feed without pages has only the newest notices; its crawl is partial, and no notice is withdrawn
because of it. Atom is RFC 4287, RSS https://www.rssboard.org/rss-specification
"""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any
from urllib.parse import urljoin

from lxml import etree
from scrapy import Request

from crawlers.bases.portal import Errback, PortalSpider, SpiderOutput
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import Page, PageChangedError
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import RawNotice, Section

ITEMS = "{*}item", "{*}entry"
CONTENT = ("{*}encoded", "{*}content")
"""Elements that hold the whole text."""
SUMMARIES = ("{*}description", "{*}summary")
"""Elements that hold the text as well, often shortened."""
DATES = ("pubDate", "date", "published", "updated")


class FeedSpider(PortalSpider):
    """Reads one feed, with ``readers = {"register": read_feed}``."""

    feed: str
    """The address of the feed, absolute or relative to the portal's home page."""
    paging: str = ""
    """The suffix for an older page, such as ``?paged={number}``; empty if there are none."""

    def begin(self) -> SpiderOutput:
        """Request the newest page."""
        yield self.request_feed(1)

    def request_feed(self, number: int, errback: Errback | None = None) -> Request:
        """Return the request for a page, counted from 1; ``otherwise`` applies to the first."""
        older = self.paging.format(number=number) if number > 1 else ""
        return self.request(
            urljoin(self.record.portal.home, self.feed) + older,
            "register",
            partial(self.parse_feed, number=number),
            self.end_feed if number > 1 else errback,
        )

    def parse_feed(self, page: Page, number: int) -> SpiderOutput:
        """Read a page, and request an older one if the page had new notices."""
        before = self.record.inventory.tally.seen
        yield from self.parse_notices(page)
        if not self.paging:
            self.record.faults.note_gap("the feed names only the newest notices")
        elif self.record.inventory.tally.seen > before and not self.record.sampled_enough:
            yield self.request_feed(number + 1)

    def end_feed(self, status: int | None) -> SpiderOutput:
        """Take a missing page as the end of the feed; any other failure is a gap."""
        if status not in (404, 410):
            self.record.faults.note_gap(f"the feed broke off (status {status or 'none'})")
        yield from ()


def read_feed(page: Page) -> ParseResult:
    """Read the items of a feed: title, address, dates, categories and text."""
    return read_rows(entries_of(page), read_entry, page)


def read_entry(entry: Row, page: Page) -> RawNotice:
    """Read one item; its address is its identity."""
    if not entry["link"]:
        raise ValueError("an item without a link")
    content = clean_fragment(entry["content"] or entry["summary"], entry["link"])
    return RawNotice(
        portal=page.portal,
        source_id=entry["link"],
        url=entry["link"],
        title=entry["title"],
        labelled=entry["labelled"],
        sections=(Section(content),) if content else (),
    )


def entries_of(page: Page) -> Iterator[dict[str, Any]]:
    """Yield the items of an RSS or Atom feed, or raise :class:`PageChangedError`."""
    parser = etree.XMLParser(resolve_entities=False, no_network=True)
    try:
        root = etree.fromstring(page.exchange.body, parser)
    except etree.XMLSyntaxError as error:
        raise PageChangedError(page.portal, f"no feed ({error})", page.url) from error
    if etree.QName(root).localname not in ("rss", "feed", "RDF"):
        raise PageChangedError(page.portal, "no RSS or Atom feed", page.url)
    for item in root.iter(*ITEMS):
        links = [link.get("href") or link.text or "" for link in item.iterfind("{*}link")
                 if link.get("rel", "alternate") == "alternate"]  # fmt: skip
        yield {
            "link": next(iter(links), "").strip(),
            "title": (item.findtext("{*}title") or "").strip(),
            "content": _first_text(item, CONTENT),
            "summary": _first_text(item, SUMMARIES),
            "labelled": tuple(_labelled(item)),
        }


def _first_text(item: etree._Element, tags: Iterable[str]) -> str:
    return next((text for tag in tags if (text := item.findtext(tag))), "")


def _labelled(item: etree._Element) -> Iterator[tuple[str, str]]:
    for name in DATES:
        if printed := item.findtext(f"{{*}}{name}"):
            yield name, printed.strip()
    for category in item.iterfind("{*}category"):
        if words := category.get("term") or category.text:
            yield "category", words.strip()
