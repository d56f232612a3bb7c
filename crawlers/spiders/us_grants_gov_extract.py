"""Grants.gov, the daily extract: every grant of the United States in one XML file of 306 MB.

It has the grants that ``us_grants_gov`` requests one by one, but dates without hours and codes in
place of names. Archived grants, which are most of them, are dropped. The name of the file has the
date, and yesterday's may be the newest. Dates have the form ``10012026``. Descriptions are HTML
that is escaped twice.
"""

import html
import re
from collections.abc import Iterator
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from crawlers.bases.bulk import TAG, BulkSpider, xml_rows
from crawlers.bases.portal import SpiderOutput
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.notices import RawNotice, Section

EXTRACT = "https://prod-grants-gov-chatbot.s3.amazonaws.com/extracts/GrantsDBExtract{:%Y%m%d}v2.zip"
SITE = "https://www.grants.gov/search-results-detail"
SYNOPSIS, FORECAST = "OpportunitySynopsisDetail_1_0", "OpportunityForecastDetail_1_0"
LARGEST = 1_000_000_000
"""The largest unpacked file in bytes; three times its present size."""
DAYS = 4
"""For so many days back an extract is requested."""
ZONE = ZoneInfo("America/New_York")
DAY = re.compile(r"(\d\d)(\d\d)(\d{4})")
DATES = ("PostDate", "CloseDate", "EstimatedSynopsisPostDate", "EstimatedSynopsisCloseDate")
AMOUNTS = ("AwardCeiling", "AwardFloor", "EstimatedTotalProgramFunding")
SOME = re.compile(r"0*[1-9]\d*")
"""An amount other than 0; words do not match."""
WORDS = ("OpportunityNumber", "AgencyName", "ExpectedNumberOfAwards", "CFDANumbers", "FiscalYear")
SECTIONS = ("Description", "AdditionalInformationOnEligibility", "CloseDateExplanation",
            "EstimatedSynopsisCloseDateExplanation")  # fmt: skip
APPLICANTS = {
    "00": "State governments",
    "01": "County governments",
    "02": "City or township governments",
    "04": "Special district governments",
    "05": "Independent school districts",
    "06": "Public and State controlled institutions of higher education",
    "07": "Native American tribal governments (Federally recognized)",
    "08": "Public housing authorities/Indian housing authorities",
    "11": "Native American tribal organizations (other than Federally recognized tribal "
    "governments)",
    "12": "Nonprofits having a 501(c)(3) status with the IRS, other than institutions of higher "
    "education",
    "13": "Nonprofits that do not have a 501(c)(3) status with the IRS, other than institutions of "
    "higher education",
    "20": "Private institutions of higher education",
    "21": "Individuals",
    "22": "For profit organizations other than small businesses",
    "23": "Small businesses",
    "25": "Others",
    "99": "Unrestricted",
}
"""The API's names of kinds of applicants, by the codes in the file."""


def read_extract(page: Page) -> ParseResult:
    """Read a whole extract."""
    return read_rows(xml_rows(page, SYNOPSIS, FORECAST, largest=LARGEST), read_record, page)


def read_record(row: Row, page: Page) -> RawNotice | None:
    """Read one grant or forecast; one that was archived before the file was fetched is dropped."""
    archived_on = read_day(next(iter(row.get("ArchiveDate", ())), ""))
    if archived_on and archived_on < page.exchange.fetched_at.astimezone(ZONE).date():
        return None
    (source_id,) = row["OpportunityID"]
    url = f"{SITE}/{source_id}"
    sections = (
        (name, clean_fragment(html.unescape(text), url))
        for name in SECTIONS
        for text in row.get(name, ())
    )
    return RawNotice(
        portal=page.portal,
        source_id=source_id,
        url=url,
        title=row["OpportunityTitle"][0],
        labelled=tuple(read_values(row)),
        sections=tuple(Section(content, name) for name, content in sections if content),
        declared_status="forecast" if row[TAG] == [FORECAST] else None,
    )


def read_values(row: Row) -> Iterator[tuple[str, str]]:
    """Yield the plain values with their names; amounts are in dollars."""
    for name in WORDS:
        yield from ((name, text) for text in row.get(name, ()) if text.strip())
    for name in AMOUNTS:
        yield from ((name, f"{text} USD") for text in row.get(name, ()) if SOME.fullmatch(text))
    for name in DATES:
        for text in row.get(name, ()):
            day = read_day(text)
            yield name, day.isoformat() if day else text
    for code in row.get("EligibleApplicants", ()):
        yield "EligibleApplicants", APPLICANTS.get(code, code)


def read_day(printed: str) -> date | None:
    """Return a date of the form ``MMDDYYYY``, or ``None`` for any other text."""
    match = DAY.fullmatch(printed.strip())
    try:
        return date(int(match[3]), int(match[1]), int(match[2])) if match else None
    except ValueError:
        return None


class UsGrantsGovExtract(BulkSpider):
    """Reads the newest extract."""

    name = "us_grants_gov_extract"
    readers = {"register": read_extract}
    hosts = ("prod-grants-gov-chatbot.s3.amazonaws.com",)
    max_bytes = 150_000_000

    def begin(self) -> SpiderOutput:
        """Request today's extract, by the date in Washington, or else an older one."""
        today = self.record.now().astimezone(ZONE).date()
        yield self.request_file(*(EXTRACT.format(today - timedelta(days=n)) for n in range(DAYS)))
