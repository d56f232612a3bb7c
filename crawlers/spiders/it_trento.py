"""Provincia autonoma di Trento, calendars of its EU programmes: a CSV file for each fund.

"Codice avviso" is 1 in every row, so that a call is identified by its measure and its opening date.
Dates have several forms ("09/2/2026", "31/03/26", "maggio 2024") and are kept as printed.
"""

from parsel import Selector

from crawlers.bases.bulk import BulkSpider, csv_rows
from crawlers.pages.page import Page, texts_of
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import RawNotice

COLUMNS = ("STATO", "INTERVENTO", "DATA APERTURA", "DATA CHIUSURA")
LINK = "INFORMAZIONI"


def read_row(row: Row, page: Page) -> RawNotice:
    """Read one row; one of its cells is the address of the call's page."""
    link = Selector(row.get(LINK) or "<p></p>")
    address = next(iter(texts_of(link, "a::attr(href)")), page.url)
    return RawNotice(
        portal=page.portal,
        source_id=f"{row['INTERVENTO']} {row['DATA APERTURA']}",
        url=address,
        title=row["INTERVENTO"],
        labelled=tuple(
            (name, value.strip())
            for name, value in row.items()
            if value.strip() and name not in (LINK, "STATO")
        ),
        declared_status=row["STATO"].strip() or None,
    )


def read_calendar(page: Page) -> ParseResult:
    """Read one file."""
    return read_rows(csv_rows(page, COLUMNS), read_row, page)


class ItTrento(BulkSpider):
    """The files of ERDF, ESF+ and EAFRD; only the address of the first was ever verified."""

    name = "it_trento"
    readers = {"register": read_calendar}
    files = tuple(
        f"https://www.provincia.tn.it/customexport/dataset-csv_resource-{number}"
        for number in (27837, 27833, 27806)
    )
