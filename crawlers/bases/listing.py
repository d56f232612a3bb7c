"""Paged HTML lists, whose cards are notices or lead to pages of notices.

A portal of this kind is described by data. :class:`Cards` has the selectors of a card's parts; the
spider says how pages follow each other: by a link to the next (``next_link``) or by a number in the
address (``{page}``). Lists that change while they are read are walked again
(:mod:`crawlers.bases.walks`).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from parsel import Selector, SelectorList
from scrapy import Request

from crawlers.bases.portal import PortalSpider, SpiderOutput
from crawlers.bases.walks import IDLE_PAGES, ChangeSignal, Walks
from crawlers.pages.addresses import join
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import LAYOUT, Page, PageChangedError, text_of, texts_of
from crawlers.pages.readers import Elsewhere, ParseResult, Row, read_rows
from schema.notices import Attachment, RawNotice, Section


@dataclass(frozen=True, slots=True)
class Cards:
    """Selectors for the cards of a list and for the parts of a card, all in CSS.

    Use with ``readers = {"listing": Cards(...).read}``.
    """

    card: str
    link: str = "a::attr(href)"
    title: str = "h1, h2, h3, h4"
    status: str = ""
    labelled: Mapping[str, str] = field(default_factory=dict)
    """Selectors of values, by label. Where the page prints no label, it is a name that the page has
    for the value, such as a class or a column."""
    pairs: str = ""
    """A selector of elements with a text such as ``Label: value``."""
    sections: Mapping[str, str] = field(default_factory=dict)
    """Selectors of running text, by heading; ``""`` for text without a heading."""
    source_id: str = ""
    """A pattern that is searched for in the address; its group ``source_id`` identifies the notice.
    If empty, the whole address does."""
    only: str = ""
    """A pattern that the address of a card must contain; other cards are dropped."""
    follow: bool = False
    """Whether to read the notice's own page in place of its card; its address is its identity."""
    attachments: str = ""
    """A selector of links to documents."""

    def read(self, page: Page) -> ParseResult:
        """Read all cards of a page; with ``visit``, only the first of several with one link."""
        cards = page.selector.css(self.card)
        if self.follow:
            by_link = {tuple(texts_of(card, self.link)[:1]): card for card in reversed(cards)}
            cards = SelectorList(reversed(by_link.values()))
        return read_rows(({"card": card} for card in cards), self._read_card, page)

    def _read_card(self, row: Row, page: Page) -> RawNotice | Elsewhere | None:
        card: Selector = row["card"]
        link = _one(card, self.link, page)
        url = join(page.base, link)
        if url is None:
            raise PageChangedError(page.portal, f"no address in {link!r}", page.url)
        if self.only and not re.search(self.only, url):
            return None
        if self.follow:
            return Elsewhere(url)
        match = re.search(self.source_id, url) if self.source_id else None
        if self.source_id and match is None:
            raise PageChangedError(page.portal, f"no {self.source_id!r} in {url}", page.url)
        return RawNotice(
            portal=page.portal,
            source_id=match["source_id"] if match else url,
            url=url,
            title=_one(card, self.title, page, "title"),
            labelled=(*self._read_labelled(card), *read_pairs(card, self.pairs)),
            sections=tuple(self._read_sections(card, page)),
            attachments=tuple(self._read_attachments(card, page)),
            declared_language=page.language,
            declared_status=next(iter(texts_of(card, self.status)), None) if self.status else None,
        )

    def _read_labelled(self, card: Selector) -> Iterator[tuple[str, str]]:
        for label, css in self.labelled.items():
            for value in texts_of(card, css):
                yield label, value

    def _read_sections(self, card: Selector, page: Page) -> Iterator[Section]:
        for heading, css in self.sections.items():
            found = (clean_fragment(html, page.base) for html in card.css(css).getall())
            if content := "".join(found):
                yield Section(content, heading or None)

    def _read_attachments(self, card: Selector, page: Page) -> Iterator[Attachment]:
        for link in card.css(self.attachments) if self.attachments else ():
            label = text_of(link).strip()
            address = link.attrib.get("href")
            yield Attachment(label, join(page.base, address) if address else None)


def read_pairs(selector: Selector, css: str) -> Iterator[tuple[str, str]]:
    """Yield label and value of elements such as ``Label: value``, except those without a colon."""
    for text in texts_of(selector, css) if css else ():
        label, colon, value = text.partition(":")
        if colon:
            yield label.strip(), value.strip()


def _one(card: Selector, css: str, page: Page, name: str | None = None) -> str:
    found = next(iter(texts_of(card, css)), None)
    if found is None:
        raise PageChangedError(page.portal, f"nothing in a card matches {css!r}", page.url, name)
    return found


def _visible(page: Page) -> str:
    """Return the visible text of a page; scripts may contain messages that are not shown."""
    texts = page.selector.xpath("//body//text()[not(ancestor::script or ancestor::template)]")
    return LAYOUT.sub(" ", " ".join(texts.getall()))


@dataclass(frozen=True, slots=True)
class Turn:
    """One page of a list, to be requested."""

    listing: str
    """The list, by its entry in ``listings``."""
    url: str
    number: int = 1
    """The number of the page, counted from 1, also where the address counts from 0."""


class ListingSpider(PortalSpider):
    """Reads lists; a subclass adds ``readers["listing"]`` and, for visits, ``readers["call"]``."""

    listings: tuple[str, ...]
    """The address of each list's first page. ``{page}`` in it stands for the page's number. Without
    it, further pages are found by ``next_link``; if that is empty, there is one page."""
    first_page: int = 1
    page_step: int = 1
    """The difference between the ``{page}`` of two pages; more than 1 if it is an offset."""
    next_link: str = ""
    """A CSS selector of the next page's address."""
    totals: str = ""
    """A pattern for the totals that a page prints; its group ``notices`` is the number of entries,
    its group ``pages`` that of pages."""
    nothing: str = ""
    """A pattern for the message of a list that has no entries at present."""

    def begin(self) -> SpiderOutput:
        """Request the first page of every list."""
        self._walks = Walks(self.record, self.listings, ChangeSignal.PAGES)
        self._lengths: dict[str, int] = {}
        """How many pages each list had on the first walk."""
        yield from self._request_first_pages()

    def _request_first_pages(self) -> SpiderOutput:
        self._empty = 0
        """How many lists say in this walk that they have nothing."""
        for listing in self.listings:
            url = listing.replace("{page}", str(self.first_page))
            yield self.request_listing(Turn(listing, url))

    def request_listing(self, turn: Turn) -> Request:
        """Return the request for a page of a list; override it for a portal with a form."""
        counted = "{page}" in turn.listing and turn.number > 1
        return self.request(
            turn.url,
            "listing",
            partial(self.parse_listing, turn=turn),
            partial(self.end_counting, turn=turn) if counted else None,
        )

    def parse_listing(self, page: Page, turn: Turn) -> SpiderOutput:
        """Read a page of a list and request the next one, or begin another walk."""
        pages = self._read_totals(page, turn)
        walked = self._walks.read(lambda: self.parse_notices(page), turn.listing)
        yield from walked.steps
        if self.record.sampled_enough:
            return
        if not walked.rows:
            self._judge_empty(page, turn, pages)
        following = self._following(page, turn, pages) if walked.rows else None
        if following is None or self._is_enough(turn, pages):
            yield from self._end_list(turn)
        else:
            yield self.request_listing(Turn(turn.listing, following, turn.number + 1))

    def _read_totals(self, page: Page, turn: Turn) -> int | None:
        """Note the announced number of entries; return that of pages, if it is announced."""
        if not self.totals:
            return None
        match = re.search(self.totals, _visible(page))
        found = {name: text for name, text in (match.groupdict() if match else {}).items() if text}
        if "notices" in found:
            total = self.record.total_of(re.sub(r"\D", "", found["notices"]), page.url)
            if total is not None:
                self._walks.announce(total, turn.listing)
        if "pages" not in found:
            return None
        return self.record.total_of(re.sub(r"\D", "", found["pages"]), page.url)

    def _judge_empty(self, page: Page, turn: Turn, pages: int | None) -> None:
        """Take a page without entries as the end of the list, or raise if it cannot be."""
        if turn.number == 1 and self.nothing and re.search(self.nothing, _visible(page)):
            self._empty += 1
        elif turn.number == 1 or turn.number < (pages or 0) or "{page}" not in turn.listing:
            raise PageChangedError(
                page.portal, f"no entry on page {turn.number} of a list", page.url
            )

    def _following(self, page: Page, turn: Turn, pages: int | None) -> str | None:
        """Return the address of the next page, if there is one."""
        if "{page}" in turn.listing:
            if pages is not None and turn.number >= pages:
                return None
            number = self.first_page + turn.number * self.page_step
            return turn.listing.replace("{page}", str(number))
        link = page.maybe(self.next_link) if self.next_link else None
        address = join(page.base, link) if link else page.url
        if address is None:
            raise PageChangedError(page.portal, f"no address in {link!r}", page.url)
        return address if address != page.url else None

    def _is_enough(self, turn: Turn, pages: int | None) -> bool:
        """Tell whether to end the list although it has a further page."""
        if self._walks.number > 1:
            return turn.number > self._lengths.get(turn.listing, 0)
        return pages is None and self._walks.idle(turn.listing) >= IDLE_PAGES

    def end_counting(self, status: int | None, turn: Turn) -> SpiderOutput:
        """Take a missing page as the end of a counted list; any other failure is a gap."""
        if status in (404, 410):
            yield from self._end_list(turn)
        else:
            self.record.faults.note_gap(
                f"page {turn.number} of a list could not be read (status {status or 'none'})"
            )

    def _end_list(self, turn: Turn) -> SpiderOutput:
        self._lengths.setdefault(turn.listing, turn.number)
        if self._walks.end_list():
            yield from self._request_first_pages()
        elif self._walks.has_ended and self._empty == len(self.listings):
            self.record.inventory.say_empty()
