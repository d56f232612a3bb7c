"""Sites of Interreg programmes: a handful of calls, each a page of English prose without fields.

Their wrappers differ with the content management system and were seldom seen whole, so a reader
tries one place after another and takes the whole body at last.
"""

from collections.abc import Callable

from crawlers.bases.links import LinksSpider
from crawlers.bases.wordpress import find_attachments
from crawlers.pages.page import Page, PageChangedError
from schema.notices import RawNotice, Section

CONTENT = ("main", "#main-content", "#content", "article", "body")


def prose_reader(*content: str, site: str) -> Callable[[Page], RawNotice]:
    """Return the reader of a programme's calls.

    ``content`` are the CSS of all pieces of text, one alternative after another; ``site`` is what
    the programme adds to the title of its pages.
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
    """Follows the links of a programme's list of calls."""

    refresh_days = 1
