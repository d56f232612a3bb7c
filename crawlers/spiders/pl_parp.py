"""PARP, the Polish agency for enterprise: one page with the calls of three European programmes.

A block has two dates, and the small caption below each says whether it is the opening or the
closing date. A call with several rounds has a block for each; they become one notice. The block of
a call that has not been announced yet has no link.
"""

import re
from collections.abc import Iterator

from parsel import Selector

from crawlers.bases.listing import ListingSpider, read_pairs
from crawlers.pages.addresses import join
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import Page, PageChangedError, texts_of
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import RawNotice, Section

BLOCK = "a.schedule-main"
TITLE, TEXT = "p.text-mm-18", "p.text-cr-14"
DATES = "p.text-cr-18"
LABELS = r"Maksymalne dofinansowanie|Koniec naboru"
PROGRAMMES = {
    "schedule-feng": "Fundusze Europejskie dla Nowoczesnej Gospodarki",
    "schedule-fers": "Fundusze Europejskie dla Rozwoju Społecznego",
    "schedule-fepw": "Fundusze Europejskie dla Polski Wschodniej",
}
"""The programmes of blocks, by class."""


def read_list(page: Page) -> ParseResult:
    """Read the blocks of the page; blocks with the same address are one row."""
    blocks: dict[str, list[Selector]] = {}
    for block in page.selector.css(BLOCK):
        address = (block.attrib.get("href") or "").strip("# ")
        own = "#".join((page.url, title_of(block)))
        key = (join(page.base, address) if address else None) or own
        blocks.setdefault(key, []).append(block)
    rows = ({"address": key, "rounds": rounds} for key, rounds in blocks.items())
    return read_rows(rows, read_rounds, page)


def read_rounds(row: Row, page: Page) -> RawNotice:
    """Read a call with all its rounds; without an address, its title identifies it."""
    rounds: list[Selector] = row["rounds"]
    title = next(filter(None, map(title_of, rounds)), None)
    if title is None:
        raise PageChangedError(page.portal, "a block without a title", page.url, "title")
    pairs = (pair for each in rounds for pair in (*read_programme(each), *read_dates(each)))
    texts = dict.fromkeys(text for each in rounds for text in each.css(TEXT).getall())
    content = clean_fragment("".join(texts), page.base)
    return RawNotice(
        portal=page.portal,
        source_id=row["address"],
        url=row["address"] if row["address"] != f"{page.url}#{title}" else page.url,
        title=title,
        labelled=tuple(dict.fromkeys(pairs)),
        sections=(Section(content),) if content else (),
        declared_language=page.language,
    )


def title_of(block: Selector) -> str:
    """Return the title of a block, or an empty text."""
    return next(iter(texts_of(block, TITLE)), "")


def read_programme(block: Selector) -> Iterator[tuple[str, str]]:
    """Read the programme and the pairs of label and value."""
    for name in block.attrib.get("class", "").split():
        if name in PROGRAMMES:
            yield "schedule", PROGRAMMES[name]
    for label, value in read_pairs(block, "p, div:not(:has(p))"):
        if re.fullmatch(LABELS, label) and value:
            yield label, value


def read_dates(block: Selector) -> Iterator[tuple[str, str]]:
    """Read each date, with its caption as the label."""
    for day in block.css(DATES):
        caption = " ".join(texts_of(day, "p")).strip()
        for below in day.xpath("following-sibling::p[1][contains(@class, 'text-cr-13')]"):
            yield " ".join(texts_of(below, "p")).strip(" :"), caption


class PlParp(ListingSpider):
    """Reads a single page, which has all calls."""

    name = "pl_parp"
    readers = {"listing": read_list}
    listings = ("https://www.parp.gov.pl/harmonogram-naborow",)
