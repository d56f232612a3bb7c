"""Portugal 2030: the open "avisos" of all 23 programmes, from the form behind the site's list.

An answer has five avisos and no total. A budget has a row for each fund and objective, with EU and
national money separately. Times are in Lisbon time. Names of officials are left out.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any
from urllib.parse import quote

from scrapy import Request

from crawlers.bases.records import RecordsSpider, rows_at
from crawlers.pages.json_values import identity, printed, stripped
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import Attachment, RawNotice

API = "https://portugal2030.pt/wp-json/avisos"
PROGRAMMES = "&".join(f"programaId%5B%5D={number}" for number in range(100, 123))
FORM = (
    f"estadoAvisoId=7&{PROGRAMMES}&NUTSIIId=&fundoId=&tipoAvisoId="
    "&tipoModalidadeApresentacaoCandidaturaId=&order_by_field=publicacao&order_by_direction=desc"
)
"""The form as the page sends it; 7 is the view that it shows first."""
BUDGET = {"União Europeia": "dotacao (União Europeia)", "Nacional": "dotacao (Nacional)"}
ABOUT = ("codigoAviso", "designacaoEN", "classificacaoAvisoDesignacao")
STRUCTURE = (
    "programaOperacionalDesignacao",
    "prioridadeDesignacao",
    "objetivoEstrategicoDesignacao",
    "objetivoEspecificoDesignacao",
    "tipologiaAcaoDesignacao",
    "tipologiaIntervencaoDesignacao",
    "tipologiaOperacaoDesignacao",
    "fundoDesignacao",
    "fonteFinanciamentoNacionalDesignacao",
)


def read_page(page: Page) -> ParseResult:
    """Read the avisos of an answer."""
    return read_rows(rows_at(page, ("avisos",)), read_row, page)


def read_row(row: Row, page: Page) -> RawNotice:
    """Read one aviso."""
    aviso = row["aviso"]
    number = identity(aviso["avisoGlobalId"])
    structure = row.get("estrutura") or []
    return RawNotice(
        portal=page.portal,
        source_id=number,
        url=f"https://portugal2030.pt/avisos/?aviso={number}",
        title=stripped(aviso["designacaoPT"]),
        labelled=(
            *((key, aviso[key]) for key in ABOUT if aviso.get(key)),
            *read_calendar(row.get("calendario") or {}),
            *dict.fromkeys(read_structure(structure)),
            *read_budget(structure),
        ),
        attachments=tuple(read_documents(row.get("documentos") or ())),
    )


def read_calendar(calendar: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the dates; the original closing date only if there is no newer one."""
    newest = "dataFimAtual" if calendar.get("dataFimAtual") else "dataFim"
    for key, value in calendar.items():
        if value is not None and (key != "dataFim" or newest == "dataFim"):
            yield key, printed(value)


def read_structure(structure: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield programme, objectives and funds."""
    for part in structure:
        for key in STRUCTURE:
            if part.get(key):
                yield key, part[key]


def read_budget(structure: list[Mapping[str, Any]]) -> Iterator[tuple[str, str]]:
    """Yield the budget of each row, with a decimal comma as the site prints it."""
    for part in structure:
        if part.get("dotacao"):
            label = BUDGET.get(part["tipoFinanciamentoDesignacao"], "dotacao")
            yield label, f"{str(part['dotacao']).removesuffix('.0').replace('.', ',')} EUR"


def read_documents(documents: Iterable[Mapping[str, Any]]) -> Iterator[Attachment]:
    """Yield the documents; whether a download needs more parameters was never verified."""
    for each in documents:
        where = f"path={quote(each['path'], safe='')}&container={quote(each['container'])}"
        yield Attachment(each["documentoDesignacao"], f"{API}/download?{where}")


class PtPortugal2030(RecordsSpider):
    """Reads pages until one is short or has nothing new."""

    name = "pt_portugal2030"
    readers = {"register": read_page}
    rows = ("avisos",)
    page_size = 5

    def request_records(self, start: int) -> Request:
        """Return the request that sends the form for a page; pages are counted from 0."""
        body = f"{FORM}&page={start // self.page_size}".encode()
        return self.request_page(
            f"{API}/query", start, body=body, Content_Type="application/x-www-form-urlencoded"
        )
