"""California Grants Portal: the table behind the portal, with open, forecast and closed grants.

A deadline is a local time or the word "Ongoing". The column of contacts, which names officials, is
left out.
"""

from crawlers.bases.ckan import CkanSpider, rows_of
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import identity, printed
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import RawNotice, Section

SECTIONS = {
    "Purpose": "Purpose",
    "Description": "Description",
    "ApplicantTypeNotes": "Eligible applicants",
    "MatchingFundsNotes": "Matching funds",
    "FundingSourceNotes": "Source of funds",
    "FundingMethodNotes": "Payment",
}
"""Headings for the columns of running text."""
LEFT_OUT = frozenset(("_id", "ContactInfo", *SECTIONS))


def read_row(row: Row, page: Page) -> RawNotice:
    """Read one row, with the names of columns as labels."""
    number = row["PortalID"]
    sections = (
        (clean_fragment(row.get(column) or "", page.url), heading)
        for column, heading in SECTIONS.items()
    )
    return RawNotice(
        portal=page.portal,
        source_id=number,
        url=f"{page.url.partition('?')[0]}?resource_id={UsCalifornia.resource}&q={identity(number)}",
        title=row["Title"],
        labelled=tuple(
            (column, printed(value))
            for column, value in row.items()
            if column not in LEFT_OUT and value not in (None, "")
        ),
        sections=tuple(Section(content, heading) for content, heading in sections if content),
        declared_status=row["Status"],
    )


def read_register(page: Page) -> ParseResult:
    """Read one page of the table."""
    return read_rows(rows_of(page), read_row, page)


class UsCalifornia(CkanSpider):
    """The table "California Grants Portal"."""

    name = "us_california"
    readers = {"register": read_register}
    resource = "111c8c88-21f6-453c-ae2c-b4785a0624f5"
