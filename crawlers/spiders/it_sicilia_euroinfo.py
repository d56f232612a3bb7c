"""EuroInfoSicilia, the Sicilian region's site on its EU programmes: posts of one category.

Each extension of a call is a post of its own, whose title has the new deadline.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class ItSiciliaEuroinfo(WordPressSpider):
    """The base's routes, for the category "Bandi e avvisi"."""

    name = "it_sicilia_euroinfo"
    readers = {"register": read_posts, "call": read_post_page}
    category = "321"
    feed = "/category/bandi/bandi-e-avvisi-aperti/feed/"
