"""Find a grant (GOV.UK): the British government's grants, each on its own page.

A closing time of 00:00 is read as 23:59 of the day before, as the site shows it.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote

from crawlers.bases.listing import ListingSpider, Turn
from crawlers.bases.nextdata import props_of, write_rich_text
from crawlers.bases.portal import SpiderOutput
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import printed
from crawlers.pages.page import Page
from crawlers.pages.readers import Elsewhere, ParseResult, Row, read_rows
from schema.notices import Attachment, RawNotice, Section

SITE = "https://www.find-government-grants.service.gov.uk"
WORDS = ("label", "grantFunder", "grantLocation", "grantApplicantType", "grantType")
AMOUNTS = ("grantTotalAwardAmount", "grantMinimumAward", "grantMaximumAward")
TABS = {
    "grantSummaryTab": "Summary",
    "grantEligibilityTab": "Eligibility",
    "grantObjectivesTab": "Objectives",
    "grantDatesTab": "Dates",
    "grantApplyTab": "How to apply",
    "grantSupportingInfoTab": "Supporting information",
}
"""Headings for the tabs of a page that are about the grant."""


def read_list(page: Page) -> ParseResult:
    """Read a page of the list, which has the addresses of grants."""
    return read_rows(props_of(page, "searchResult"), read_item, page)


def read_item(item: Row, page: Page) -> Elsewhere:  # noqa: ARG001
    """Return the address of a grant's page."""
    return Elsewhere(f"{SITE}/grants/{quote(item['label'])}")


def read_call(page: Page) -> RawNotice:
    """Read the page of one grant."""
    fields = props_of(page, "grantDetail", "fields")
    short = fields.get("grantShortDescription") or ""
    tabs = ((write_rich_text(fields.get(tab)), heading) for tab, heading in TABS.items())
    sections = ((short, "Short description"), *tabs)
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=page.url,
        title=fields["grantName"],
        labelled=tuple(read_values(fields)),
        sections=tuple(
            Section(content, heading)
            for html, heading in sections
            if (content := clean_fragment(html, page.url))
        ),
        attachments=tuple(read_documents(fields)),
        declared_language=page.language,
    )


def read_values(fields: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the plain values; amounts, which are in pounds, only if they are not 0."""
    for key in WORDS:
        value = fields.get(key) or ()
        for words in value if isinstance(value, list) else [value] if value else ():
            yield key, printed(words)
    for key in AMOUNTS:
        if fields.get(key):
            yield key, f"{fields[key]} GBP"
    if opens := fields.get("grantApplicationOpenDate"):
        yield "grantApplicationOpenDate", opens
    if closes := fields.get("grantApplicationCloseDate"):
        yield "grantApplicationCloseDate", show_closing(closes)


def show_closing(printed: str) -> str:
    """Return a closing time as the site shows it: 23:59 in place of 00:00 of the next day."""
    if printed[10:16] != "T00:00":
        return printed
    return f"{datetime.fromisoformat(printed[:10]) - timedelta(days=1):%Y-%m-%d}T23:59"


def read_documents(fields: Mapping[str, Any]) -> Iterator[Attachment]:
    """Yield the documents that have an address."""
    for each in fields.get("grantSupportingDocuments") or ():
        file = (each.get("fields") or {}).get("file") or {}
        if address := file.get("url"):
            label = each["fields"].get("title") or file.get("fileName") or ""
            yield Attachment(label, f"https:{address}" if address.startswith("//") else address)


class UkFindAGrant(ListingSpider):
    """Reads the list in pages of ten, and every grant's page."""

    name = "uk_find_a_grant"
    readers = {"listing": read_list, "call": read_call}
    listings = (f"{SITE}/grants?page={{page}}",)

    def parse_listing(self, page: Page, turn: Turn) -> SpiderOutput:
        """Note the total, which is in the page's data, and read the page."""
        total = self.record.total_of(props_of(page, "totalGrants"), page.url)
        self.record.inventory.announce(total)
        yield from super().parse_listing(page, turn)
