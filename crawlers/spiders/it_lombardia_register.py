"""Lombardy's open-data register of the calls in ``it_lombardia``, about a month behind.

It has no amounts, hours or addresses. A row without a closing date is open until the money is
spent. Extended deadlines may be missing, so that the page of a call is the better source.
"""

from crawlers.bases.records import rows_at
from crawlers.bases.socrata import SocrataSpider
from crawlers.pages.json_values import identity, printed
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import RawNotice

JOBS = "Concorsi Pubblici e Avvisi sul Personale"
"""The kind of a tenth of the rows, recruitment, which are dropped."""


def read_row(row: Row, page: Page) -> RawNotice | None:
    """Read one row, with the names of columns as labels."""
    if row.get("tipo_strumento") == JOBS:
        return None
    return RawNotice(
        portal=page.portal,
        source_id=row["codice_bando"],
        url=f"{page.url.partition('?')[0]}?codice_bando={identity(row['codice_bando'])}",
        title=row["titolo_bando"],
        labelled=tuple((column, printed(value)) for column, value in row.items()),
    )


def read_register(page: Page) -> ParseResult:
    """Read one page of the register."""
    return read_rows(rows_at(page, ()), read_row, page)


class ItLombardiaRegister(SocrataSpider):
    """The dataset "Anagrafica dei bandi regionali"."""

    name = "it_lombardia_register"
    readers = {"register": read_register}
    dataset = "bukx-h2uy"
    order = "codice_bando"
