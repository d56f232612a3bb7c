"""Lazio Innova, development agency of the Lazio region: WordPress posts of type "bandi".

The dates are in the excerpt only. Themes, applicants and kinds of aid are only in the names of the
post's classes, such as ``destinatari-piccole-imprese``.
"""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

from crawlers.bases.wordpress import WordPressSpider, read_post, read_post_page, read_posts
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import each_of, within
from crawlers.pages.notice_checks import is_text
from crawlers.pages.page import Page
from crawlers.pages.readers import Elsewhere, Row
from schema.notices import RawNotice, Section

GROUPS = ("tematiche", "destinatari", "tipologie")


def read_bando(post: Row, page: Page) -> RawNotice | Elsewhere:
    """Read a post with its excerpt and its classes."""
    notice = read_post(post, page)
    if isinstance(notice, Elsewhere):
        return notice
    excerpt = clean_fragment(within(post, "excerpt", "rendered") or "", page.url)
    return replace(
        notice,
        labelled=(*notice.labelled, *read_classes(post)),
        sections=(*((Section(excerpt, "excerpt"),) if excerpt else ()), *notice.sections),
    )


def read_classes(post: Row) -> Iterator[tuple[str, str]]:
    """Yield group and words of each of the post's classes."""
    for name in filter(is_text, each_of(post.get("class_list"))):
        group, _, words = name.partition("-")
        if group in GROUPS:
            yield group, words.replace("-", " ")


class ItLazioInnova(WordPressSpider):
    """The base's routes, for the type "bandi"."""

    name = "it_lazio_innova"
    readers = {"register": partial(read_posts, read_one=read_bando), "call": read_post_page}
    post_type = "bandi"
    feed = "/bandi/feed/"
