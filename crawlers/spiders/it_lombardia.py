"""Regione Lombardia, "Bandi Online": one page for each call, found through the sitemap.

The markup changed in 2021, from a badge and "Disponibile dal" to a chip and "Domande dal". Empty
sections of the accordion are omitted by the site, so that sections are not found by position.
"""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from crawlers.bases.sitemap import SitemapSpider
from crawlers.pages.addresses import join
from crawlers.pages.page import Page, PageChangedError, text_of, texts_of
from schema.notices import Attachment, Markup, RawNotice, Section

ADDRESS = r"/servizi/servizio/(?:bandi|catalogo)/dettaglio/(?:.+-)?(?P<source_id>[^-/]+)$"
STATUS = "div.chip[class*='-state'] span.chip-label, small.badge"
PRINTED = "descendant::p[strong][not(ancestor::*[@id='accordion-boxtext-container'])]"
LEAD = "div.lead p:not(:has(strong))"
ACCORDION = "div#accordion-boxtext-container"
SECTIONS = "div.collapse-header button[data-target]"
CONTENT = "div.item_text-description"
DOWNLOADS = "/descendant::a[contains(@href, '/servizio/bandi/download/')]"


def read_call(page: Page) -> RawNotice:
    """Read the page of one call."""
    address = re.search(ADDRESS, page.url)
    if address is None:
        raise PageChangedError(page.portal, "no code at the end of the address", page.url)
    return RawNotice(
        portal=page.portal,
        source_id=address["source_id"],
        url=page.url,
        title=page.one("h1", field="title"),
        # The same pairs are at the top and at the bottom of the page.
        labelled=tuple(dict.fromkeys((*read_pairs(page), *read_captions(page)))),
        sections=tuple(read_sections(page)),
        attachments=tuple(read_attachments(page)),
        declared_language=page.language,
        declared_status=page.maybe(STATUS),
    )


def read_pairs(page: Page) -> Iterator[tuple[str, str]]:
    """Read lines such as ``Scade il: 02/02/2021 , ore 00:00``."""
    for line in page.selector.xpath(PRINTED):
        label, colon, value = text_of(line).partition(":")
        if colon:
            yield label.strip(), value.strip()


def read_captions(page: Page) -> Iterator[tuple[str, str]]:
    """Read the values under small captions: texts, or a logo, whose name is in its link only."""
    for caption in page.selector.css("p > small"):
        label = "".join(texts_of(caption, "::text"))
        for value in caption.xpath("../following-sibling::div[1]"):
            for words in (*texts_of(value, "span"), *texts_of(value, "a::attr(title)")):
                yield label, words


def read_sections(page: Page) -> Iterator[Section]:
    """Read the paragraph under the title, and the "Scheda informativa".

    A button there has the id of the section that it opens. If there is no paragraph, the summary
    for search engines is used.
    """
    accordion = page.selector.css(ACCORDION)
    lead, located = page.selector.css(LEAD), accordion.css(CONTENT)
    cleaned = page.clean([*lead, *located])
    if words := "".join(cleaned[: len(lead)]):
        yield Section(words)
    elif summary := page.maybe("meta[name=description]::attr(content)"):
        yield Section(summary, markup=Markup.TEXT)
    contents: dict[str, str] = {}
    for content, html in zip(located, cleaned[len(lead) :], strict=True):
        for opened in content.root.iterancestors("div"):
            if identity := opened.get("id"):
                contents[identity] = contents.get(identity, "") + html
    for button in accordion.css(SECTIONS):
        target = button.attrib["data-target"].removeprefix("#")
        heading = next(iter(texts_of(button, ".head-text")), target)
        if contents.get(target):
            yield Section(contents[target], heading)


def read_attachments(page: Page) -> Iterator[Attachment]:
    """Read the documents, whose file name is the parameter ``fileName`` of the address."""
    for link in page.selector.xpath(DOWNLOADS):
        name = re.search(r"[?&]fileName=([^&]+)", link.attrib["href"])
        label = next(iter(texts_of(link, "*")), unquote(name[1]) if name else "")
        yield Attachment(label, join(page.url, link.attrib["href"]))


class ItLombardia(SitemapSpider):
    """Reads the sitemap, about 5 MB, in which a call may have two addresses."""

    name = "it_lombardia"
    readers = {"call": read_call}
    sitemaps = ("https://www.bandi.regione.lombardia.it/servizi/sitemap.xml",)
    notice_pattern = ADDRESS
    preferred = "/bandi/dettaglio/"
