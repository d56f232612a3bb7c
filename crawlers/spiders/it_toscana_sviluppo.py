"""Sviluppo Toscana, the Tuscan region's agency: WordPress posts of type "bando" without text.

For each call there is a post about reporting costs, "(Rendicontazione)", which is dropped.
"""

from functools import partial

from crawlers.bases.wordpress import WordPressSpider, read_post_page, read_posts
from crawlers.pages.json_values import within
from crawlers.pages.page import Page
from crawlers.pages.readers import Elsewhere, Row

ACCOUNTING = "rendicontazione"


def read_bando(post: Row, page: Page) -> Elsewhere | None:
    """Return the address of a call's page; the API has nothing else."""
    del page
    title = str(within(post["title"], "rendered"))
    return None if ACCOUNTING in title.lower() else Elsewhere(post["link"])


class ItToscanaSviluppo(WordPressSpider):
    """The base's routes, for the type "bando"; the markup of its pages was never seen."""

    name = "it_toscana_sviluppo"
    readers = {"register": partial(read_posts, read_one=read_bando), "call": read_post_page}
    post_type = "bando"
    feed = "/bandi/feed/"
