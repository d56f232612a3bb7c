"""Croatian Audiovisual Centre (havc.hr): public calls by category, with an archive for each.

A call may have several deadlines ("za prvi rok odlučivanja … za drugi"). Links may have a query
that changes contrast or type size only.
"""

from crawlers.bases.links import LinksSpider
from crawlers.bases.wordpress import find_attachments
from crawlers.pages.page import Page
from crawlers.pages.unmarked import find_article
from schema.notices import RawNotice, Section

CALLS = r"/o-nama/javni-pozivi/[^/]+"


def read_call(page: Page) -> RawNotice:
    """Read the page of one call, which has no labelled fields."""
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
    """Reads the categories and their archives."""

    name = "hr_havc"
    readers = {"call": read_call}
    lists = ("https://havc.hr/o-nama/javni-pozivi",)
    list_pattern = rf"{CALLS}(?:/arhiva-javnih-poziva)?/?"
    notice_pattern = rf"{CALLS}(?:/arhiva-javnih-poziva)?/[^/]+/?"
