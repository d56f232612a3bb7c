"""Ministry of Enterprises (mimit.gov.it), its measures: a Joomla list with links to pages.

Neither list nor pages were ever seen, but the form of addresses is known: every link of the list to
such an address is visited. The measures are in incentivi.gov.it, too, with structured dates.
"""

from crawlers.bases.listing import Cards, ListingSpider
from crawlers.bases.wordpress import find_attachments
from crawlers.pages.page import Page
from schema.notices import RawNotice, Section

CONTENT = ("[itemprop=articleBody]", "div.item-page", "main article", "article", "main")

CARDS = Cards(
    "a[href*='/it/incentivi/']",
    link="::attr(href)",
    only=r"/it/incentivi/[a-z0-9][a-z0-9-]+$",
    follow=True,
)


def read_call(page: Page) -> RawNotice:
    """Read the page of one measure."""
    content = page.fragment(*CONTENT)
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=page.url,
        title=page.one("h1, h2[itemprop=headline], .item-page h2", field="title"),
        sections=(Section(content),),
        attachments=find_attachments(content),
        declared_language=page.language,
    )


class ItMimit(ListingSpider):
    """Reads the list in steps of 20 until pages have nothing new."""

    name = "it_mimit"
    readers = {"listing": CARDS.read, "call": read_call}
    listings = ("https://www.mimit.gov.it/it/incentivi?start={page}",)
    first_page = 0
    page_step = 20
