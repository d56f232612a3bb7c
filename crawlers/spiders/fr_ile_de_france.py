"""Île-de-France, "guide des aides": all aids of the region in one JSON list.

The dates of a campaign are midnight in Paris, written in UTC: ``2026-12-30T23:00:00Z`` is the 31st,
as the site shows it. Values that the API marks as not published, and names of officials, are left
out.
"""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from scrapy import Request

from crawlers.bases.records import RecordsSpider, rows_at
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import each_of, identity, printed, within
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import Attachment, RawNotice, Section

SITE = "https://mesdemarches.iledefrance.fr"
PARIS = ZoneInfo("Europe/Paris")
SECTIONS = {
    "entete": "Présentation",
    "objectif": "Objectif",
    "publicsBeneficiairePrecision": "Bénéficiaires",
    "modalite": "Modalités",
    "demarches": "Démarches",
    "notes": "Critères",
}
"""Headings for the keys of running text."""
DAYS = ("dateOuvertureCampagne", "dateFinCampagne", "dateDebutFuturCampagne")
WORDS = ("referenceAdministrative", "AAP", "statut", "deliberationCadre")


def read_register(page: Page) -> ParseResult:
    """Read the list."""
    return read_rows(rows_at(page, ()), read_row, page)


def read_row(row: Row, page: Page) -> RawNotice:
    """Read one aid."""
    sections = (
        (clean_fragment(row.get(key) or "", page.url), heading) for key, heading in SECTIONS.items()
    )
    return RawNotice(
        portal=page.portal,
        source_id=row["reference"],
        url=f"{SITE}{identity(row['id'])}",
        title=row.get("title") or row["libelle"],
        labelled=tuple(read_values(row)),
        sections=tuple(Section(content, heading) for content, heading in sections if content),
        attachments=tuple(read_documents(row)),
    )


def read_values(row: Row) -> Iterator[tuple[str, str]]:
    """Yield the plain values."""
    for key in WORDS:
        if row.get(key):
            yield key, printed(row[key])
    for key in ("publicsBeneficiaire", "competences"):
        for each in each_of(row.get(key)):
            yield key, within(each, "title")
    for key in DAYS:
        if row.get(key):
            yield key, show_day(row[key])


def show_day(moment: Any) -> Any:
    """Return a time in UTC as the site shows it: in local time, and midnight as a date only.

    Any other value is returned unchanged.
    """
    try:
        local = datetime.fromisoformat(moment).astimezone(PARIS)
    except (TypeError, ValueError, OverflowError):
        return moment
    return (
        f"{local:%Y-%m-%d}" if (local.hour, local.minute) == (0, 0) else f"{local:%Y-%m-%dT%H:%M}"
    )


def read_documents(row: Row) -> Iterator[Attachment]:
    """Yield the documents; those without an address have their name only."""
    groups = row.get("documentsPublics") or {}
    for documents in groups.values() if isinstance(groups, Mapping) else (groups,):
        for each in each_of(documents):
            address = each.get("href") if isinstance(each, Mapping) else None
            label = within(each, "title") or ""
            yield Attachment(label, f"{SITE}{identity(address)}" if address else None)


class FrIleDeFrance(RecordsSpider):
    """Requests more aids than there are at once; as many as requested would mean a cut list."""

    name = "fr_ile_de_france"
    readers = {"register": read_register}
    page_size = 2500

    def request_records(self, start: int) -> Request:
        """Request the list, which has no offset."""
        address = f"{SITE}/guide-des-aides/api/public/tenants/cridfprd/aides"
        return self.request_page(f"{address}?top={self.page_size}", start)
