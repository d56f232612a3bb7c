"""Pays de la Loire: the region's directory of aids, a data set on its open-data platform.

Lists are texts with semicolons. Dates are valid only for aids that are "Temporaire". Names of
officials are left out.
"""

from collections.abc import Iterator
from typing import Any

from scrapy import Request

from crawlers.bases.records import RecordsSpider, rows_at
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import identity, printed, stripped
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import RawNotice, Section

DATASET = "234400034_referentiel-aides-paysdelaloirefr"
SITE = "https://data.paysdelaloire.fr"
SECTIONS = {
    "aid_objet": "Objet",
    "aid_operations_ei": "Opérations éligibles",
    "aidconditions": "Conditions",
}
"""Headings for the columns of running text."""
LISTS = ("aid_benef", "type_de_subvention")
WORDS = ("type_aide", "temporalite", "ss_thematique_libelle", "conditions_de_versement")
AMOUNTS = ("montantintervmini", "montant_interv_max")
DAYS = ("date_de_debut", "date_de_fin")


def read_register(page: Page) -> ParseResult:
    """Read a page of the data set."""
    return read_rows(rows_at(page, ("records",)), read_record, page)


def read_record(record: Row, page: Page) -> RawNotice:
    """Read one aid."""
    row: dict[str, Any] = record["fields"]
    sections = ((clean_fragment(row.get(key) or "", SITE), name) for key, name in SECTIONS.items())
    number = identity(row["intervention_id"])
    return RawNotice(
        portal=page.portal,
        source_id=number,
        url=f"{SITE}/explore/dataset/{DATASET}/table/?q=intervention_id:{number}",
        title=row["aide_nom"],
        labelled=tuple(read_values(row)),
        sections=tuple(Section(content, heading) for content, heading in sections if content),
    )


def read_values(row: Row) -> Iterator[tuple[str, str]]:
    """Yield the plain values; amounts are in euro and get a decimal comma."""
    for key in WORDS:
        if row.get(key):
            yield key, printed(row[key])
    for key in LISTS:
        value = row.get(key) or ""
        for words in value.split(";") if isinstance(value, str) else (value,):
            if words:
                yield key, stripped(words)
    for key in AMOUNTS:
        if row.get(key):
            yield key, f"{str(row[key]).removesuffix('.0').replace('.', ',')} EUR"
    if row.get("temporalite") == "Temporaire":
        yield from ((key, row[key]) for key in DAYS if row.get(key))


class FrPaysDeLaLoire(RecordsSpider):
    """Reads the whole data set, which has a total."""

    name = "fr_pays_de_la_loire"
    readers = {"register": read_register}
    rows = ("records",)
    total = ("nhits",)
    page_size = 1000

    def request_records(self, start: int) -> Request:
        """Request the aids from an offset on."""
        query = f"dataset={DATASET}&rows={self.page_size}&start={start}"
        return self.request_page(f"{SITE}/api/records/1.0/search/?{query}", start)
