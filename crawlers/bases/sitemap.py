"""Sites whose sitemap has every notice; only new and changed pages are fetched.

Sitemap indexes and gzipped files are supported; files are parsed as a stream. The format is
https://www.sitemaps.org/protocol.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import etree

from crawlers.bases.portal import PortalSpider, SpiderOutput
from crawlers.pages.addresses import problem_of
from crawlers.pages.page import Page, PageChangedError
from crawlers.pages.readers import failure
from crawlers.pages.streams import elements_of

LARGEST = 52_428_800
"""The largest sitemap in bytes, uncompressed, that sitemaps.org allows."""


@dataclass(frozen=True, slots=True)
class SitemapEntry:
    """One ``<url>`` or, in an index, one ``<sitemap>``."""

    url: str
    changed: str | None
    """``<lastmod>`` as printed."""
    is_sitemap: bool


class SitemapSpider(PortalSpider):
    """Reads the sitemap and visits the notices that are new or may have changed."""

    sitemaps: tuple[str, ...]
    """Addresses of the sitemap; each is requested only if the one before cannot be fetched."""
    sitemap_pattern: str = ""
    """A pattern that is searched for in the addresses of an index: sitemaps to follow."""
    notice_pattern: str
    """A pattern that is searched for in addresses: those of notices. Its group ``source_id``
    identifies the notice; without such a group, the whole address does."""
    preferred: str = ""
    """A part of the address to visit, if a notice has several addresses."""

    def begin(self) -> SpiderOutput:
        """Request the first sitemap."""
        yield from self.walk_sitemaps(self.sitemaps)

    def walk_sitemaps(self, addresses: tuple[str, ...]) -> SpiderOutput:
        """Request the first sitemap, and the next if that fails."""
        first, *others = addresses

        def walk_others(_: int | None) -> SpiderOutput:
            yield from self.walk_sitemaps(tuple(others))

        yield self.request(first, "sitemap", self.parse_sitemap, walk_others if others else None)

    def parse_sitemap(self, page: Page) -> SpiderOutput:
        """Request the sitemaps of an index, or visit the notices of a sitemap."""
        found: dict[str, SitemapEntry] = {}
        children: list[str] = []
        try:
            for entry in read_sitemap(page):
                if not entry.is_sitemap:
                    self._list(page, entry, found)
                elif re.search(self.sitemap_pattern, entry.url):
                    children.append(entry.url)
        except PageChangedError as error:
            if not found and not children:
                raise
            self.record.add_issues((failure(page, error),))
            self.record.faults.note_gap(error.missing)
        for child in children:
            yield from self.request_list(page, child, "sitemap", self.parse_sitemap)
        for entry in found.values():
            yield from self.follow_notice(entry.url, entry.changed)

    def _list(self, page: Page, entry: SitemapEntry, found: dict[str, SitemapEntry]) -> None:
        match = re.search(self.notice_pattern, entry.url)
        if match is None:
            return
        if problem := problem_of(entry.url):
            self.note_address(entry.url, ValueError(problem), page.url)
            self.record.faults.note_gap("the sitemap names an address that can't be asked for")
            return
        source_id = match.groupdict().get("source_id", entry.url)
        is_new = self.record.inventory.list_notice(source_id)
        if is_new or (source_id in found and self.preferred and self.preferred in entry.url):
            found[source_id] = entry


def read_sitemap(page: Page) -> Iterator[SitemapEntry]:
    """Yield the entries of a sitemap or of an index, one at a time.

    A file that is cut off yields its entries and then raises :class:`PageChangedError`, so that the
    inventory counts as incomplete.
    """
    for element in elements_of(page, "{*}url", "{*}sitemap", largest=LARGEST):
        address = (element.findtext("{*}loc") or "").strip()
        if address:
            is_sitemap = etree.QName(element).localname == "sitemap"
            yield SitemapEntry(address, element.findtext("{*}lastmod"), is_sitemap)
