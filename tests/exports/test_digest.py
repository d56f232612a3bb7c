"""The digest: columns, order, and cells that no spreadsheet will run."""

import csv
import io
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exports.cells import FORMULA_STARTS, guard
from exports.digest import COLUMNS, DigestChange, DigestEntry, Group, Source, render_digest
from exports.selection import select_entries
from linking.clustering import LinkedNotice, link
from linking.merge import merge
from schema.calls import Call, Deadline, Moment, Text, TextStatus
from schema.money import Money
from storage.database import calls
from storage.database.calls import MergedCall
from storage.database.notices import current
from tests.support.ingesting import FIRST_DAY, Story

NOW = datetime(2020, 11, 23, 6, tzinfo=UTC)
CALL = Call(
    is_call=True,
    is_call_reason="call",
    language="it",
    title=Text(
        "Bando per le filiere", "it", "Call for supply chains", "argos", TextStatus.TRANSLATED
    ),
    codes=("RLA12020034211", "COS-CLUSTER-2020-3-03"),
    deadlines=(Deadline(Moment(date(2020, 12, 1), time(12), "Europe/Rome")),),
    budget_total=Money(Decimal(6000000), "HRK"),
)


def entry(call_id: str, group: Group, call: Call = CALL, text: str = "") -> DigestEntry:
    source = Source("it_lombardia", "https://example.org/a", "original")
    return DigestEntry(call_id, call, [source], [DigestChange(group, date(2020, 11, 20), text)])


def rows(entries: list[DigestEntry]) -> list[dict[str, str]]:
    text = render_digest(entries, NOW)
    assert text.startswith("\ufeff")
    return list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))


def test_one_row_a_call_grouped_by_what_happened_then_by_deadline() -> None:
    later = replace(CALL, deadlines=(Deadline(Moment(date(2021, 3, 1))),))
    written = rows(
        [
            entry("c-3", Group.CLOSING_SOON),
            entry("c-2", Group.NEW, later),
            entry("c-1", Group.NEW),
        ]
    )
    assert [row["call_id"] for row in written] == ["c-1", "c-2", "c-3"]
    assert list(written[0]) == list(COLUMNS)


def test_values_are_plain_and_exact() -> None:
    row = rows([entry("c-1", Group.NEW)])[0]
    assert row["codes"] == "RLA12020034211 COS-CLUSTER-2020-3-03"
    assert row["next_deadline"] == "2020-12-01T12:00"
    assert row["days_left"] == "8"
    assert (row["budget_total"], row["budget_currency"]) == ("6000000", "HRK")
    assert row["budget_eur"] == "796336.85"
    assert row["status"] == "open"


def test_a_call_with_several_changes_stands_once_under_the_foremost() -> None:
    both = replace(
        entry("c-1", Group.CLOSING_SOON),
        changes=[
            DigestChange(Group.CLOSING_SOON, date(2020, 11, 23), "closes in 8 days"),
            DigestChange(Group.EXTENDED, date(2020, 11, 20), "deadline: 2020-11-25 → 2020-12-01"),
        ],
    )
    row = rows([both])[0]
    assert row["group"] == "extended"
    assert "closes in 8 days" in row["what_happened"]


def test_a_pending_or_forbidden_translation_is_an_empty_cell_never_the_original() -> None:
    pending = replace(CALL, title=Text("Bando", "it"))
    assert rows([entry("c-1", Group.NEW, pending)])[0]["title_english"] == ""
    forbidden = replace(entry("c-1", Group.NEW), may_translate=False)
    assert rows([forbidden])[0]["title_english"] == ""


@pytest.mark.parametrize("start", FORMULA_STARTS)
def test_a_formula_in_scraped_text_is_text(start: str) -> None:
    hostile = replace(CALL, title=Text(f'{start}HYPERLINK("x")', "en", status=TextStatus.ORIGINAL))
    row = rows([entry("c-1", Group.NEW, hostile)])[0]
    assert row["title"].startswith("'")
    assert row["title_english"].startswith("'")


@given(st.text())
def test_no_guarded_cell_starts_a_formula_or_breaks_its_line(text: str) -> None:
    cell = guard(text)
    assert cell[:1] not in set(FORMULA_STARTS)
    assert "\n" not in cell
    assert "\r" not in cell


def test_the_document_describes_every_column() -> None:
    page = Path("docs/digest.md").read_text(encoding="utf-8")
    for name, meaning in COLUMNS.items():
        assert f"| `{name}` | {meaning} |" in page


@pytest.mark.parametrize(("met_on", "is_new"), [(3, True), (1, False)])
def test_a_call_is_new_if_the_run_that_met_it_first_found_it_new(
    tmp_path: Path, met_on: int, is_new: bool
) -> None:
    """A portal that is crawled for the first time knows of no news, and may come first in a run."""
    other = Text("Premio per giovani ricercatori", "it")
    known = replace(CALL, title=other, codes=("RLX1",), deadlines=(), budget_total=None)
    story = Story(tmp_path)
    story.crawl(0, {"known": known}, portal="hr_other")
    story.crawl(met_on, {"first": CALL}, portal="it_example")
    story.crawl(3, {"known": known, "again": CALL}, portal="hr_other")
    story.process()
    with story.database.write() as connection:
        clusters = link(
            LinkedNotice(each.id, each.portal, "original", each.first_seen_at, each.call, each.text)
            for each in current(connection)
        )
        calls.save(
            connection, [MergedCall(each.call_id, merge(each), each.links) for each in clusters]
        )
        entries = select_entries(connection, FIRST_DAY, FIRST_DAY + timedelta(days=4), timedelta(0))
    assert len(clusters) == 2
    assert [bool(each.changes) for each in entries] == [True] * is_new
