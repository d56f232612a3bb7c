"""Grants.gov: the forecast and open grants of the United States, list and details by POST.

Errors come with status 200 and an ``errorcode``. Amounts are digits or the word "none"; moments
are ``2026-12-15-17-00-00``, with zeros where no hour was given. Officials and their addresses are
left out. The same grants stand in one file a day: ``us_grants_gov_extract``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from scrapy import Request

from crawlers.bases.records import RecordsSpider, rows_at, value_at
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import each_of, identity, printed, within
from crawlers.pages.page import Page, PageChangedError
from crawlers.pages.readers import Elsewhere, ParseResult, Row, read_rows
from schema.notices import RawNotice, Section

API = "https://api.grants.gov/v1/api"
SITE = "https://www.grants.gov/search-results-detail"
AMOUNTS = ("awardCeiling", "awardFloor", "estimatedFunding")
SOME = re.compile(r"0*[1-9]\d*(?:\.\d+)?")
"""An amount that is neither 0 nor a word."""
MOMENTS = (
    "postingDateStr",
    "responseDateStr",
    "estSynopsisPostingDateStr",
    "estApplicationResponseDateStr",
)
LISTS = ("applicantTypes", "fundingInstruments", "fundingActivityCategories")
SECTIONS = {
    "synopsisDesc": "Description",
    "forecastDesc": "Description",
    "applicantEligibilityDesc": "Additional information on eligibility",
    "responseDateDesc": "Close date explanation",
}
"""Keys of running text, and the heading that stands for them."""


def read_list(page: Page) -> ParseResult:
    """Read a page of the search: it names the grants."""
    return read_rows(rows_at(page, ("data", "oppHits")), read_hit, page)


def read_hit(hit: Row, page: Page) -> Elsewhere:  # noqa: ARG001
    """Read where a person finds a grant: that is its identity, too."""
    return Elsewhere(f"{SITE}/{int(identity(hit['id']))}")


def read_call(page: Page) -> RawNotice:
    """Read the details of one grant, or of its forecast."""
    data = value_at(page, ("data",))
    details = data.get("synopsis") or data.get("forecast")
    if not details:
        raise PageChangedError(page.portal, "neither synopsis nor forecast", page.url)
    url = f"{SITE}/{identity(data['id'])}"
    sections = (
        (clean_fragment(details.get(key) or "", url), heading) for key, heading in SECTIONS.items()
    )
    return RawNotice(
        portal=page.portal,
        source_id=url,
        url=url,
        title=data["opportunityTitle"],
        labelled=(*read_values(data, details), *read_programmes(data)),
        sections=tuple(Section(content, heading) for content, heading in sections if content),
        declared_status=None if data.get("synopsis") else "forecast",
    )


def read_values(data: Row, details: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield the plain values; amounts are dollars."""
    yield "opportunityNumber", data["opportunityNumber"]
    agency = details.get("agencyName") or within(data, "agencyDetails", "agencyName")
    if agency:
        yield "agencyName", agency
    for key in AMOUNTS:
        if SOME.fullmatch(str(details.get(key))):
            yield key, f"{details[key]} USD"
    if details.get("numberOfAwards"):
        yield "numberOfAwards", printed(details["numberOfAwards"])
    for key in MOMENTS:
        if details.get(key):
            yield key, show_moment(details[key])
    for key in LISTS:
        yield from ((key, within(each, "description")) for each in each_of(details.get(key)))


def read_programmes(data: Row) -> Iterator[tuple[str, str]]:
    """Yield the programmes of the assistance listings."""
    for each in each_of(data.get("cfdas")):
        if title := within(each, "programTitle"):
            yield "programTitle", title


def show_moment(moment: Any) -> Any:
    """Return ``2026-12-15-17-00-00`` as a usual moment, and without an hour that is all zeros.

    What is no text is handed on as it is.
    """
    if not isinstance(moment, str):
        return moment
    day, hour = moment[:10], moment[11:]
    return day if hour in ("", "00-00-00") else f"{day}T{hour[:5].replace('-', ':')}"


class UsGrantsGov(RecordsSpider):
    """Walks the search; each grant has a record of its own, which says the rest."""

    name = "us_grants_gov"
    readers = {"register": read_list, "call": read_call}
    hosts = ("api.grants.gov",)
    rows = ("data", "oppHits")
    total = ("data", "hitCount")
    page_size = 250
    refresh_days = 7

    def request_records(self, start: int) -> Request:
        """Ask for the hits from an offset on."""
        search = {
            "rows": self.page_size,
            "startRecordNum": start,
            "oppStatuses": "forecasted|posted",
            "sortBy": "openDate|desc",
        }
        body = json.dumps(search).encode()
        return self.request_page(
            f"{API}/search2", start, body=body, Content_Type="application/json"
        )

    def request_notice(self, url: str) -> Request:
        """Ask the interface for what stands at a grant's address."""
        return self.request(
            f"{API}/fetchOpportunity",
            "call",
            self.parse_notices,
            method="POST",
            body=json.dumps({"opportunityId": int(url.rpartition("/")[2])}).encode(),
            headers={"Content-Type": "application/json"},
        )
