"""Spain's national register of subsidies (BDNS): calls of the State and the regions, as JSON.

The register has over a million entries. Those of the State and of the regions since a fixed day are
requested, so that no entry leaves the list because of its age. ``2024-11-15T00:00:00+01:00`` means
this day in Madrid; if there is no date, ``textFin`` has words ("ten days from publication").
"""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import quote

from scrapy import Request

from crawlers.bases.records import RecordsSpider, rows_at
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import each_of, identity, printed, within
from crawlers.pages.page import Page, PageChangedError
from crawlers.pages.readers import Elsewhere, ParseResult, Row, read_rows
from schema.notices import Attachment, RawNotice, Section

API = "https://www.infosubvenciones.es/bdnstrans/api/convocatorias"
SINCE = "01/01/2026"
SITE = "https://www.infosubvenciones.es/bdnstrans/GE/es/convocatorias"
LEVELS = ("nivel3", "nivel2", "nivel1")
BUDGET = "presupuestoTotal"
"""The key of a number; 0 means that nothing was entered."""
LEFT_OUT = frozenset(("id", "descripcion", "organo", "documentos", "anuncios", "advertencia"))


def read_list(page: Page) -> ParseResult:
    """Read a page of the search, which has the numbers of calls; their records have the rest."""
    return read_rows(rows_at(page, ("content",)), read_row, page)


def read_row(row: Row, page: Page) -> Elsewhere:  # noqa: ARG001
    """Return the address of a call's record."""
    return Elsewhere(f"{API}?vpd=GE&numConv={quote(identity(row['numeroConvocatoria']))}")


def read_call(page: Page) -> RawNotice:
    """Read the record of one call."""
    record = page.json()
    if not isinstance(record, Mapping) or "codigoBDNS" not in record:
        raise PageChangedError(page.portal, "no record with a codigoBDNS", page.url)
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=f"{SITE}/{identity(record['codigoBDNS'])}",
        title=record["descripcion"],
        labelled=(*read_values(record), *read_gazettes(record)),
        sections=tuple(
            Section(content)
            for each in each_of(record.get("anuncios"))
            if (content := clean_fragment(within(each, "texto") or "", page.url))
        ),
        attachments=tuple(
            Attachment(within(each, "nombreFic"), address_of(each))
            for each in each_of(record.get("documentos"))
        ),
    )


def address_of(document: Any) -> str | None:
    """Return the address of a document, if it has an id."""
    number = within(document, "id")
    return (
        f"{API}/documentos?idDocumento={number}"
        if isinstance(number, str) or type(number) is int
        else None
    )


def read_values(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every value with its key; of an object, its description. Amounts are in euro."""
    for level in LEVELS:
        if name := within(record, "organo", level):
            yield "organo", name
            break
    for key, value in record.items():
        if key in LEFT_OUT:
            continue
        for each in value if isinstance(value, list) else [value]:
            words = each.get("descripcion") if isinstance(each, Mapping) else each
            if words in (None, "") or (key == BUDGET and not words):
                continue
            if key == BUDGET:
                yield key, f"{str(words).removesuffix('.0').replace('.', ',')} EUR"
            else:
                yield key, printed(words)


def read_gazettes(record: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield in which official gazettes the call was printed, and when."""
    for each in each_of(record.get("anuncios")):
        for key in ("desDiarioOficial", "datPublicacion"):
            if printed_there := within(each, key):
                yield key, printed_there


class EsBdns(RecordsSpider):
    """Reads the search, sorted by number, and the record of each call."""

    name = "es_bdns"
    readers = {"register": read_list, "call": read_call}
    rows = ("content",)
    total = ("totalElements",)
    page_size = 1000
    refresh_days = 21

    def request_records(self, start: int) -> Request:
        """Request a page of the search; pages are counted from 0."""
        query = (
            f"vpd=GE&page={start // self.page_size}&pageSize={self.page_size}"
            f"&order=numeroConvocatoria&direccion=asc&fechaDesde={SINCE}"
            "&tipoAdministracion=C&tipoAdministracion=A"
        )
        return self.request_page(f"{API}/busqueda?{query}", start)
