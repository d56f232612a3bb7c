"""Calabria Europa, the Calabria region's site on its EU programmes: a WordPress type "bando".

The interface lists the calls without their text, so each is read from its own page, whose markup
was never seen: it is taken to be a usual theme's.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class ItCalabria(WordPressSpider):
    """The base's routes, for the type "bando"; the site's feed gives news and is not asked."""

    name = "it_calabria"
    readers = {"register": read_posts, "call": read_post_page}
    post_type = "bando"
    feed = "/bando/feed/"
