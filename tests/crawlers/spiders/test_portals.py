"""Golden pages: what each portal's readers make of saved pages, compared exactly.

A case is a folder ``fixtures/portals/<stem>/<case>/`` with a page, ``meta.json`` and the approved
``expected.json``. To approve a new or changed result:
``APPROVE=1 pytest tests/crawlers/spiders/test_portals.py``, then read the diff of ``expected.json``
as you would read code.
"""

import json
import os
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from crawlers import registry
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult
from schema.exchanges import Exchange

PORTALS = Path(__file__).parents[2] / "fixtures" / "portals"
CASES = sorted(path.parent for path in PORTALS.glob("*/*/meta.json"))
META = {"url", "kind", "fetched_at", "status", "content_type", "licence", "note", "issues"}


def load_page(case: Path) -> tuple[Page, dict[str, Any]]:
    meta: dict[str, Any] = json.loads((case / "meta.json").read_text(encoding="utf-8"))
    assert set(meta) == META, f"meta.json needs exactly {sorted(META)}"
    (saved,) = case.glob("page.*")
    exchange = Exchange(
        portal=case.parent.name,
        kind=meta["kind"],
        url=meta["url"],
        fetched_at=datetime.fromisoformat(meta["fetched_at"]),
        status=meta["status"],
        body=saved.read_bytes(),
        headers={"content-type": meta["content_type"]},
    )
    return Page(exchange), meta


def read_case(case: Path) -> tuple[ParseResult, dict[str, Any]]:
    page, meta = load_page(case)
    reader = registry.reader(case.parent.name, meta["kind"])
    assert reader is not None, f"no reader for pages of kind {meta['kind']!r}"
    return reader(page), meta


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_golden_page(case: Path) -> None:
    reading, meta = read_case(case)
    notices = json.loads(json.dumps([asdict(notice) for notice in reading.notices]))
    golden = case / "expected.json"
    if os.environ.get("APPROVE") == "1":
        assert not os.environ.get("CI"), "golden results are approved by a person, never in CI"
        text = json.dumps(notices, ensure_ascii=False, indent=1)
        golden.write_text(f"{text}\n", encoding="utf-8")
    assert golden.is_file(), (
        f"{golden} is missing. Approve the result with "
        "APPROVE=1 pytest tests/crawlers/spiders/test_portals.py, then read it before committing."
    )
    assert notices == json.loads(golden.read_text(encoding="utf-8"))
    assert sorted(issue.kind for issue in reading.issues) == sorted(meta["issues"])


def test_every_portal_has_a_full_and_an_odd_case() -> None:
    cases = dict.fromkeys(registry.load(), 0)
    for case in CASES:
        cases[case.parent.name] += 1
    assert {stem for stem, count in cases.items() if count < 2} == set()


@pytest.mark.parametrize("stem", registry.load())
def test_a_portal_is_one_stem(stem: str) -> None:
    spider = registry.spider(stem)
    assert spider.name == stem
    assert spider.__name__ == "".join(part.capitalize() for part in stem.split("_"))
    assert (PORTALS / stem).is_dir()


@pytest.mark.parametrize("stem", registry.load())
def test_first_request_goes_to_the_portal(stem: str) -> None:
    spider = registry.spider(stem)()
    first = next(iter(spider.begin()))
    assert first.url.split("/")[2] in spider.hosts


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}/{case.name}")
def test_labels_and_statuses_of_golden_pages_are_known(case: Path) -> None:
    """A label or status that a saved page prints stands in the portal's TOML."""
    portal = registry.load()[case.parent.name]
    reading, meta = read_case(case)
    if "unknown" in case.name:
        return
    for notice in reading.notices:
        headings = {section.heading for section in notice.sections if section.heading}
        labels = {label for label, _ in notice.labelled} | headings
        assert labels <= set(portal.labels), meta["note"]
