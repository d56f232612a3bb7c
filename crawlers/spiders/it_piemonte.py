"""Regione Piemonte, grants and loans (bandi.regione.piemonte.it): a Drupal list of cards.

Dates are on a call's page only. The markup of these pages was never seen and is assumed to have the
same names of fields as the cards. Past calls are listed under another status.
"""

from collections.abc import Iterator

from crawlers.bases.listing import Cards, ListingSpider
from crawlers.bases.wordpress import find_attachments
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import Page, texts_of
from schema.notices import RawNotice, Section

STATUS = "dl.field--name-field-stato dd.field__item, .field--name-field-stato .field__item"
HIDDEN = ("field-stato", "field-display-title", "field-immagine")
RUNNING = ("text-long", "text-with-summary")
"""Types of fields with running text."""


def read_call(page: Page) -> RawNotice:
    """Read the page of one call, field by field."""
    content = "".join(page.fragments("article .field--type-file, article .field--type-link"))
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=page.url,
        title=page.one("h1, .field--name-field-display-title .field__item", field="title"),
        labelled=tuple(read_fields(page)),
        sections=tuple(read_sections(page)),
        attachments=find_attachments(content),
        declared_language=page.language,
        declared_status=page.maybe(STATUS),
    )


def read_fields(page: Page) -> Iterator[tuple[str, str]]:
    """Yield label and value of each field without running text."""
    for field in page.selector.css("article .field"):
        kind = field.attrib["class"]
        if any(name in kind for name in (*HIDDEN, *RUNNING, "type-file", "type-link")):
            continue
        for label in texts_of(field, ".field__label")[:1]:
            for value in texts_of(field, ".field__item"):
                yield label, value


def read_sections(page: Page) -> Iterator[Section]:
    """Yield the fields with running text, with their labels as headings."""
    for field in page.selector.css(
        "article .field--type-text-long, article .field--type-text-with-summary"
    ):
        heading = next(iter(texts_of(field, ".field__label")), None)
        items = field.css(".field__item").getall() or [field.get()]
        if content := "".join(clean_fragment(item, page.url) for item in items):
            yield Section(content, heading)


class ItPiemonte(ListingSpider):
    """Reads open, announced and suspended calls, and the page of each."""

    name = "it_piemonte"
    readers = {
        "listing": Cards("article[about]", link="::attr(about)", follow=True).read,
        "call": read_call,
    }
    listings = tuple(
        f"https://bandi.regione.piemonte.it/contributi-finanziamenti?field_stato_target_id={number}"
        for number in (19, 87, 23)
    )
    next_link = "a[rel=next]::attr(href)"
    totals = r"(?P<notices>[\d.]+) risultat[io]"
    nothing = r"\b0 risultati|[Nn]essun risultato|[Nn]on ci sono risultati"
    refresh_days = 2
