"""Calabria Europa, the Calabria region's site on its EU programmes: a WordPress type "bando".

The API has the calls without their text, so each is read from its own page. The markup of these
pages was never seen and is assumed to be that of a common theme.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class ItCalabria(WordPressSpider):
    """The base's routes, for the type "bando"; the feed, which has news only, is not used."""

    name = "it_calabria"
    readers = {"register": read_posts, "call": read_post_page}
    post_type = "bando"
    feed = "/bando/feed/"
