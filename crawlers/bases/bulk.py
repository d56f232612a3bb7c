"""Registers published as whole files: few requests, every row. CSV or XML, also in a .zip or .gz.

XML is read as a stream, a record at a time, because such files have hundreds of megabytes; a CSV
file is small enough to be decoded whole. The delimiter is found out.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from functools import partial

from lxml import etree
from scrapy import Request

from crawlers.bases.portal import PortalSpider, Step
from crawlers.pages.charset import GZIP, ZIP, decode
from crawlers.pages.page import Page, PageChangedError
from crawlers.pages.streams import elements_of, open_body

DELIMITERS = ";,\t|"
TAG = "@tag"
"""Under which a row of an XML file has the name of its record."""
LARGEST = 100_000_000
"""Bytes, after unpacking, unless a reader allows more."""
NOT_THERE = frozenset((403, 404, 410))
"""Cloud storage that does not show its folders says 403 of a file that is not there."""


class BulkSpider(PortalSpider):
    """Fetches files; a subclass names them and adds ``readers["register"]``."""

    files: tuple[str, ...] = ()
    """Their addresses; one that cannot be had or read whole is a gap in the inventory."""
    max_bytes: int | None = None
    """Largest file as it is sent, instead of the limit that is configured for all answers."""

    def begin(self) -> Step:
        """Ask for every file."""
        for url in self.files:
            yield self.ask_file(url)

    def ask_file(self, url: str, *older: str) -> Request:
        """Return the request for a file, and should it not be there, for an older one."""
        otherwise = partial(self.ask_older, older=older) if older else None
        request = self.ask(url, "register", self.take, otherwise)
        if self.max_bytes is not None:
            request.meta["max_bytes"] = self.max_bytes
        return request

    def ask_older(self, status: int | None, older: tuple[str, ...]) -> Step:
        """Go on with an older file where the newest is not there; anything else is a gap."""
        if status in NOT_THERE:
            yield self.ask_file(*older)
        else:
            self.record.faults.note_gap(
                f"the newest file could not be had (status {status or 'none'})"
            )


def xml_rows(page: Page, *tags: str, largest: int = LARGEST) -> Iterator[Mapping[str, list[str]]]:
    """Yield the records of an XML file, by the names of their elements in any namespace.

    A row has the texts of each child under its name, in order, and under ``TAG`` the record's own
    name. A file that breaks off yields what it has and then raises :class:`PageChangedError`; one
    without any record raises it, too.
    """
    row: dict[str, list[str]] = {}
    for record in elements_of(page, *(f"{{*}}{tag}" for tag in tags), largest=largest):
        row = {TAG: [_name(record)]}
        for child in record.iterchildren(etree.Element):
            # Nearly every child is bare text, and a register has millions of them.
            text = "".join(map(str, child.itertext())) if len(child) else child.text or ""
            row.setdefault(_name(child), []).append(text)
        yield row
    if not row:
        raise PageChangedError(page.portal, f"no {' or '.join(tags)} in the file", page.url)


def _name(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def csv_rows(
    page: Page, columns: tuple[str, ...], *, largest: int = LARGEST
) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a CSV file by column, without those that are all blank.

    Cells beyond the header are dropped, missing ones are empty. Raise :class:`PageChangedError`
    where one of the columns is missing: it is another file.
    """
    text = _text(page, largest).lstrip("\ufeff\r\n ")
    first = text.partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        names = [name.strip() for name in next(rows, [])]
        missing = [name for name in columns if name not in names]
        if missing:
            raise PageChangedError(page.portal, f"no column {missing[0]!r}", page.url)
        for cells in rows:
            if any(cell.strip() for cell in cells):
                padded = [*cells, *("" for _ in names[len(cells) :])]
                yield dict(zip(names, padded, strict=False))
    except csv.Error as error:
        raise PageChangedError(page.portal, f"no whole table ({error})", page.url) from error


def _text(page: Page, largest: int) -> str:
    if not page.exchange.body.startswith((ZIP, GZIP)):
        return page.text
    with open_body(page, largest) as stream:
        return decode(stream.read(), "")[0]
