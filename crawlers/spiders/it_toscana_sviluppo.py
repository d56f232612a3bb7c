"""Sviluppo Toscana, the Tuscan region's agency: a WordPress type "bando", text on its pages only.

Each call comes again as a post about accounting for its money, "(Rendicontazione)": dropped.
"""

from functools import partial

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts
from crawlers.pages.json_values import within
from crawlers.pages.page import Page
from crawlers.pages.readers import Elsewhere, Row

ACCOUNTING = "rendicontazione"


def read_bando(post: Row, page: Page) -> Elsewhere | None:
    """Read where a call's page is; the interface says no more."""
    del page
    title = str(within(post["title"], "rendered"))
    return None if ACCOUNTING in title.lower() else Elsewhere(post["link"])


class ItToscanaSviluppo(WordPressSpider):
    """The base's routes, for the type "bando"; the markup of its pages was never seen."""

    name = "it_toscana_sviluppo"
    readers = {"register": partial(read_posts, read_one=read_bando), "call": read_post_page}
    post_type = "bando"
    feed = "/bandi/feed/"
