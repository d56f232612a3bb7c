"""Slovenia's register of public notices (gov.si): the calls of all ministries, open and closed.

A table has number, title, ministry, dates and status of each. The text of a call is in documents
and on a page without class names, and is not read.
"""

from crawlers.bases.listing import Cards, ListingSpider

CELLS = {
    "Šifra": "td.td-id",
    "Institucija": "td.td-publisher",
    "Datum objave": "td.td-published-date",
    "Rok prijave": "td.td-due-date",
}


class SiGov(ListingSpider):
    """Reads the table in pages of a hundred; type 2 are public calls."""

    name = "si_gov"
    readers = {
        "listing": Cards(
            "table.tender-list-table tr:has(td.td-title a)",
            link="td.td-title a::attr(href)",
            title="td.td-title a",
            status="td.td-status .label",
            labelled=CELLS,
        ).read
    }
    listings = (
        "https://www.gov.si/zbirke/javne-objave/"
        "?status=*&titleref=&type=2&year=0&nrOfItems=100&start={page}",
    )
    first_page = 0
    page_step = 100
