"""Hungary's portal of EU calls (palyazat.gov.hu), through the interface behind its pages.

Days are printed as Budapest midnight in UTC, ``2026-12-30T23:00:00Z`` for 31 December: they are
copied in the portal's own zone. An amount of 0 is an empty field.
"""

import json
from collections.abc import Iterator
from datetime import datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from scrapy import Request

from crawlers.bases.records import RecordsSpider, rows_at
from crawlers.fragments import clean_fragment
from crawlers.page import Page
from crawlers.readings import Reading, Row, read_rows
from schema.notices import RawNotice, Section

API = "https://ginapp-api.fair.gov.hu/papi/tenders/list"
SITE = "https://www.palyazat.gov.hu/palyazatok/redirect"
ZONE = ZoneInfo("Europe/Budapest")
ACTIVE = "b2111a67-2c8c-49c9-abdc-01ee1abb1814"
"""The status "Aktív" in the portal's vocabulary."""
CLIENT = "40b0c32c-77fe-4380-9f5e-be96ae24fabd"
"""What every visitor's browser sends: a constant of the public site, no key."""

MOMENTS = ("startTime", "endTime")
AMOUNTS = ("minSupportAmount", "maxSupportAmount", "sumAvailableSupportAmount")
SECTIONS = {"supportPurpose": "A támogatás célja", "conditionsOfSupport": "A támogatás feltételei"}
READ_ELSEWHERE = frozenset((*SECTIONS, "name", "status"))
LEFT_OUT = frozenset(("modificationTime", "sumRequestedSupportAmount"))
"""What changes from day to day without the call changing."""


def read_list(page: Page) -> Reading:
    """Read a page of the list."""
    return read_rows(rows_at(page, ("tenders",)), read_call, page)


def read_call(row: Row, page: Page) -> RawNotice:
    """Read one call."""
    address = {
        "program": row.get("developmentalProgram") or "",
        "op": row.get("operationalProgram") or "",
        "code": row["code"],
    }
    return RawNotice(
        portal=page.portal,
        source_id=row["id"],
        url=f"{SITE}?{urlencode(address)}",
        title=row["name"],
        labelled=tuple(read_values(row)),
        sections=tuple(
            Section(content, heading)
            for key, heading in SECTIONS.items()
            if (content := clean_fragment(row.get(key) or "", page.url))
        ),
        declared_status=row.get("status"),
    )


def read_values(row: Row) -> Iterator[tuple[str, str]]:
    """Yield every other value under its key, each value of a list."""
    for key, value in row.items():
        if key in READ_ELSEWHERE or key in LEFT_OUT:
            continue
        for each in value if isinstance(value, list) else (value,):
            if each in (None, "", 0):
                continue
            if key in MOMENTS:
                yield key, datetime.fromisoformat(each).astimezone(ZONE).isoformat()
            elif key in AMOUNTS:
                yield key, f"{str(each).removesuffix('.0').replace('.', ',')} HUF"
            else:
                yield key, str(each)


class HuPalyazat(RecordsSpider):
    """Walks the list of active calls."""

    name = "hu_palyazat"
    readers = {"register": read_list}
    hosts = ("ginapp-api.fair.gov.hu",)
    rows = ("tenders",)
    total = ("pagination", "totalCount")
    page_size = 5000

    def ask_records(self, start: int) -> Request:
        """Ask for a page of calls."""
        query = {
            "pagination": {"pageSize": self.page_size, "pageIndex": start // self.page_size},
            "filtering": {"exactFilters": [{"type": "Status", "selected": [ACTIVE]}]},
            "sort": {"direction": "asc", "field": "endTime"},
        }
        return self.ask_page(
            API,
            start,
            body=json.dumps(query).encode(),
            content_type="application/json",
            application_name="FairApp",
            device_id=CLIENT,
        )
