"""Romania's portal of EU calls (oportunitati-ue.gov.ro): WordPress posts of type "apel".

The REST API has the addresses of calls. Money and dates are only on their pages, with the label
beside or above the value. If a call's link leads to another site, only the API's data is read.
"""

from crawlers.bases.wordpress import WordPressSpider, find_attachments, read_posts, read_terms
from crawlers.pages.addresses import host_of
from crawlers.pages.json_values import unescaped, within
from crawlers.pages.page import Page
from crawlers.pages.readers import Elsewhere, ParseResult, Row
from crawlers.pages.unmarked import find_article, read_lines, read_stacked
from schema.notices import RawNotice, Section

HOST = "oportunitati-ue.gov.ro"
LABELS = (
    "Buget UE",
    "Buget național",
    "Buget naţional",
    "Data deschiderii",
    "Data închiderii",
    "Tip Apel",
    "Programe pentru care se aplică apelul",
    "Obiectivul specific",
    "Beneficiari eligibili",
    "Domenii",
    "Zone",
)
STATUSES = ("Activ", "Urmează", "Închis")


def read_calls(page: Page) -> ParseResult:
    """Read an answer of the REST API, or a feed."""
    return read_posts(page, read_row)


def read_row(post: Row, page: Page) -> RawNotice | Elsewhere:
    """Return the address of a call's page, or, if that is on another site, the API's data."""
    if host_of(post["link"]).removeprefix("www.") == HOST:
        return Elsewhere(post["link"])
    return RawNotice(
        portal=page.portal,
        source_id=post["link"],
        url=post["link"],
        title=unescaped(within(post["title"], "rendered")),
        labelled=(
            ("date", post["date"]),
            *read_terms(post),
        ),
    )


def read_call(page: Page) -> RawNotice:
    """Read the page of one call."""
    facts = tuple(read_stacked(page, LABELS))
    content = find_article(page, facts)
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=page.url,
        title=page.one("h1", field="title"),
        labelled=facts,
        sections=(Section(content),),
        attachments=find_attachments(content),
        declared_language=page.language,
        declared_status=next((line for line in read_lines(page) if line in STATUSES), None),
    )


class RoOportunitati(WordPressSpider):
    """Reads all calls, open, forthcoming and closed: more than 5,000."""

    name = "ro_oportunitati"
    readers = {"register": read_calls, "call": read_call}
    post_type = "apel"
    feed = "/apel/feed/"
    notice_pattern = rf"^https://{HOST}/apel/.+"
