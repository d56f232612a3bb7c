"""Grants.gov: the forecast and open grants of the United States, list and details by POST.

Errors have status 200 and an ``errorcode``. Amounts are digits or the word "none". Times have the
form ``2026-12-15-17-00-00``, with zeros if no hour was given. Officials and their addresses are
left out. The same grants are in a daily file, which ``us_grants_gov_extract`` reads.
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
"""An amount other than 0; words do not match."""
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
"""Headings for the keys of running text."""


def read_list(page: Page) -> ParseResult:
    """Read a page of the search, which has the ids of grants."""
    return read_rows(rows_at(page, ("data", "oppHits")), read_hit, page)


def read_hit(hit: Row, page: Page) -> Elsewhere:  # noqa: ARG001
    """Return the address of a grant's page for visitors, which also identifies it."""
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
    """Yield the plain values; amounts are in dollars."""
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
    """Return ``2026-12-15-17-00-00`` as an ISO 8601 time, or as a date if the hour is zeros.

    A value that is not a text is returned unchanged.
    """
    if not isinstance(moment, str):
        return moment
    day, hour = moment[:10], moment[11:]
    return day if hour in ("", "00-00-00") else f"{day}T{hour[:5].replace('-', ':')}"


class UsGrantsGov(RecordsSpider):
    """Reads the search, and the details of each grant."""

    name = "us_grants_gov"
    readers = {"register": read_list, "call": read_call}
    hosts = ("api.grants.gov",)
    rows = ("data", "oppHits")
    total = ("data", "hitCount")
    page_size = 250
    refresh_days = 7

    def request_records(self, start: int) -> Request:
        """Request the hits from an offset on."""
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
        """Return the request to the API for the grant whose page has this address."""
        return self.request(
            f"{API}/fetchOpportunity",
            "call",
            self.parse_notices,
            method="POST",
            body=json.dumps({"opportunityId": int(url.rpartition("/")[2])}).encode(),
            headers={"Content-Type": "application/json"},
        )
