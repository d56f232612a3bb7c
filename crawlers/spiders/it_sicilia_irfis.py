"""IRFIS, the Sicilian region's finance company: a WordPress site with measures and news.

Only the feed of the category "Misure agevolative" is known to answer.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class ItSiciliaIrfis(WordPressSpider):
    """The base's routes, for one category."""

    name = "it_sicilia_irfis"
    readers = {"register": read_posts, "call": read_post_page}
    category = "articoli-misure-agevolative"
    feed = "/category/articoli-misure-agevolative/feed/"
