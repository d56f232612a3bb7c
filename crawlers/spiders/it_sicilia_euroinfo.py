"""EuroInfoSicilia, the Sicilian region's site on its EU programmes: posts of one category.

A call and each extension of it are posts of their own; a deadline that moved stands in the title.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class ItSiciliaEuroinfo(WordPressSpider):
    """The base's routes, for the category "Bandi e avvisi"."""

    name = "it_sicilia_euroinfo"
    readers = {"register": read_posts, "call": read_post_page}
    category = "321"
    feed = "/category/bandi/bandi-e-avvisi-aperti/feed/"
