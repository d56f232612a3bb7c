"""Croatian Science Foundation (hrzz.hr): all open calls in the accordion of one page.

The first seven characters of an id in the accordion identify the entry; the rest changes whenever
the page is rendered.
"""

import re
from urllib.parse import quote

from parsel import Selector

from crawlers.bases.listing import ListingSpider
from crawlers.bases.wordpress import find_attachments
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import Page, PageChangedError, texts_of
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import RawNotice, Section

ENTRY = re.compile(r"#collapse-(?P<entry>[0-9a-f]{7})", re.IGNORECASE)


def read_calls(page: Page) -> ParseResult:
    """Read every entry of the accordion."""
    togglers = page.selector.css("a.ekit-accordion--toggler[data-target]")
    return read_rows(({"toggler": toggler} for toggler in togglers), read_entry, page)


def read_entry(row: Row, page: Page) -> RawNotice:
    """Read one entry: its title, and the element that the title opens."""
    toggler: Selector = row["toggler"]
    target = toggler.attrib["data-target"]
    entry = ENTRY.match(target)
    body = page.selector.xpath("//*[@id=$id]", id=target.removeprefix("#")).get()
    title = next(iter(texts_of(toggler, "span.ekit-accordion-title")), None)
    if body is None or title is None:
        raise PageChangedError(page.portal, f"no title or no content for {target}", page.url)
    content = clean_fragment(body, page.url)
    return RawNotice(
        portal=page.portal,
        source_id=entry["entry"] if entry else target,
        url=f"{page.url}#:~:text={quote(title)}",
        title=title,
        sections=(Section(content),) if content else (),
        attachments=find_attachments(content),
        declared_language=page.language,
    )


class HrHrzz(ListingSpider):
    """One page, without paging."""

    name = "hr_hrzz"
    readers = {"listing": read_calls}
    listings = ("https://hrzz.hr/prijava/otvoreni-natjecaji/",)
    nothing = r"(?i)trenuta[cč]no nema otvorenih natje[cč]aja"
