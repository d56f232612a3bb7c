"""Slovene Enterprise Fund (podjetniskisklad.si): a WordPress site with calls in one category.

Many posts are products of the fund; without a deadline, they are open until the money is spent.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class SiPodjetniskiSklad(WordPressSpider):
    """The category "Javni razpisi in pozivi"."""

    name = "si_podjetniski_sklad"
    readers = {"register": read_posts, "call": read_post_page}
    category = "83"
