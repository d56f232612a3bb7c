"""incentivi.gov.it: Italy's catalogue of incentives, national and regional, kept by the ministry.

It is read from the Solr index behind the site's own downloads. Its moments have no true hour: the
hours stand in a note, which at times contradicts the typed date. It refuses many data centres.
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
"""Where 0 means that nothing was entered."""
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
    """Read one document of the index; its field names are its labels."""
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
    """Yield each value under its field; a list gives one pair a value."""
    for name in VALUES:
        for value in each_of(row.get(name)):
            words = stripped(value)
            if words and not (name in AMOUNTS and str(words).strip("0.,") == ""):
                yield name, words


def read_sections(row: Row) -> Iterator[Section]:
    """Yield the description under the three headings that run on in it, and the note on dates."""
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
    """Walks the whole index in the order of its key, which no update changes while we read."""

    name = "it_incentivi_gov"
    readers = {"register": read_incentives}
    select = "/solr/coredrupal/select"
    query = "index_id:incentivi"
    fields = ("zs_nid", "zs_title", "zs_url", "zs_body", "zs_field_link", NOTE, *VALUES)
    order = "id asc"
