"""Registers published as whole CSV files: few requests, every row, whatever the delimiter is."""

import csv
from collections.abc import Iterator, Mapping

from crawlers.bases.portal import PortalSpider, Step
from crawlers.page import Page, PageChangedError

DELIMITERS = ";,\t|"


class CsvFileSpider(PortalSpider):
    """Fetches files; a subclass names them and adds ``readers["register"]``."""

    files: tuple[str, ...]
    """Their addresses; one that cannot be had is a gap in the inventory."""
    columns: tuple[str, ...]
    """Columns that a file must have, or it is not the register."""

    def begin(self) -> Step:
        """Ask for every file."""
        for url in self.files:
            yield self.ask(url, "register", self.take_file)

    def take_file(self, page: Page) -> Step:
        """Read a file, or raise where it is another."""
        read_header(page, self.columns)
        yield from self.take(page)


def read_header(page: Page, columns: tuple[str, ...]) -> tuple[list[str], str]:
    """Return the columns of a file and its delimiter, or raise :class:`PageChangedError`."""
    first = _text(page).partition("\n")[0]
    delimiter = max(DELIMITERS, key=first.count)
    names = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    missing = [name for name in columns if name not in names]
    if missing:
        raise PageChangedError(page.portal, f"no column {missing[0]!r}", page.url)
    return names, delimiter


def rows_of(page: Page, columns: tuple[str, ...]) -> Iterator[Mapping[str, str]]:
    """Yield the rows of a file by column, without those that are all blank.

    Cells beyond the header are dropped, missing ones are empty.
    """
    names, delimiter = read_header(page, columns)
    rows = csv.reader(_text(page).splitlines(keepends=True), delimiter=delimiter)
    next(rows, None)
    for cells in rows:
        if any(cell.strip() for cell in cells):
            padded = [*cells, *("" for _ in names[len(cells) :])]
            yield dict(zip(names, padded, strict=False))


def _text(page: Page) -> str:
    return page.text.lstrip("\ufeff\r\n ")
