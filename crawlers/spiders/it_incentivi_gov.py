"""incentivi.gov.it: Italy's catalogue of incentives, national and regional, kept by the ministry.

It is read from the Solr index that the site's downloads are made from. The hour of its times is not
meaningful; real hours are in a note, which sometimes contradicts the date. The site refuses
requests from many data centres.
"""

import re
from collections.abc import Iterator

from crawlers.bases.records import rows_at
from crawlers.bases.solr import SolrSpider
from crawlers.pages.json_values import each_of, stripped
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import Attachment, Markup, RawNotice, Section

SITE = "https://www.incentivi.gov.it"
NOTE = "zs_field_close_date_descriptor"
AMOUNTS = (
    "zs_field_support_grant_type_min",
    "zs_field_support_grant_type_max",
    "zs_field_cost_min",
    "zs_field_cost_max",
)
"""Fields in which 0 means that nothing was entered."""
VALUES = (
    "zs_field_open_date",
    "zs_field_close_date",
    "zs_field_subject_grant",
    "zs_field_budget_allocation",
    *AMOUNTS,
    "zm_field_subject_type_value",
    "zm_field_dimensions_value",
    "zm_field_regions_value",
    "zs_field_comuni",
    "zm_field_special_territory_value",
    "zm_field_scopes_value",
    "zm_field_support_form_value",
    "zm_field_granted_costs_value",
    "zs_field_ateco",
    "zs_field_primary_ruleset",
    "zs_field_official_references",
    "ds_last_update",
)
HEADINGS = re.compile(r"(Cos'è|A chi si rivolge|Cosa prevede)(?=\s)")


def read_incentive(row: Row, page: Page) -> RawNotice:
    """Read one document of the index, with the names of fields as labels."""
    link = stripped(row.get("zs_field_link", ""))
    return RawNotice(
        portal=page.portal,
        source_id=row["zs_nid"],
        url=f"{SITE}{row['zs_url']}",
        title=row["zs_title"],
        labelled=tuple(read_values(row)),
        sections=tuple(read_sections(row)),
        attachments=(
            (Attachment("Link istituzionale", link),) if str(link).startswith("http") else ()
        ),
    )


def read_values(row: Row) -> Iterator[tuple[str, str]]:
    """Yield each value with the name of its field; each value of a list is a pair."""
    for name in VALUES:
        for value in each_of(row.get(name)):
            words = stripped(value)
            if words and not (name in AMOUNTS and str(words).strip("0.,") == ""):
                yield name, words


def read_sections(row: Row) -> Iterator[Section]:
    """Yield the three parts of the description by their headings, and the note on dates."""
    body = row.get("zs_body", "")
    if not isinstance(body, str):
        yield Section(body, None, Markup.TEXT)
        return
    first, *parts = HEADINGS.split(body)
    for heading, words in ((None, first), *zip(parts[::2], parts[1::2], strict=True)):
        if words.strip():
            yield Section(words.strip(), heading, Markup.TEXT)
    if note := stripped(row.get(NOTE, "")):
        yield Section(note, NOTE, Markup.TEXT)


def read_incentives(page: Page) -> ParseResult:
    """Read a page of documents."""
    return read_rows(rows_at(page, ("response", "docs")), read_incentive, page)


class ItIncentiviGov(SolrSpider):
    """Reads the whole index, sorted by its key, which does not change with updates."""

    name = "it_incentivi_gov"
    readers = {"register": read_incentives}
    select = "/solr/coredrupal/select"
    query = "index_id:incentivi"
    fields = ("zs_nid", "zs_title", "zs_url", "zs_body", "zs_field_link", NOTE, *VALUES)
    order = "id asc"
