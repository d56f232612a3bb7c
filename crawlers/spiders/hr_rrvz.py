"""Development agency of Varaždin county (rrvz.hr): a WordPress site that relays calls in short.

A relay is four or five numbered points: who may apply, how much there is, until when, and "na
sljedećoj poveznici" the address at which the call is really published.
"""

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts


class HrRrvz(WordPressSpider):
    """Everything is the base's; which of its routes is open was never verified."""

    name = "hr_rrvz"
    readers = {"register": read_posts, "call": read_post_page}
