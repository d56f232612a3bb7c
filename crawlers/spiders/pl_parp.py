"""PARP, the Polish agency for enterprise: one page with the calls of three European programmes.

Each block has two dates, and only the small caption under a date says whether it opens or closes.
A block whose call has not been announced yet leads nowhere.
"""

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from parsel import Selector

from crawlers.bases.listing import ListingSpider, read_pairs
from crawlers.fragments import clean_fragment
from crawlers.page import Page, PageChangedError, texts_of
from crawlers.readings import Reading, Row, read_rows
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
"""What the page says of a block's programme by its class alone."""


def read_list(page: Page) -> Reading:
    """Read the blocks of the page."""
    return read_rows(({"block": block} for block in page.selector.css(BLOCK)), read_block, page)


def read_block(row: Row, page: Page) -> RawNotice:
    """Read one block; without an address of its own, its title is all that tells it apart."""
    block: Selector = row["block"]
    title = next(iter(texts_of(block, TITLE)), None)
    if title is None:
        raise PageChangedError(page.portal, "a block without a title", page.url)
    address = (block.attrib.get("href") or "").strip("# ")
    url = urljoin(page.base, address)
    texts = "".join(block.css(TEXT).getall())
    return RawNotice(
        portal=page.portal,
        source_id=url if address else f"{page.url}#{title}",
        url=url if address else page.url,
        title=title,
        labelled=tuple(dict.fromkeys((*read_programme(block), *read_dates(block)))),
        sections=(Section(content),) if (content := clean_fragment(texts, page.base)) else (),
        declared_language=page.language,
    )


def read_programme(block: Selector) -> Iterator[tuple[str, str]]:
    """Read the programme and the pairs of label and value."""
    for name in block.attrib.get("class", "").split():
        if name in PROGRAMMES:
            yield "schedule", PROGRAMMES[name]
    for label, value in read_pairs(block, "p, div:not(:has(p))"):
        if re.fullmatch(LABELS, label) and value:
            yield label, value


def read_dates(block: Selector) -> Iterator[tuple[str, str]]:
    """Read each date with the caption under it."""
    for day in block.css(DATES):
        caption = " ".join(texts_of(day, "p")).strip()
        for below in day.xpath("following-sibling::p[1][contains(@class, 'text-cr-13')]"):
            yield " ".join(texts_of(below, "p")).strip(" :"), caption


class PlParp(ListingSpider):
    """A single page, complete by itself."""

    name = "pl_parp"
    readers = {"listing": read_list}
    listings = ("https://www.parp.gov.pl/harmonogram-naborow",)
