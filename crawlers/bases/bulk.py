"""Registers that are published as files, in CSV or XML, also packed as .zip or .gz.

XML is read as a stream, a record at a time, because such files have hundreds of megabytes; CSV
files are small enough to be decoded as a whole. Their delimiter is recognised from the first line.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from functools import partial

from lxml import etree
from scrapy import Request

from crawlers.bases.portal import PortalSpider, SpiderOutput
from crawlers.pages.charset import GZIP, ZIP, decode
from crawlers.pages.page import Page, PageChangedError
from crawlers.pages.streams import elements_of, open_body

DELIMITERS = ";,\t|"
TAG = "@tag"
"""The key of a row under which the name of its XML element is found."""
LARGEST = 100_000_000
"""The largest file in bytes, after unpacking, unless a reader allows more."""
NOT_THERE = frozenset((403, 404, 410))
"""Answers for a file that does not exist. Cloud storage that hides its folders answers 403."""


class BulkSpider(PortalSpider):
    """Fetches files; a subclass names them and adds ``readers["register"]``."""

    files: tuple[str, ...] = ()
    """Addresses of the files; one that cannot be fetched or read to its end is a gap."""
    max_bytes: int | None = None
    """The largest file in bytes, as it is sent; replaces the configured limit for all answers."""

    def begin(self) -> SpiderOutput:
        """Request every file."""
        for url in self.files:
            yield self.request_file(url)

    def request_file(self, url: str, *older: str) -> Request:
        """Return the request for a file; if it does not exist, the next older one is requested."""
        errback = partial(self.request_older, older=older) if older else None
        request = self.request(url, "register", self.parse_notices, errback)
        if self.max_bytes is not None:
            request.meta["max_bytes"] = self.max_bytes
        return request

    def request_older(self, status: int | None, older: tuple[str, ...]) -> SpiderOutput:
        """Request an older file if the newest does not exist; any other failure is a gap."""
        if status in NOT_THERE:
            yield self.request_file(*older)
        else:
            self.record.faults.note_gap(
                f"the newest file could not be had (status {status or 'none'})"
            )


def xml_rows(page: Page, *tags: str, largest: int = LARGEST) -> Iterator[Mapping[str, list[str]]]:
    """Yield the records of an XML file: the elements with one of the names, in any namespace.

    A row has under the name of each child the texts of all children of this name, in order, and
    under ``TAG`` the record's own name. A file that is cut off yields its records and then raises
    :class:`PageChangedError`; a file without any record raises it, too.
    """
    row: dict[str, list[str]] = {}
    for record in elements_of(page, *(f"{{*}}{tag}" for tag in tags), largest=largest):
        row = {TAG: [_name(record)]}
        for child in record.iterchildren(etree.Element):
            # Faster for children without markup, of which a register has millions.
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
    """Yield the rows of a CSV file by column, except blank ones.

    Cells beyond the header are dropped, missing ones are empty. Raises :class:`PageChangedError` if
    one of ``columns`` is not in the header.
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
