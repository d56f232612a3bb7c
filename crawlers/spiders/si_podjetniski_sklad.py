"""Slovene Enterprise Fund (podjetniskisklad.si): a WordPress site, calls in one category.

A post is a product of the fund as often as a call: what has no deadline runs until the money ends.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class SiPodjetniskiSklad(WordPressSpider):
    """The category "Javni razpisi in pozivi"."""

    name = "si_podjetniski_sklad"
    readers = {"register": read_posts, "call": read_post_page}
    category = "83"
