"""SPIRIT Slovenia, the agency for business: open calls from the API behind its site.

The site is a JavaScript application. The ``externalUrl`` of an entry, if it has one, is the address
at which the call is published originally.
"""

from collections.abc import Iterator

from scrapy import Request

from crawlers.bases.records import RecordsSpider, rows_at
from crawlers.pages.addresses import join
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import printed, stripped
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import RawNotice, Section

SITE = "https://www.spiritslovenia.si"
LIST = f"{SITE}/api/v1/backend/tender/paginatedlist"
QUERY = (
    "&sortBy=PUBLISH_DATE&sort=DESC&queryString=&status=ACTIVE&validity=ACTIVE"
    "&queryFullContent=true&language=SL"
)
LABELS = ("id", "publishDate", "validTo", "deadline", "status")


def read_list(page: Page) -> ParseResult:
    """Read a page of the list."""
    return read_rows(rows_at(page, ("data", "items")), read_call, page)


def read_call(row: Row, page: Page) -> RawNotice:
    """Read one entry."""
    own = join(f"{SITE}/razpisi/", row["link"])
    return RawNotice(
        portal=page.portal,
        source_id=row["link"],
        url=stripped(row.get("externalUrl") or "") or own or "",
        title=row["title"],
        labelled=tuple(
            (key, printed(row[key])) for key in LABELS if row.get(key) not in (None, "")
        ),
        sections=tuple(read_sections(row, page)),
        declared_status=row.get("validity"),
    )


def read_sections(row: Row, page: Page) -> Iterator[Section]:
    """Yield the running text of an entry."""
    if content := clean_fragment(row.get("subtitle") or "", page.url):
        yield Section(content)


class SiSpirit(RecordsSpider):
    """The entries that are published and still valid."""

    name = "si_spirit"
    readers = {"register": read_list}
    rows = ("data", "items")
    page_size = 200

    def request_records(self, start: int) -> Request:
        """Request the entries from an offset on."""
        return self.request_page(f"{LIST}?limit={self.page_size}&offset={start}{QUERY}", start)
