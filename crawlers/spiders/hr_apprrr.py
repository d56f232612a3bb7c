"""Croatia's paying agency for agriculture (apprrr.hr): a WordPress site, calls among news.

Its open calls stand on a page of their own, whose markup was never seen; all posts are read, and
each must say itself that it is a call.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class HrApprrr(WordPressSpider):
    """Everything is the base's; which of its routes is open was never verified."""

    name = "hr_apprrr"
    readers = {"register": read_posts, "call": read_post_page}
