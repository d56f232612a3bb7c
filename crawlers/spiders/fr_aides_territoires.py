"""Aides-territoires: the aids of all bodies for French local authorities, one page each.

The API requires a personal key, so the pages in the sitemap are read. An aid that has ended is
removed from the sitemap; its page remains, with a banner.
"""

import re
from collections.abc import Iterator

from parsel import Selector

from crawlers.bases.sitemap import SitemapSpider
from crawlers.bases.wordpress import find_attachments
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import LAYOUT, Page, PageChangedError
from schema.notices import RawNotice, Section

SITE = "https://aides-territoires.beta.gouv.fr"
ADDRESS = r"^https://aides-territoires\.beta\.gouv\.fr/aides/(?P<source_id>[^/?]+)/?$"
OVER_WORDS = "Cette aide n’est plus disponible"
OVER = re.compile(r"Attention\s! Cette aide n[’']est plus disponible")
CALENDAR = re.compile(r"(Du|au|À partir du|Clôture le) (\d{1,2}(?:er)? \w+ \d{4})")
"""The words before each date of the calendar."""
PLACES = {
    "call-for-project": "div.sidebar .call-for-project",
    "aid-type": "div.sidebar .aid-type",
}
"""Labels for values of the sidebar that have none, by class."""


def read_call(page: Page) -> RawNotice:
    """Read the page of one aid."""
    address = re.search(ADDRESS, page.url)
    if address is None:
        raise PageChangedError(page.portal, "no name of an aid in the address", page.url)
    over = OVER.search(LAYOUT.sub(" ", page.selector.xpath("string(//body)").get(default="")))
    sections = tuple(read_sections(page))
    return RawNotice(
        portal=page.portal,
        source_id=address["source_id"],
        url=page.url,
        title=page.one("h1", field="title"),
        labelled=tuple(read_sidebar(page)),
        sections=sections,
        attachments=tuple(each for part in sections for each in find_attachments(part.content)),
        declared_language=page.language,
        declared_status=OVER_WORDS if over else None,
    )


def read_sidebar(page: Page) -> Iterator[tuple[str, str]]:
    """Read the blocks of the sidebar: those with a heading, and those with a known class."""
    for heading in page.selector.css("div.sidebar h2"):
        for value in heading.xpath("following-sibling::p[1] | following-sibling::ul[1]/li"):
            if words := text_of(value):
                yield text_of(heading).rstrip(" :"), words
    for label, css in PLACES.items():
        for words in page.many(css):
            yield label, words
    for words in page.many("div.sidebar .calendar-start"):
        yield from CALENDAR.findall(words.replace("\xa0", " "))


def read_sections(page: Page) -> Iterator[Section]:
    """Read each heading of the article with the text after it."""
    for heading in page.selector.css("article#aid h2"):
        if heading.xpath("ancestor::div[contains(@class, 'sidebar')]"):
            continue
        body = heading.xpath("following-sibling::*[1]").get(default="")
        if content := clean_fragment(body, page.base):
            yield Section(content, text_of(heading).rstrip(" :"))


def text_of(element: Selector) -> str:
    """Return the text under an element, with white space and no-break spaces collapsed."""
    return LAYOUT.sub(" ", element.xpath("string()").get(default="").replace("\xa0", " ")).strip()


class FrAidesTerritoires(SitemapSpider):
    """Reads the sitemap; robots.txt asks for ten seconds between requests."""

    name = "fr_aides_territoires"
    readers = {"call": read_call}
    sitemaps = (f"{SITE}/sitemap.xml",)
    notice_pattern = ADDRESS
    refresh_days = 21
