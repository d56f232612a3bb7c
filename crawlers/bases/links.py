"""Sites of which only the addresses of lists and notices are known, but no class names or totals.

Every link in a list that leads to a notice or to a further list (a year of the archive, a category,
the next page) is followed once. The crawl ends when no new address is found.
"""

import re
from collections.abc import Iterable, Iterator

from crawlers.bases.portal import PortalSpider, SpiderOutput
from crawlers.pages.addresses import join, path_of, split
from crawlers.pages.page import Page, PageChangedError

MOST_LISTS = 400
"""The most lists of one portal. A site with more, such as a calendar that always links to the next
month, is left with a gap."""


class LinksSpider(PortalSpider):
    """Follows links; a subclass adds ``readers["call"]``, and may add ``readers["listing"]``."""

    lists: tuple[str, ...]
    """The addresses of the first lists."""
    list_pattern: str = ""
    """A pattern for the whole path of further lists; empty if there are none."""
    notice_pattern: str
    """A pattern for the whole path of notices; ``list_pattern`` takes precedence."""

    def begin(self) -> SpiderOutput:
        """Request the first lists."""
        self._known = set(self.lists)
        for address in self.lists:
            yield self.request(address, "listing", self.parse_list)

    def parse_list(self, page: Page) -> SpiderOutput:
        """Read the notices in a list itself, visit those it links to, and request further lists."""
        if "listing" in self.readers:
            yield from self.parse_notices(page)
        found = False
        for address in self.links_of(page):
            path = path_of(address)
            if self.list_pattern and re.fullmatch(self.list_pattern, path):
                found = True
                yield from self._go_to_list(page, address)
            elif re.fullmatch(self.notice_pattern, path):
                found = True
                try:
                    identity = self.identity(address)
                except ValueError as error:
                    self.note_address(address, error, page.url)
                    continue
                if self.record.inventory.list_notice(identity):
                    yield from self.follow_notice(address)
        if page.url in self.lists and not found and not self.record.inventory.read:
            raise PageChangedError(page.portal, "no link to a notice or a list", page.url)

    def identity(self, address: str) -> str:
        """Return the source id of the notice at an address; its reader must return the same.

        May raise ``ValueError`` for an address that is not one of a notice.
        """
        return address

    def links_of(self, page: Page) -> Iterator[str]:
        """Yield the addresses on the portal's hosts that a page links to, each once."""
        return self.own_addresses(page, page.many("a::attr(href)"))

    def own_addresses(self, page: Page, links: Iterable[str]) -> Iterator[str]:
        """Yield the addresses on the portal's hosts, made absolute and without query, each once.

        On such sites, queries only change the contrast or the size of the type.
        """
        met: set[str] = set()
        for link in links:
            parts = split(join(page.url, link.strip()) or "")
            if parts is None:
                continue
            address = parts._replace(query="", fragment="").geturl()
            if parts.netloc in self.hosts and address not in met:
                met.add(address)
                yield address

    def _go_to_list(self, page: Page, address: str) -> SpiderOutput:
        if address in self._known or self.record.sampled_enough:
            return
        if len(self._known) == MOST_LISTS:
            self.record.faults.note_gap(f"more than {MOST_LISTS} lists")
        self._known.add(address)
        if len(self._known) <= MOST_LISTS:
            yield from self.request_list(page, address, "listing", self.parse_list)
