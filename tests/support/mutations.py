"""Change saved pages in one place, as a portal does that has a bad day, and read them.

JSON: one leaf or node becomes another value. HTML and XML: an attribute is dropped or garbled, an
element emptied, its text made a number, its children torn out. What follows is done with each page
what a crawl and ``callboard process`` do.
"""

import copy
import json
import random
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree
from lxml import html as lxml_html

from crawlers import registry
from crawlers.bases.portal import PortalSpider
from crawlers.crawl_record import CrawlRecord
from crawlers.crawl_report import judge
from crawlers.failures import describe
from crawlers.pages.inspection import inspect_page
from crawlers.pages.page import Page
from linking.clustering import LinkedNotice, link
from linking.merge import merge
from processing.notice_snapshots import hash_raw
from processing.page_extraction import PageExtractor
from schema.calls import Call
from schema.crawls import CrawlReport
from schema.issues import Issue
from schema.notices import RawNotice
from storage.canonical import from_json, to_json
from storage.database.call_rows import MergedCall, NoticeFacts, to_parts, to_row
from storage.identity import notice_id
from tests.crawlers.spiders.test_portals import CASES, load_page

NOW = datetime(2020, 11, 16, 5, tzinfo=UTC)
LONG, DIGITS = "x" * 100_000, "9" * 5_000
VALUES: tuple[Any, ...] = (
    5, 0, -1, 1.5, 10**30, float("nan"), float("inf"), None, True, False, "", " ", [], {}, [1],
    [[[]]], [None, {"a": [1]}], {"a": 1}, {"rendered": None}, "\ud800", "a\udfff b", "a\0b", DIGITS,
    LONG, "http://[x", "http://a:b/", "2020-02-31", "<p>\x00</p>", "\u202e", "None", "²",
)  # fmt: skip
"""What a value of JSON is replaced by."""
WORDS = ("", " ", "0", DIGITS, "http://[x", "//[", "http://a:99999/", "javascript:", "\u202ex",
         "²", "#", "?" * 3_000, "a\tb\nc")  # fmt: skip
"""What an attribute or a text of markup is replaced by."""


@dataclass(frozen=True)
class Mutation:
    """A saved page with one place changed."""

    case: Path
    change: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.case.parent.name}/{self.case.name}: {self.change}"


@dataclass
class MutationTally:
    """What came of many mutations."""

    done: int = 0
    portals: set[str] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)
    """Pages by the kinds of Issues that they gave."""
    raised: list[str] = field(default_factory=list)


# -- changing ------------------------------------------------------------------------------------


def mutations(seed: int) -> Iterator[Mutation]:
    """Yield mutations without end, of each saved page in turn; a seed always gives the same."""
    chance = random.Random(seed)  # noqa: S311 - reproducible, not secret
    makers = [(case, maker) for case in CASES if (maker := _maker(case)) is not None]
    while True:
        for case, maker in makers:
            change, body = maker(chance)
            yield Mutation(case, change, body)


Maker = Callable[[random.Random], tuple[str, bytes]]


def _maker(case: Path) -> Maker | None:
    """Return what makes mutations of a page; ``None`` for JSON that is none."""
    (saved,) = case.glob("page.*")
    body = saved.read_bytes()
    if saved.suffix == ".json":
        try:
            data = json.loads(body)
        except ValueError:
            return None
        paths = list(_paths(data))
        return lambda chance: _change_json(data, paths, chance)
    if saved.suffix == ".html":
        page = load_page(case)[0]
        return lambda chance: _change_markup(lxml_html.fromstring(page.text), chance, "html")
    if saved.suffix == ".xml":
        # One of them is cut off on purpose.
        return lambda chance: _change_markup(
            etree.fromstring(body, etree.XMLParser(recover=True)), chance, "xml"
        )
    return lambda chance: _change_lines(body, chance)


def _paths(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    if isinstance(value, dict | list):
        pairs = value.items() if isinstance(value, dict) else enumerate(value[:3])
        for key, each in pairs:
            yield (*path, key)
            yield from _paths(each, (*path, key))


def _change_json(
    data: Any, paths: list[tuple[Any, ...]], chance: random.Random
) -> tuple[str, bytes]:
    changed = copy.deepcopy(data)
    *way, last = chance.choice(paths)
    place = changed
    for key in way:
        place = place[key]
    value = chance.choice(VALUES)
    if isinstance(place, dict) and chance.random() < 0.1:
        del place[last]
        change = "left out"
    else:
        place[last] = value
        change = f"= {str(value)[:20]!r}"
    where = ".".join(map(str, (*way, last)))
    return f"{where} {change}", json.dumps(changed).encode()


def _change_markup(root: Any, chance: random.Random, method: str) -> tuple[str, bytes]:
    elements = [each for each in root.iter() if isinstance(each.tag, str)]
    element = chance.choice(elements)
    names = list(element.attrib)
    kind = chance.choice(("drop", "garble", "garble") if names else ("empty", "text", "remove"))
    if chance.random() < 0.4:
        kind = chance.choice(("empty", "text", "remove"))
    words = chance.choice(WORDS)
    what = f"<{element.tag}>"
    if kind in ("drop", "garble"):
        name = chance.choice(names)
        what = f"{what} {name}"
        if kind == "drop":
            del element.attrib[name]
        else:
            element.attrib[name] = words
    elif kind == "remove" and element.getparent() is not None:
        element.getparent().remove(element)
    else:
        del element[:]
        element.text = None if kind == "empty" else words
    changed = etree.tostring(root, method=method, encoding="utf-8")
    return f"{kind} {what} {words[:20]!r}", changed


def _change_lines(body: bytes, chance: random.Random) -> tuple[str, bytes]:
    cells = body.split(b";")
    number = chance.randrange(len(cells))
    words = chance.choice((*WORDS, '"', "\0")).encode()
    cells[number] = words
    return f"cell {number} = {words[:20]!r}", b";".join(cells)


# -- reading -------------------------------------------------------------------------------------


class Reader:
    """Does with a page what a crawl and `process` do, and tells what raises."""

    def __init__(self) -> None:
        self._portals = registry.load()
        self._pages = PageExtractor(self._portals)
        self._known = {raw.source_id: hash_raw(raw) for case in CASES for raw in _golden(case)}
        self.tally = MutationTally()

    def try_out(self, mutation: Mutation) -> None:
        """Read one mutation."""
        tally = self.tally
        tally.done += 1
        tally.portals.add(mutation.case.parent.name)
        try:
            issues = self._read(mutation)
        except Exception as error:  # noqa: BLE001 - that is what is looked for
            tally.raised.append(f"{mutation}: {describe(error)}")
            return
        tally.kinds.update({each.kind for each in issues} or {"none"})

    def _read(self, mutation: Mutation) -> tuple[Issue, ...]:
        page, meta = load_page(mutation.case)
        stem = mutation.case.parent.name
        page = Page(replace(page.exchange, body=mutation.body))
        reader = registry.reader(stem, meta["kind"])
        assert reader is not None
        found = inspect_page(page, reader).result or reader(
            page
        )  # what is taken for no content, too
        record = CrawlRecord(self._portals[stem], now=lambda: NOW, shows_notices=False)
        _walk(registry.spider(stem), record, page)
        report = judge(record, f"{stem}-20201116T050000Z", NOW, (1, 1000))
        assert not [each for each in report.issues if "verdict broke off" in report.reason]
        assert from_json(CrawlReport, to_json(report)) == report
        report.reason.encode()
        for issue in (*found.issues, *report.issues):
            assert (issue.portal, issue.kind == "") == (stem, False)
            issue.message.encode()
        for raw in found.notices:
            self._process(raw)
        return (*found.issues, *report.issues)

    def _process(self, raw: RawNotice) -> None:
        """Do what `process` does with a notice that does not say what it said before."""
        notice_id(raw.portal, raw.source_id)
        assert from_json(RawNotice, to_json(raw)) == raw
        if hash_raw(raw) != self._known.get(raw.source_id):
            extracted = self._pages.extract_notice(raw, NOW)
            _link(raw, extracted.text, extracted.call)


def _link(raw: RawNotice, text: str, call: Call) -> None:
    """Do what `link` does with a notice, up to the rows of its call."""
    notice = LinkedNotice(
        notice_id(raw.portal, raw.source_id), raw.portal, "original", NOW, call, text
    )
    for cluster in link([notice]):
        merged = MergedCall(cluster.call_id, merge(cluster), cluster.links)
        row = to_row(merged, [NoticeFacts(raw.portal, raw.url, NOW, NOW, None)])
        assert all(not isinstance(each, int) or abs(each) < 1 << 63 for each in row.values())
        to_parts(merged)


@cache
def _golden(case: Path) -> tuple[RawNotice, ...]:
    page, meta = load_page(case)
    reader = registry.reader(case.parent.name, meta["kind"])
    return reader(page).notices if reader is not None else ()


def _walk(spider: type[PortalSpider], record: CrawlRecord, page: Page) -> None:
    """Hand the page to what the portal's spider does with its kind, as an answer would be."""
    made = spider(record=record)
    first = list(made.begin())
    callback: Mapping[str, Any] = next(
        (each.cb_kwargs for each in first if each.meta["kind"] == page.exchange.kind),
        {"callback": made.parse_notices, "errback": None},
    )
    list(made._parse_content(page, callback["callback"], callback["errback"]))
