"""Croatian Audiovisual Centre (havc.hr): public calls by category, with an archive for each.

One call has several deadlines ("za prvi rok odlučivanja … za drugi"); every page may also be linked
with a query that changes its contrast or type size.
"""

from crawlers.bases.links import LinksSpider
from crawlers.bases.wordpress import find_attachments
from crawlers.pages.page import Page
from crawlers.pages.unmarked import find_article
from schema.notices import RawNotice, Section

CALLS = r"/o-nama/javni-pozivi/[^/]+"


def read_call(page: Page) -> RawNotice:
    """Read the page of one call; nothing on it is labelled."""
    content = find_article(page)
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=page.url,
        title=page.one("h1", field="title"),
        sections=(Section(content),),
        attachments=find_attachments(content),
        declared_language=page.language,
    )


class HrHavc(LinksSpider):
    """Walks the categories and their archives."""

    name = "hr_havc"
    readers = {"call": read_call}
    lists = ("https://havc.hr/o-nama/javni-pozivi",)
    list_pattern = rf"{CALLS}(?:/arhiva-javnih-poziva)?/?"
    notice_pattern = rf"{CALLS}(?:/arhiva-javnih-poziva)?/[^/]+/?"
