"""Sites of Interreg programmes: a few calls, each a page of English prose without labelled fields.

Their markup differs with the content management system and is mostly known in part only, so a
reader tries several selectors and takes the whole body if none matches.
"""

from collections.abc import Callable

from crawlers.bases.links import LinksSpider
from crawlers.bases.wordpress import find_attachments
from crawlers.pages.page import Page, PageChangedError
from schema.notices import RawNotice, Section

CONTENT = ("main", "#main-content", "#content", "article", "body")


def prose_reader(*content: str, site: str) -> Callable[[Page], RawNotice]:
    """Return the reader of a programme's calls.

    ``content`` are CSS selectors; the first that matches gives the pieces of the text. ``site`` is
    the suffix that the programme adds to the titles of its pages.
    """

    def read_call(page: Page) -> RawNotice:
        pieces = next(filter(None, map(page.fragments, (*content, *CONTENT))), [])
        if not pieces:
            raise PageChangedError(page.portal, "no content", page.url, "summary")
        text = "".join(pieces)
        title = page.maybe("h1") or page.one("title", field="title").removesuffix(site).strip(
            " -–|"
        )
        return RawNotice(
            portal=page.portal,
            source_id=page.url,
            url=page.url,
            title=title,
            sections=(Section(text),),
            attachments=find_attachments(text),
            declared_language=page.language,
        )

    return read_call


class InterregSpider(LinksSpider):
    """Follows the links in a programme's list of calls."""

    refresh_days = 1
