"""Slovenia's employment service: incentives for employers, from the file behind its search form.

One answer has all of them, about twenty, from several institutions. An incentive without an end
date is open until its money is spent.
"""

from collections.abc import Iterator

from scrapy import Request

from crawlers.bases.records import RecordsSpider, rows_at
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import identity, printed
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import RawNotice, Section

FINDER = "https://www.ess.gov.si/?id=351&type=871"
LABELS = ("pristojnaInstitucija", "zacetek", "zakljucek", "visinaSpodbude")
TEXTS = ("kratekOpisSpodbude", "opisSpodbude")


def read_list(page: Page) -> ParseResult:
    """Read the whole answer."""
    return read_rows(rows_at(page, ("list",)), read_incentive, page)


def read_incentive(row: Row, page: Page) -> RawNotice:
    """Read one incentive, whose id is a number."""
    return RawNotice(
        portal=page.portal,
        source_id=identity(row["uid"]),
        url=row.get("linkElement") or page.url,
        title=row["nazivSpodbude"],
        labelled=tuple(
            (key, printed(row[key])) for key in LABELS if row.get(key) not in (None, "", 0)
        ),
        sections=tuple(read_sections(row, page)),
    )


def read_sections(row: Row, page: Page) -> Iterator[Section]:
    """Yield the descriptions, which may be HTML."""
    for key in TEXTS:
        if content := clean_fragment(row.get(key) or "", page.url):
            yield Section(content)


class SiEss(RecordsSpider):
    """Makes a single request."""

    name = "si_ess"
    readers = {"register": read_list}
    rows = ("list",)
    page_size = 10_000

    def request_records(self, start: int) -> Request:
        """Request all incentives."""
        return self.request_page(FINDER, start)
