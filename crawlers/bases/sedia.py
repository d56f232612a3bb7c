"""The Commission's SEDIA search: one POST a page of results, every value a list of strings.

Peculiarities: each part of the multipart body needs its own ``Content-Type``, or the answer is
status 500. Paging is stable only if results are sorted by identifier, and ends with an empty page.
A result may appear twice. Rows of ``SEDIA_PRD_CENTRICITY`` are old copies with an outdated status.
"""

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache, partial
from importlib.resources import files
from typing import Any

from scrapy import Request

from crawlers.bases.portal import PortalSpider, SpiderOutput
from crawlers.bases.walks import ChangeSignal, Walks
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import Page, PageChangedError
from crawlers.pages.readers import ParseResult, Row, read_rows
from schema.issues import Issue, Severity
from schema.notices import Attachment, RawNotice, Section

SEARCH = "https://api.tech.ec.europa.eu/search-api/prod/rest/search"
BOUNDARY = "callboard-part"
STALE_SOURCE = "SEDIA_PRD_CENTRICITY"

SECTIONS = {
    "descriptionByte": "Topic description",
    "description": "Description",
    "destinationDescription": "Destination",
    "destinationDetails": "Destination",
    "topicConditions": "Conditions",
    "furtherInformation": "Further information",
    "beneficiaryAdministration": "Beneficiaries",
    "supportInfo": "Support",
}
"""Headings for the keys whose value is HTML."""
JSON_TEXTS = frozenset(
    ("actions", "budgetOverview", "links", "latestInfos", "publicationDocuments")
)
ENVELOPE = frozenset(
    ("apiVersion", "reference", "url", "contentType", "databaseLabel", "database", "summary",
     "weight", "groupById", "content", "accessRestriction", "checksum", "citation", "metadata",
     "children")
)  # fmt: skip
"""Keys of a result itself. In a result without ``metadata``, all other keys are its metadata."""


class SediaSpider(PortalSpider):
    """Reads the results of a search; a subclass has the types and statuses to search for."""

    types: tuple[str, ...]
    """0 tender, 1 grant topic, 2 call for proposals, 8 cascade funding."""
    statuses: tuple[str, ...]
    """31094501 forthcoming, 31094502 open, 31094503 closed."""
    search_languages: tuple[str, ...] = ("en",)
    """Without any, a result is returned once for each of its languages."""
    page_size: int = 100
    hosts = ("api.tech.ec.europa.eu",)

    def begin(self) -> SpiderOutput:
        """Request the first page of results."""
        self._walks = Walks(self.record, signal=ChangeSignal.CHANGED_TOTAL)
        yield self._request_results(1)

    def _request_results(self, number: int) -> Request:
        query = {"terms": {"type": self.types}}, {"terms": {"status": self.statuses}}
        parts = {
            "query": {"bool": {"must": query}},
            "languages": self.search_languages,
            "sort": {"field": "identifier", "order": "ASC"},
        }
        return self.request(
            f"{SEARCH}?apiKey=SEDIA&text=***&pageSize={self.page_size}&pageNumber={number}",
            "register",
            partial(self.parse_results, number=number),
            method="POST",
            body=multipart(parts),
            headers={"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"},
        )

    def parse_results(self, page: Page, number: int) -> SpiderOutput:
        """Read a page of results and request the next, or after an empty one begin another walk."""
        walks, results = self._walks, results_of(page)
        total = self.record.total_of(page.json().get("totalResults"), page.url)
        walks.announce(total)
        if results:
            yield from walks.read(lambda: self.parse_notices(page)).steps
        if self.record.sampled_enough:
            return
        # A server that never returns an empty page repeats results beyond the total.
        if results and not (walks.idle() and number * self.page_size >= (total or 0)):
            yield self._request_results(number + 1)
        elif walks.end_list():
            yield self._request_results(1)


def multipart(parts: Mapping[str, object]) -> bytes:
    """Return a multipart/form-data body (RFC 7578) of JSON parts with their ``Content-Type``."""
    lines = []
    for name, value in parts.items():
        lines += [
            f"--{BOUNDARY}",
            f'Content-Disposition: form-data; name="{name}"; filename="blob"',
            "Content-Type: application/json",
            "",
            json.dumps(value),
        ]
    return "\r\n".join([*lines, f"--{BOUNDARY}--", ""]).encode()


def results_of(page: Page) -> list[Any]:
    """Return the results of an answer, or raise :class:`PageChangedError`."""
    answer = page.json()
    if not isinstance(answer, dict) or not isinstance(answer.get("results"), list):
        raise PageChangedError(page.portal, "no list of results", page.url)
    results: list[Any] = answer["results"]
    return results


def read_results(page: Page) -> ParseResult:
    """Read a page of results; stale copies are dropped, with an Issue that counts them."""
    results = results_of(page)
    stale = find_stale(results, page.exchange.fetched_at)
    kept = [row for number, row in enumerate(results) if number not in stale]
    reading = read_rows(kept, read_result, page)
    issues = list(reading.issues)
    if stale:
        issues.append(
            Issue(
                "stale_rows",
                f"Old copies ({STALE_SOURCE}) dropped: {len(stale)}.",
                Severity.NOTE,
                page.portal,
                page.url,
            )
        )
    issues.extend(
        Issue(
            "unknown_programme",
            f"The programme {code} is not in crawlers/bases/sedia_programmes.toml.",
            Severity.WARNING,
            page.portal,
            page.url,
            field="programme",
            detail=code,
        )
        for code in sorted(unknown_programmes(reading.notices))
    )
    return replace(reading, issues=tuple(issues), rows=len(results))


def find_stale(results: Iterable[object], today: datetime) -> set[int]:
    """Return the positions of outdated copies.

    A copy is outdated if the page also has the current row with its identifier, or if all its
    deadlines have passed.
    """
    rows = [row if isinstance(row, dict) else {} for row in results]
    metadata = [metadata_of(row) for row in rows]
    current = {
        first(values, "identifier")
        for values in metadata
        if first(values, "DATASOURCE") != STALE_SOURCE
    }
    return {
        number
        for number, values in enumerate(metadata)
        if first(values, "DATASOURCE") == STALE_SOURCE
        and (
            first(values, "identifier") in current
            or all(has_passed(printed, today) for printed in values.get("deadlineDate", ()))
        )
    }


def has_passed(printed: str, today: datetime) -> bool:
    """Tell whether a printed deadline is before a time; one that cannot be read is not."""
    try:
        return datetime.fromisoformat(printed[:10]).replace(tzinfo=UTC) < today
    except ValueError:
        return False


def metadata_of(row: Row) -> dict[str, list[str]]:
    """Return the metadata of a result as lists of strings, empty values left out."""
    inner = row.get("metadata")
    if not isinstance(inner, Mapping):
        inner = {key: value for key, value in row.items() if key not in ENVELOPE}
    lists = {
        key: [str(each) for each in (value if isinstance(value, list) else [value])]
        for key, value in inner.items()
    }
    return {
        key: [value for value in values if value.strip() and value != "None"]
        for key, values in lists.items()
    }


def first(values: Mapping[str, list[str]], key: str) -> str | None:
    """Return the first value of a key, if it has one."""
    return next(iter(values.get(key, ())), None)


def read_result(row: Row, page: Page) -> RawNotice:
    """Read one result: its metadata as labelled pairs, its HTML parts as sections."""
    values = metadata_of(row)
    source_id = first(values, "identifier") or row["reference"]
    title = first(values, "title") or row.get("summary")
    if not title:
        raise ValueError("a result without a title")
    return RawNotice(
        portal=page.portal,
        source_id=source_id,
        url=str(row.get("url") or first(values, "url") or page.url),
        title=title,
        labelled=(*read_metadata(values), *read_programme(values), *read_budget(values, source_id)),
        sections=tuple(read_sections(values, page)),
        attachments=tuple(read_documents(values)),
        declared_language=first(values, "language"),
        declared_status=first(values, "status"),
    )


def read_metadata(values: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield the plain values; a budget together with its currency, which has another key."""
    currency = first(values, "currency")
    for key, each in values.items():
        if key in SECTIONS or key in JSON_TEXTS or key == "currency":
            continue
        for value in each:
            yield key, f"{value} {currency}" if key == "budget" and currency else value


def read_programme(values: Mapping[str, list[str]]) -> Iterator[tuple[str, str]]:
    """Yield the name of the programme, if its code is known."""
    for code in values.get("frameworkProgramme", ()):
        if code in programmes():
            yield "programme", programmes()[code]


def read_budget(values: Mapping[str, list[str]], identifier: str) -> Iterator[tuple[str, str]]:
    """Yield the figures of this topic from the overview of the whole call, in plain words.

    The portal prints them under "Budget (EUR)"; 0 means that nothing was entered. An overview that
    is not valid JSON (some are cut off) is returned unchanged.
    """
    for text in values.get("budgetOverview", ()):
        try:
            topics = json.loads(text)["budgetTopicActionMap"].values()
            entries = [entry for topic in topics for entry in topic]
        except (ValueError, KeyError, AttributeError, TypeError):
            yield "budgetOverview", text
            continue
        for entry in entries:
            if not str(entry.get("action", "")).startswith(f"{identifier} "):
                continue
            for year, amount in (entry.get("budgetYearMap") or {}).items():
                if amount not in (0, "0", "", None):
                    yield "budgetYearMap", f"{amount} EUR ({year})"
            for key in ("minContribution", "maxContribution"):
                if entry.get(key):
                    yield key, f"{entry[key]} EUR"
            if entry.get("expectedGrants"):
                yield "expectedGrants", str(entry["expectedGrants"])


def read_sections(values: Mapping[str, list[str]], page: Page) -> Iterator[Section]:
    """Yield the HTML parts, and the latest news of the topic if there is any."""
    for key, heading in SECTIONS.items():
        for html in values.get(key, ()):
            if content := clean_fragment(html, page.url):
                yield Section(content, heading)
    for entry in read_json_texts(values, "latestInfos"):
        if content := clean_fragment(str(entry.get("content") or ""), page.url):
            yield Section(content, "Latest information")


def read_documents(values: Mapping[str, list[str]]) -> Iterator[Attachment]:
    """Yield the published documents."""
    for entry in read_json_texts(values, "publicationDocuments"):
        if address := entry.get("docUrl"):
            yield Attachment(str(entry.get("nameDoc") or ""), str(address))


def read_json_texts(values: Mapping[str, list[str]], key: str) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list that is JSON in a string; none if it is cut off."""
    for text in values.get(key, ()):
        try:
            entries = json.loads(text)
        except ValueError:
            continue
        yield from (entry for entry in entries if isinstance(entry, Mapping))


@cache
def programmes() -> Mapping[str, str]:
    """Return the known programme codes with the names that the portal shows."""
    text = files("crawlers.bases").joinpath("sedia_programmes.toml").read_text(encoding="utf-8")
    return {code: str(name) for code, name in tomllib.loads(text).items()}


def unknown_programmes(notices: Iterable[RawNotice]) -> set[str]:
    """Return the programme codes whose names are not known."""
    return {
        value
        for notice in notices
        for label, value in notice.labelled
        if label == "frameworkProgramme" and value not in programmes()
    }
