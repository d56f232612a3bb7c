"""Förderdatenbank: the funding programmes of Germany's federation and states, and of the Union.

Since December 2025 some answers have ASCII labels and internal codes in place of words
(``Foerderart: zuschuss``), with the same meaning. Deadlines are in running text only, and the
printed number of hits is inexact.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.resources import files

from crawlers.bases.listing import Cards, ListingSpider
from crawlers.bases.wordpress import find_attachments
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import Page, text_of, texts_of
from schema.notices import RawNotice, Section

SITE = "https://www.foerderdatenbank.de/"
LIST = "SiteGlobals/FDB/Forms/Suche/Foederprogrammsuche_Formular.html"
FACTS = "dl.document-info-fundingprogram > dt"
TABS = "h2.horizontal--tab-opener"
CONTENT = "main div.content--main div.content div.rich--text"
CARDS = Cards("div.card--fundingprogram", link="p.card--title a::attr(href)", follow=True)
LABELS = {
    "Foerderart": "Förderart",
    "Foerderbereich": "Förderbereich",
    "Foerdergebiet": "Fördergebiet",
    "Foerderberechtigte": "Förderberechtigte",
    "Foerdergeber": "Fördergeber",
    "WeiterfuehrendeLinks": "Weiterführende Links",
}
NAMES = "p.card--title span.link--label, p.card--title-subtitle"
CODED = ("Förderart", "Förderbereich", "Fördergebiet", "Förderberechtigte")


def read_call(page: Page) -> RawNotice:
    """Read the page of one programme."""
    sections = tuple(read_sections(page))
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=page.maybe("link[rel=canonical]::attr(href)") or page.url,
        title=page.one("h1.title", field="title"),
        labelled=tuple(read_facts(page)),
        sections=sections,
        attachments=tuple(each for part in sections for each in find_attachments(part.content)),
        declared_language=page.language,
        declared_status=page.maybe("p.subtitle--text"),
    )


def read_facts(page: Page) -> Iterator[tuple[str, str]]:
    """Read the list of facts; of a contact card the names only, not address and telephone."""
    for number, term in enumerate(page.selector.css(FACTS), start=1):
        printed = text_of(term).strip(" :")
        label = LABELS.get(printed, printed)
        for value in term.xpath(f"following-sibling::dd[count(preceding-sibling::dt) = {number}]"):
            if label in CODED:
                words = text_of(value).strip()
                yield label, re.sub(r"\w+", lambda code: codes().get(code[0], code[0]), words)
            elif names := texts_of(value, NAMES) or texts_of(value, "a"):
                yield label, "; ".join(names)


@cache
def codes() -> Mapping[str, str]:
    """Return the words for the site's internal codes."""
    file = files("crawlers.bases").joinpath("foerderdatenbank_codes.toml")
    return {code: str(words) for code, words in tomllib.loads(file.read_text("utf-8")).items()}


def read_sections(page: Page) -> Iterator[Section]:
    """Read the tabs with their names as headings, or the text of a page without tabs."""
    tabs = page.selector.css(TABS)
    if not tabs:
        yield Section(page.fragment(CONTENT))
    for tab in tabs:
        heading = text_of(tab).strip()
        body = tab.xpath("following-sibling::article[1]").get(default="")
        if content := clean_fragment(body, page.base):
            yield Section(content, heading)


class DeFoerderdatenbank(ListingSpider):
    """Follows the link to the next page, because page addresses change from day to day."""

    name = "de_foerderdatenbank"
    readers = {"listing": CARDS.read, "call": read_call}
    listings = (f"{SITE}{LIST}?filterCategories=FundingProgram",)
    next_link = "a.forward.button::attr(href)"
    refresh_days = 14
