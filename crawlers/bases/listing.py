"""Paged HTML lists: every page is walked, its cards are notices or lead to their own pages.

A list that is read while it changes shows an entry twice and hides another: where entries of one
page come again on the next, the list is walked once more, until a walk brings nothing new.

A portal is data. ``Cards`` says where a card prints what; the spider says how the pages follow
each other: by a link to the next (``next_link``) or by a number in the address (``{page}``).
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

from parsel import Selector, SelectorList
from scrapy import Request

from crawlers.bases.portal import PortalSpider, Step
from crawlers.bases.walks import IDLE_PAGES, ChangeSignal, Walks
from crawlers.pages.addresses import join
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import LAYOUT, Page, PageChangedError, text_of, texts_of
from crawlers.pages.readers import Elsewhere, Reading, Row, read_rows
from schema.notices import Attachment, RawNotice, Section


@dataclass(frozen=True, slots=True)
class Cards:
    """Where a list prints its notices; all selectors are CSS, searched for within a card.

    ``readers = {"listing": Cards(...).read}``.
    """

    card: str
    link: str = "a::attr(href)"
    title: str = "h1, h2, h3, h4"
    status: str = ""
    labelled: Mapping[str, str] = field(default_factory=dict)
    """Where the values of a label stand, by label. A label that the page does not print gets the
    name of what the page calls it, such as a class or a column."""
    pairs: str = ""
    """Elements that print ``Label: value``."""
    sections: Mapping[str, str] = field(default_factory=dict)
    """Where running text stands, by heading; ``""`` for text without one."""
    source_id: str = ""
    """A pattern searched for in the address; its group ``source_id`` is the notice's identity,
    without it the whole address."""
    only: str = ""
    """A pattern; cards whose address does not contain it are dropped on purpose."""
    visit: bool = False
    """Whether the notice's own page is read instead of its card; then the address identifies."""
    attachments: str = ""
    """Links to documents."""

    def read(self, page: Page) -> Reading:
        """Read all cards of a page; of several links to one page to visit, the first counts."""
        cards = page.selector.css(self.card)
        if self.visit:
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
        if self.visit:
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
    """Read elements that print ``Label: value``; one without a colon is passed over."""
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
    """Return what a visitor reads; scripts may hold the words for every occasion."""
    texts = page.selector.xpath("//body//text()[not(ancestor::script or ancestor::template)]")
    return LAYOUT.sub(" ", " ".join(texts.getall()))


@dataclass(frozen=True, slots=True)
class Turn:
    """One page of a list, to be asked for."""

    listing: str
    """The list, as ``listings`` has it."""
    url: str
    number: int = 1
    """Which page it is, counted from 1 whatever the address says."""


class ListingSpider(PortalSpider):
    """Walks lists; a subclass adds ``readers["listing"]`` and, where cards lead on, ``"call"``."""

    listings: tuple[str, ...]
    """First page of each list. With ``{page}`` in it the pages are counted through; else they are
    followed by ``next_link``, and without one there is a single page."""
    first_page: int = 1
    page_step: int = 1
    """What ``{page}`` grows by: 20 where it is an offset."""
    next_link: str = ""
    """CSS of the next page's address."""
    totals: str = ""
    """A pattern for what the page prints about itself; its group ``notices`` is the number of
    entries, ``pages`` that of pages."""
    nothing: str = ""
    """A pattern for what the page says when there is nothing at present."""

    def begin(self) -> Step:
        """Ask for the first page of every list."""
        self._walks = Walks(self.record, self.listings, ChangeSignal.PAGES)
        self._lengths: dict[str, int] = {}
        """How many pages each list had on the first walk."""
        yield from self._ask_first_pages()

    def _ask_first_pages(self) -> Step:
        self._empty = 0
        """How many lists say in this walk that they have nothing."""
        for listing in self.listings:
            url = listing.replace("{page}", str(self.first_page))
            yield self.ask_listing(Turn(listing, url))

    def ask_listing(self, turn: Turn) -> Request:
        """Return the request for a page of a list; a portal with a form may ask otherwise."""
        counted = "{page}" in turn.listing and turn.number > 1
        return self.ask(
            turn.url,
            "listing",
            partial(self.take_listing, turn=turn),
            partial(self.end_counting, turn=turn) if counted else None,
        )

    def take_listing(self, page: Page, turn: Turn) -> Step:
        """Read a page of a list and go on: to the next page, or round once more."""
        pages = self._read_totals(page, turn)
        walked = self._walks.take(lambda: self.take(page), turn.listing)
        yield from walked.steps
        if self.record.sampled_enough:
            return
        if not walked.rows:
            self._judge_empty(page, turn, pages)
        following = self._following(page, turn, pages) if walked.rows else None
        if following is None or self._is_enough(turn, pages):
            yield from self._end_list(turn)
        else:
            yield self.ask_listing(Turn(turn.listing, following, turn.number + 1))

    def _read_totals(self, page: Page, turn: Turn) -> int | None:
        """Note how many entries the list announces; return how many pages, if it says so."""
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
        """Take a page without entries for the list's end, or raise where it cannot be."""
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
        """Tell whether a list ends here although it names a further page."""
        if self._walks.number > 1:
            return turn.number > self._lengths.get(turn.listing, 0)
        return pages is None and self._walks.idle(turn.listing) >= IDLE_PAGES

    def end_counting(self, status: int | None, turn: Turn) -> Step:
        """Take a missing page for the end of a counted list, anything else for a gap."""
        if status in (404, 410):
            yield from self._end_list(turn)
        else:
            self.record.faults.note_gap(
                f"page {turn.number} of a list could not be read (status {status or 'none'})"
            )

    def _end_list(self, turn: Turn) -> Step:
        self._lengths.setdefault(turn.listing, turn.number)
        if self._walks.end_list():
            yield from self._ask_first_pages()
        elif self._walks.has_ended and self._empty == len(self.listings):
            self.record.inventory.say_empty()
