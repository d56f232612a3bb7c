"""The account of a crawl: changed by its own methods alone, and what they count."""

import ast
from collections.abc import Iterator
from dataclasses import fields
from pathlib import Path

import pytest

from crawlers import registry
from crawlers.crawl_record import CrawlRecord
from crawlers.inventory import Tally
from schema.notices import RawNotice, Section

CRAWLERS = Path(registry.__file__).parent
PARTS = ("inventory", "requests", "faults", "fields")
STEM = "hr_ra_vsz"


def record(**settings: int) -> CrawlRecord:
    return CrawlRecord(registry.load()[STEM], **settings)  # type: ignore[arg-type]


def notice(source_id: str, **values: object) -> RawNotice:
    url = f"https://www.ra-vsz.hr/{source_id}/"
    return RawNotice(STEM, source_id, url, "Poziv", **values)  # type: ignore[arg-type]


def assigned(tree: ast.AST) -> Iterator[ast.Attribute]:
    """Yield every attribute that a module assigns, adds to or deletes."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and not isinstance(node.ctx, ast.Load):
            yield node


def outsiders(source: str) -> list[str]:
    """Return assignments to attributes of a record, or to private ones of any other object."""
    found = []
    for target in assigned(ast.parse(source)):
        owner = ast.unparse(target.value)
        of_record = any(part.lstrip("_") == "record" for part in owner.split("."))
        if of_record or (target.attr.startswith("_") and owner not in ("self", "cls")):
            found.append(ast.unparse(target))
    return found


@pytest.mark.parametrize(
    "path", sorted(CRAWLERS.rglob("*.py")), ids=lambda path: str(path.relative_to(CRAWLERS))
)
def test_nobody_assigns_an_attribute_of_a_record_from_outside(path: Path) -> None:
    assert outsiders(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "line",
    [
        "record.broken = 'x'",
        "self.record.requests.asked += 1",
        "self._record.inventory.rows, x = 1, 2",
        "del record.sample",
        "for record.now in (): pass",
        "inventory._rows = 1",
    ],
)
def test_an_assignment_from_outside_is_found(line: str) -> None:
    assert outsiders(line)


def test_neither_a_record_nor_its_parts_can_be_assigned_to() -> None:
    made = record()
    for name in (*(each.name for each in fields(made)), "anything"):
        with pytest.raises(AttributeError):
            setattr(made, name, 1)
    for part in (getattr(made, name) for name in PARTS):
        public = [name for name in dir(type(part)) if not name.startswith("_")]
        for name in (*public, "anything"):
            with pytest.raises(AttributeError):
                setattr(part, name, 1)


def test_entries_and_notices_are_counted_apart() -> None:
    inventory = record().inventory
    assert [inventory.list_notice(each) for each in "aab"] == [True, False, True]
    assert [inventory.add_read(each) for each in "bcc"] == [True, True, False]
    assert inventory.add_listed("c")
    inventory.count_rows(5, 1)
    assert inventory.tally == Tally(rows=8, duplicates=3, repeated=1, seen=3)
    assert (inventory.listed, inventory.read) == ({"a", "b", "c"}, {"b", "c"})
    assert len(inventory.seen) == inventory.tally.seen


def test_a_page_of_a_later_walk_can_be_taken_back() -> None:
    inventory = record().inventory
    inventory.count_rows(3, 0)
    inventory.add_listed("a")
    before = inventory.tally
    inventory.count_rows(4, 1)
    inventory.add_listed("a")
    inventory.add_listed("b")
    page = inventory.tally - before
    assert page == Tally(rows=4, duplicates=2, repeated=1, seen=1)
    inventory.uncount(page, rows_kept=page.seen)
    assert inventory.tally == Tally(rows=4, duplicates=0, repeated=0, seen=2)


def test_what_moved_is_not_taken_for_given() -> None:
    inventory = record().inventory
    inventory.announce(10)
    inventory.count_rows(10, 0)
    inventory.count_moved(3)
    assert (inventory.announced, inventory.given, inventory.moved) == (10, 7, 3)


def test_pages_of_notices_are_under_way_until_they_end() -> None:
    requests = record().requests
    for _ in range(3):
        requests.notice_asked()
    requests.notice_missed()
    requests.notice_ended()
    requests.notice_unaskable()
    requests.notice_skipped()
    counts = (requests.asked, requests.missed, requests.skipped, requests.under_way)
    assert counts == (4, 2, 1, 2)


def test_a_sample_counts_what_is_asked_for() -> None:
    made = record(sample=2)
    made.requests.notice_asked()
    assert not made.sampled_enough
    made.requests.notice_asked()
    assert (made.sampled_enough, made.sample_is_read) == (True, False)
    for each in "ab":
        made.read_notice(notice(each))
    assert made.sample_is_read


def test_documents_do_not_make_a_site_endless() -> None:
    made = record(most_pages=2)
    for kind in ("call", "document", "document"):
        made.requests.answer_archived(kind)
    assert not made.is_endless
    made.requests.answer_archived("call")
    assert made.is_endless


def test_fields_and_words_are_counted_once_a_notice() -> None:
    made = record()
    first = notice("a", labelled=(("Rok", "1.1.2020."),), declared_status="otvoren")
    second = notice("b", sections=(Section("<p>x</p>", "Uvjeti"),), declared_status="otvoren")
    for each in (first, second, first):
        made.read_notice(each)
    filled = made.fields.filled
    assert [filled.get(name, 0) for name in ("title", "labelled", "sections")] == [2, 1, 1]
    assert made.fields.lacking["labelled"] == second.url
    assert made.fields.words == {
        ("status", "otvoren"): first.url,
        ("label", "Rok"): first.url,
        ("label", "Uvjeti"): second.url,
    }


def test_a_total_that_is_no_number_is_one_gap_however_often_it_is_met() -> None:
    made = record()
    assert made.total_of("12", "https://x.hr") == 12
    assert [made.total_of("many", "https://x.hr") for _ in range(3)] == [None] * 3
    assert len(made.faults.gaps) == len(made.issues) == 1
