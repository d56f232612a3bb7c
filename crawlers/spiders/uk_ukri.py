"""UK Research and Innovation: funding opportunities of the councils, open and upcoming.

All facts are on the cards of the list. If the list is refused, the feed has the same addresses with
a summary and without the facts.
"""

from collections.abc import Iterator
from functools import partial

from parsel import Selector
from scrapy import Request

from crawlers.bases.feed import FeedSpider, read_feed
from crawlers.bases.listing import ListingSpider, Turn
from crawlers.bases.portal import SpiderOutput
from crawlers.pages.addresses import join
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import Page, PageChangedError, text_of, texts_of
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import RawNotice, Section

STATUS = "Opportunity status"
FILTER = "filter_status%5B%5D=open&filter_status%5B%5D=upcoming&filter_submitted=true"


def read_list(page: Page) -> ParseResult:
    """Read the cards of a page."""
    return read_rows(
        ({"card": card} for card in page.selector.css("div.opportunity")), read_card, page
    )


def read_card(row: Row, page: Page) -> RawNotice:
    """Read one card."""
    card: Selector = row["card"]
    link = card.css(".entry-header a")
    if not link:
        raise PageChangedError(page.portal, "a card without a link", page.url)
    url = join(page.base, link[0].attrib["href"])
    if url is None:
        raise PageChangedError(page.portal, "a card without an address", page.url)
    facts = tuple(read_facts(card))
    content = clean_fragment(card.css(".entry-content").get(default=""), page.base)
    return RawNotice(
        portal=page.portal,
        source_id=url,
        url=url,
        title=text_of(link[0]).strip(),
        labelled=facts,
        sections=(Section(content),) if content else (),
        declared_language=page.language,
        declared_status=dict(facts).get(STATUS),
    )


def read_facts(card: Selector) -> Iterator[tuple[str, str]]:
    """Read the terms of a card's list with the value after each."""
    for term in card.css("dl dt"):
        label = text_of(term).strip(" :")
        for value in term.xpath("following-sibling::dd[1]"):
            if words := " ".join(texts_of(value, "dd")):
                yield label, words


class UkUkri(ListingSpider, FeedSpider):
    """Reads the pages of the list, or else of the feed."""

    name = "uk_ukri"
    readers = {"listing": read_list, "register": read_feed}
    listings = (f"https://www.ukri.org/opportunity/page/{{page}}/?{FILTER}",)
    nothing = "No opportunities|no results"
    feed = "https://www.ukri.org/opportunity/feed/"
    paging = "?paged={number}"

    def request_listing(self, turn: Turn) -> Request:
        """Return the request for a page of the list; if the first fails, the feed is requested."""
        if turn.number > 1:
            return super().request_listing(turn)
        return self.request(
            turn.url, "listing", partial(self.parse_listing, turn=turn), self.try_feed
        )

    def try_feed(self, _: int | None) -> SpiderOutput:
        """Request the feed."""
        yield self.request_feed(1)
