"""Development agency of Vukovar-Srijem county (ra-vsz.hr): a WordPress site, calls among news.

Calls have neither code nor deadline. On a post's page, the date is running text, "Objavljeno:
16.11.2020.", and the category a line in capitals above the title.
"""

from crawlers.bases.wordpress import WordPressSpider, find_attachments, read_posts
from crawlers.pages.page import Page
from schema.notices import RawNotice, Section

CONTENT = (".entry-content", "main article", "article", "main")
PUBLISHED = "Objavljeno:"


def read_call(page: Page) -> RawNotice:
    """Read a post's own page."""
    content = page.fragment(*CONTENT)
    dates = [text for text in page.many("body *::text") if text.startswith(PUBLISHED)]
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=page.url,
        title=page.one("h1", field="title"),
        labelled=tuple(
            (label, value.strip()) for label, _, value in (text.partition(":") for text in dates)
        ),
        sections=(Section(content),),
        attachments=find_attachments(content),
        declared_language=page.language,
    )


class HrRaVsz(WordPressSpider):
    """As the base class; which of its routes the site offers was never verified."""

    name = "hr_ra_vsz"
    readers = {"register": read_posts, "call": read_call}
