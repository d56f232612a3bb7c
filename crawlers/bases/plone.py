"""Plone sites that publish the content type ``Bando``, as many Italian public bodies do.

A search returns whole objects. "In corso" (``inProgress``) means that the deadline has passed and
the procedure continues. For an empty date, the catalogue may have one in the year 1100 or 2100.
See https://plonerestapi.readthedocs.io/en/latest/endpoints/searching.html
"""

import html
from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from zoneinfo import ZoneInfo

from scrapy import Request

from crawlers.bases.records import RecordsSpider, rows_at
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import each_of, stripped, within
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import Attachment, Markup, RawNotice, Section

API = "/++api++"
ZONE = ZoneInfo("Europe/Rome")
DATES = ("apertura_bando", "scadenza_bando", "chiusura_procedimento_bando", "effective")
EMPTY_DATES = ("1100-", "2100-12-31")
"""How the catalogue's values for an empty date begin."""
WORDS = ("tipologia_bando", "destinatari", "materie", "finanziato", "ente_bando", "cig")
HEADINGS = frozenset(("h2", "h3", "h4", "h5", "h6"))


class PloneSpider(RecordsSpider):
    """Searches a site for its calls, with ``readers = {"register": read_bandi}``."""

    folder: str = ""
    """The path of the folder to search in; empty for the whole site."""
    api: str = API
    """The path of a Volto site's API; empty for classic Plone."""
    rows = ("items",)
    total = ("items_total",)
    page_size = 50

    def request_records(self, start: int) -> Request:
        """Request the calls from an offset on."""
        query = {
            "portal_type": "Bando",
            "sort_on": "created",
            "sort_order": "ascending",
            "b_size": self.page_size,
            "b_start": start,
            "fullobjects": "true",
        }
        home = urlsplit(self.record.portal.home)
        url = f"{home.scheme}://{home.netloc}{self.api}{self.folder}/@search?{urlencode(query)}"
        return self.request_page(url, start, Accept="application/json")


def read_bandi(page: Page) -> ParseResult:
    """Read a page of found objects."""
    return read_rows(rows_at(page, ("items",)), read_bando, page)


def read_bando(row: Row, page: Page) -> RawNotice:
    """Read one object; the address of its public page is that of the API without :data:`API`."""
    state: Any = row.get("bando_state") or ()
    return RawNotice(
        portal=page.portal,
        source_id=row["UID"],
        url=row["@id"].replace(API, "") if isinstance(row["@id"], str) else row["@id"],
        title=row["title"],
        labelled=tuple(read_values(row)),
        sections=tuple(read_sections(row, page)),
        attachments=tuple(read_documents(row)),
        declared_status=next(iter(state[1:]), None) if isinstance(state, list) else state or None,
    )


def read_values(row: Row) -> Iterator[tuple[str, str]]:
    """Yield dates and words with their keys, one pair for each value."""
    for key in DATES:
        value = row.get(key)
        if value and not str(value).startswith(EMPTY_DATES):
            yield key, as_printed(value)
    for key in WORDS:
        values = row.get(key) or ()
        for value in values if isinstance(values, list) else (values,):
            if words := words_of(value):
                yield key, words


def as_printed(moment: Any) -> Any:
    """Return a time in UTC as the same time in :data:`ZONE`, in which the sites print it.

    Any other value is returned unchanged.
    """
    try:
        in_utc = moment.endswith("+00:00")
        return datetime.fromisoformat(moment).astimezone(ZONE).isoformat() if in_utc else moment
    except (AttributeError, ValueError, OverflowError):
        return moment


def words_of(value: Any) -> str:
    """Return the text of a choice: a string in searches, an object with ``title`` elsewhere."""
    return str(value.get("title") or "" if isinstance(value, Mapping) else value or "").strip()


def read_sections(row: Row, page: Page) -> Iterator[Section]:
    """Yield summary and text; the text is HTML or, on Volto sites, a list of blocks."""
    if summary := stripped(row.get("description") or ""):
        yield Section(summary, "description", Markup.TEXT)
    text: Any = row.get("text") or {}
    if isinstance(text, Mapping):
        text = "".join(read_blocks(text)) if "blocks" in text else text.get("data")
    if content := clean_fragment(text or "", page.url):
        yield Section(content, "text")


def read_blocks(text: Mapping[str, Any]) -> Iterator[str]:
    """Yield Volto's blocks in their order, as HTML; blocks without text are left out."""
    for name in text.get("blocks_layout", {}).get("items", ()):
        block = text["blocks"].get(name, {})
        nodes: Any = block.get("value") or ()
        words = block.get("plaintext") or block.get("text") or "\n".join(map(_leaves, nodes))
        if isinstance(words, Mapping):  # a list of paragraphs, from an older editor
            words = "\n".join(each.get("text", "") for each in words.get("blocks", ()))
        kind = nodes[0].get("type") if len(nodes) == 1 and isinstance(nodes[0], Mapping) else ""
        tag = kind if kind in HEADINGS else "p"
        for line in filter(str.strip, words.splitlines() if isinstance(words, str) else ()):
            yield f"<{tag}>{html.escape(line.strip(), quote=False)}</{tag}>"


def _leaves(node: Any) -> str:
    if not isinstance(node, Mapping):
        return ""
    return str(node.get("text") or "") + "".join(map(_leaves, node.get("children") or ()))


def read_documents(row: Row) -> Iterator[Attachment]:
    """Yield the files in the folders "Documenti", "Esiti", "Comunicazioni"."""
    for folder in each_of(row.get("approfondimento")):
        for child in each_of(within(folder, "children")):
            yield Attachment(within(child, "title"), within(child, "url"))
