"""Croatia's EU funds: the open calls of all bodies, through the interface behind the portal.

The portal's own pages are without content ("Create Next App") and are not read. A time such as
``2026-11-30T16:00:00Z`` is local time in spite of its Z. An amount of 0 means that nothing was
entered.
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from scrapy import Request

from crawlers.bases.records import RecordsSpider, rows_at
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import each_of, identity
from crawlers.pages.page import Page
from crawlers.pages.readers import Elsewhere, ParseResult, Row, read_rows
from schema.notices import Attachment, RawNotice, Section

API = "https://ekohezija.gov.hr/MISPublicApi/poziv"
LIST = "status=Otvoren&op=kk&fond=&vpd=&podrucje=&tijelo&statusIds%5B%5D=Otvoren"
SITE = "https://eu-pozivi.eufondovi.gov.hr"

SECTIONS = {
    "Sazetak": "Sažetak",
    "CiljPoziva": "Cilj poziva",
    "SvrhaPoziva": "Svrha poziva",
    "Predmet": "Predmet poziva",
    "PrihvatljiviPrijavitelji": "Prihvatljivi prijavitelji",
    "Prijavitelji": "Prijavitelji",
}
"""Headings for the keys of running text."""
DOCUMENTS = ("UputeZaPrijavitelje", "Obrasci", "Prilozi", "DokumentacijaZaIzravnuDodjelu")
AMOUNTS = (
    "VrijednostPoziva",
    "UkupnaBespovratnaSredstva",
    "NajnizaVrijednostPotpore",
    "NajvisaVrijednostPotpore",
)
READ_ELSEWHERE = frozenset((*SECTIONS, *DOCUMENTS, "Naziv", "Status"))
NAMES = ("Naziv", "NazivDatoteke", "Name", "Opis")


def read_list(page: Page) -> ParseResult:
    """Read a page of the list, which has the ids of calls; their records have the rest."""
    return read_rows(rows_at(page, ("Records",)), read_row, page)


def read_row(row: Row, _: Page) -> Elsewhere:
    """Return the address of a call's record."""
    return Elsewhere(f"{API}/{identity(row['ID'])}")


def read_call(page: Page) -> RawNotice:
    """Read the record of one call."""
    record = page.json()
    code = str(record.get("Oznaka") or "")
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=f"{SITE}/calls/?poziv={quote(code, safe='')}" if code.strip() else page.url,
        title=words_of(record["Naziv"]),
        labelled=tuple(read_values(record)),
        sections=tuple(read_sections(record, page)),
        attachments=tuple(read_documents(record)),
        declared_status=words_of(record.get("Status") or record.get("MisStatus")) or None,
    )


def read_values(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every other value with its key; amounts are in euro and get a decimal comma."""
    for key, value in record.items():
        if key in READ_ELSEWHERE or value in (None, "", [], {}):
            continue
        if key not in AMOUNTS:
            yield key, words_of(value)
        elif value not in (0, "0"):
            yield key, f"{str(value).removesuffix('.0').replace('.', ',')} EUR"


def read_sections(record: Mapping[str, Any], page: Page) -> Iterator[Section]:
    """Yield the running texts, which may be HTML, plain text, a list or an object."""
    for key, heading in SECTIONS.items():
        if content := clean_fragment(words_of(record.get(key)), page.url):
            yield Section(content, heading)


def read_documents(record: Mapping[str, Any]) -> Iterator[Attachment]:
    """Yield the documents, of which the API has the names only."""
    for key in DOCUMENTS:
        for document in each_of(record.get(key)):
            yield Attachment(words_of(document), None)


def words_of(value: Any) -> str:
    """Return a value as text: a list joined, an object by its name."""
    if isinstance(value, list):
        return "; ".join(filter(None, map(words_of, value)))
    if isinstance(value, Mapping):
        return next((words_of(value[name]) for name in NAMES if value.get(name)), "")
    return "" if value is None else str(value)


class HrEuFondovi(RecordsSpider):
    """Reads the list of open calls, and the record of each call."""

    name = "hr_eu_fondovi"
    readers = {"register": read_list, "call": read_call}
    hosts = ("ekohezija.gov.hr",)
    rows = ("Records",)
    total = ("TotalCount",)
    page_size = 1000
    refresh_days = 1

    def request_records(self, start: int) -> Request:
        """Request the calls from an offset on."""
        return self.request_page(f"{API}/browse/?{LIST}&top={self.page_size}&skip={start}", start)
