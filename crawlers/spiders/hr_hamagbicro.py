"""HAMAG-BICRO, Croatia's agency for small businesses: a WordPress site, calls among news.

Only the term "Otvoreni natječaji" says that a call is open; closed calls stay in "Natječaji".
"""

from dataclasses import replace

from crawlers.bases.wordpress import WordPressSpider, read_post, read_post_page, read_posts
from crawlers.pages.page import Page
from crawlers.pages.readers import Elsewhere, ParseResult, Row
from schema.notices import RawNotice

OPEN = "Otvoreni natječaji"


def read_calls(page: Page) -> ParseResult:
    """Read an answer of the REST API, or a feed."""
    return read_posts(page, read_call)


def read_call(post: Row, page: Page) -> RawNotice | Elsewhere:
    """Read a post, and from its terms whether the call is open."""
    notice = read_post(post, page)
    if isinstance(notice, Elsewhere):
        return notice
    terms = (value for _, value in notice.labelled if str(value).casefold() == OPEN.casefold())
    return replace(notice, declared_status=next(terms, None))


def read_call_page(page: Page) -> RawNotice:
    """Read a post's own page, which has the terms in small print."""
    terms = page.many("span[class^='ff-term-']")
    is_open = (term for term in terms if term.casefold() == OPEN.casefold())
    return replace(read_post_page(page), declared_status=next(is_open, None))


class HrHamagbicro(WordPressSpider):
    """The posts of the category "Natječaji"."""

    name = "hr_hamagbicro"
    readers = {"register": read_calls, "call": read_call_page}
    category = "natjecaji"
