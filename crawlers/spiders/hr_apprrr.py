"""Croatia's paying agency for agriculture (apprrr.hr): a WordPress site, calls among news.

Open calls are on a separate page, whose markup was never seen. All posts are read, and whether one
is a call is decided by its text.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class HrApprrr(WordPressSpider):
    """As the base class; which of its routes the site offers was never verified."""

    name = "hr_apprrr"
    readers = {"register": read_posts, "call": read_post_page}
