"""Development agency of Varaždin county (rrvz.hr): a WordPress site with summaries of calls.

A summary has four or five numbered points: who may apply, how much money there is, until when, and
"na sljedećoj poveznici" the address of the original.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class HrRrvz(WordPressSpider):
    """As the base class; which of its routes the site offers was never verified."""

    name = "hr_rrvz"
    readers = {"register": read_posts, "call": read_post_page}
