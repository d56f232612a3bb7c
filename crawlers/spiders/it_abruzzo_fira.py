"""FIRA, the Abruzzo region's finance company: a WordPress site, calls and measures in a category.

Only the feed of this category is known to answer.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class ItAbruzzoFira(WordPressSpider):
    """The base's routes, for one category."""

    name = "it_abruzzo_fira"
    readers = {"register": read_posts, "call": read_post_page}
    category = "bandi-e-misure"
    feed = "/category/bandi-e-misure/feed/"
