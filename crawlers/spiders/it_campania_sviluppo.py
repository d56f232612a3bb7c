"""Sviluppo Campania, the Campania region's agency: a WordPress list; REST API and feed are closed.

Cards have a title and the beginning of the text. The list also has the agency's recruitment.
"""

from crawlers.bases.listing import Cards, ListingSpider

CARDS = Cards(
    "article.type-post",
    link="a.fusion-rollover-link::attr(href), .entry-title a::attr(href)",
    title="a.fusion-rollover-link, .entry-title",
    sections={"": "div.fusion-post-content-container"},
)


class ItCampaniaSviluppo(ListingSpider):
    """Reads numbered pages until one is missing."""

    name = "it_campania_sviluppo"
    readers = {"listing": CARDS.read}
    listings = ("https://www.sviluppocampania.it/bandi-aperti/page/{page}/",)
