"""French Ministry of Culture: its online procedures, which are calls, permits and forms.

The API returns twenty procedures at a time and no total. Texts may be cut off. Contacts, which name
officials, are left out.
"""

from collections.abc import Iterator

from scrapy import Request

from crawlers.bases.records import RecordsSpider, rows_at
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import each_of, identity, printed
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import RawNotice, Section

API = "https://www.culture.gouv.fr/api/online-procedures"
LISTS = ("type", "eztag_theme", "eztag_region", "eztag_cible")
WORDS = ("creationDate", "modificationDate", "deadline", "public", "amount")


def read_register(page: Page) -> ParseResult:
    """Read twenty procedures."""
    return read_rows(rows_at(page, ()), read_row, page)


def read_row(row: Row, page: Page) -> RawNotice:
    """Read one procedure."""
    texts = (("summary", row.get("summary")), ("body", row.get("body")))
    return RawNotice(
        portal=page.portal,
        source_id=identity(row["id"]),
        url=row["url"].replace(": //", "://"),
        title=row["title"],
        labelled=tuple(read_values(row)),
        sections=tuple(
            Section(content, key)
            for key, html in texts
            if (content := clean_fragment(html or "", page.url))
        ),
    )


def read_values(row: Row) -> Iterator[tuple[str, str]]:
    """Yield the plain values."""
    for key in WORDS:
        if row.get(key):
            yield key, printed(row[key])
    for key in LISTS:
        yield from ((key, words) for words in each_of(row.get(key)))


class FrCulture(RecordsSpider):
    """Reads by offset until an answer has fewer than twenty."""

    name = "fr_culture"
    readers = {"register": read_register}
    page_size = 20

    def request_records(self, start: int) -> Request:
        """Request the procedures from an offset on."""
        return self.request_page(f"{API}?limit={self.page_size}&offset={start}", start)
