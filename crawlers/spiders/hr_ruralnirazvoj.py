"""Croatia's rural development programme (ruralnirazvoj.hr): open and closed calls in one list.

On a call's page, each value is below its label, and the first heading is "Natječaji" on every page.
The host answers requests from the region only.
"""

from crawlers.bases.listing import Cards, ListingSpider
from crawlers.bases.wordpress import find_attachments
from crawlers.pages.page import Page, PageChangedError
from crawlers.pages.unmarked import find_article, read_lines, read_stacked
from schema.notices import RawNotice, Section

LABELS = ("Mjera", "Podmjera", "Tip operacije", "Datum objave", "Datum prijave", "Kraj prijave")
STATUSES = ("Otvoren", "Zatvoren")


def read_call(page: Page) -> RawNotice:
    """Read the page of one call; its title is the line above the status."""
    lines = list(read_lines(page))
    place = next((number for number, line in enumerate(lines) if line in STATUSES), 0)
    if place == 0:
        raise PageChangedError(page.portal, f"none of {STATUSES} below a title", page.url)
    facts = tuple(read_stacked(page, LABELS))
    content = find_article(page, facts)
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=page.url,
        title=lines[place - 1],
        labelled=facts,
        sections=(Section(content),),
        attachments=find_attachments(content),
        declared_language=page.language,
        declared_status=lines[place],
    )


class HrRuralnirazvoj(ListingSpider):
    """Reads the list; its further pages, if any, were never seen, so any such link is followed."""

    name = "hr_ruralnirazvoj"
    readers = {
        "listing": Cards("article.tender__item", "h2.tender-title a::attr(href)", follow=True).read,
        "call": read_call,
    }
    listings = ("https://ruralnirazvoj.hr/natjecaji/",)
    next_link = "a.next::attr(href), a[rel=next]::attr(href), link[rel=next]::attr(href)"
