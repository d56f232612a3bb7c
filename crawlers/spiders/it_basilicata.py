"""Regione Basilicata, portal of notices (portalebandi): a WordPress site with its own post type.

Besides grants, it has auctions of timber, concessions of beaches and recruitment.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class ItBasilicata(WordPressSpider):
    """The base's routes, for the type "avvisi-e-bandi"."""

    name = "it_basilicata"
    readers = {"register": read_posts, "call": read_post_page}
    post_type = "avvisi-e-bandi"
    feed = "/feed/?post_type=avvisi-e-bandi"
