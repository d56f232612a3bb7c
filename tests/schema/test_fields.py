"""The table of fields: it names every field of a call, and every consumer does what it says."""

import csv
import io
from dataclasses import fields, replace
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pytest
from rich.console import Console

from exports import digest
from exports.extracts import render_extract
from exports.labels import NAMES
from exports.terminal import render_call
from linking.clustering import Cluster, LinkedNotice
from linking.merge import merge
from normalizers.documents.completion import STATABLE
from processing.changes import compare, settle
from schema.calls import (
    Absence,
    Call,
    Consortium,
    Deadline,
    Document,
    Moment,
    Text,
    TextStatus,
)
from schema.events import EventKind
from schema.fields import FIELDS, KEY_FIELDS, CallField, Merge, OnChange, Shape
from schema.findings import Evidence
from schema.money import Money
from schema.spans import Span
from storage.database.call_rows import MergedCall, to_parts, to_row
from storage.database.calls import StoredCall
from storage.database.tables import call as call_table
from storage.database.tables import metadata
from tests.storage.database.test_database import LinkOfTwo
from tests.support.calls import HINTS

NOW = datetime(2026, 11, 23, 6, tzinfo=UTC)
EMPTY = Call(is_call=True, is_call_reason="call", language="it", title=Text("", "it"))
ABOUT_FIELDS = {"evidence", "absence", "issues"}
"""What a call says of its fields, not of the opportunity."""
TYPES = {
    Shape.FLAG: bool,
    Shape.NAME: str,
    Shape.TEXT: Text,
    Shape.TEXTS: Text,
    Shape.WORDS: str,
    Shape.PHRASES: str,
    Shape.DAY: date,
    Shape.MOMENT: Moment,
    Shape.DEADLINES: Deadline,
    Shape.MONEY: Money,
    Shape.PERCENT: float,
    Shape.COUNT: int,
    Shape.CONSORTIUM: Consortium,
    Shape.DOCUMENTS: Document,
}
SEVERAL = {Shape.TEXTS, Shape.WORDS, Shape.PHRASES, Shape.DEADLINES, Shape.DOCUMENTS}
COMPUTED_COLUMNS = {
    "id", "budget_eur_cents", "lead_notice_id", "lead_url", "notices", "portals", "first_seen_at",
    "changed_at", "withdrawn_at", "words",
}  # fmt: skip
COMPUTED_DIGEST = {
    "group", "call_id", "status", "language", "title_english", "english_status", "next_deadline",
    "days_left", "budget_currency", "budget_eur", "grant_currency", "what_happened", "url",
    "other_urls", "portals", "attribution", "schema_version",
}  # fmt: skip
OWN_RULES = {"is_call", "deadlines", "deadline_kind", "budget_total", "declared_status"}
"""Fields whose changes ``tests/processing/test_changes.py`` tells one by one."""
EXAMPLES: dict[type, tuple[Any, Any]] = {
    bool: (True, False),
    str: ("Alfa", "Beta"),
    Text: (
        Text("Uno", "it", "One", "argos", TextStatus.TRANSLATED),
        Text("Due", "it", "Two", "argos", TextStatus.TRANSLATED),
    ),
    date: (date(2026, 1, 2), date(2026, 1, 3)),
    Moment: (Moment(date(2026, 2, 2), time(12)), Moment(date(2026, 2, 3))),
    Deadline: (Deadline(Moment(date(2027, 1, 2))), Deadline(Moment(date(2027, 1, 3)))),
    Money: (Money(Decimal(1000), "EUR"), Money(Decimal(2000), "EUR")),
    float: (50.0, 75.0),
    int: (3, 4),
    Consortium: (Consortium(2, 3), Consortium(4, 5)),
    Document: (Document("Avviso", "https://a.example"), Document("Modulo", "https://b.example")),
}

every_field = pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
key_fields = pytest.mark.parametrize("name", KEY_FIELDS)


def kind_of(field: CallField) -> Any:
    """Return the type of a field's value, or of each of several."""
    return next(iter(get_args(HINTS[field.name])), HINTS[field.name])


def examples(field: CallField) -> tuple[Any, Any]:
    """Return two values of a field."""
    kind = kind_of(field)
    one, other = EXAMPLES[kind] if kind in EXAMPLES else list(kind)[:2]
    return ((one,), (other,)) if field.shape in SEVERAL else (one, other)


def with_value(field: CallField, value: Any, source: str | None = None) -> Call:
    """Return a call that has one value, with its words."""
    words = (Evidence("parole", Span(0, 6), "it:test", source=source),)
    absence = {name: Absence.NOT_FOUND for name in KEY_FIELDS if name != field.name}
    return replace(EMPTY, **{field.name: value}, evidence={field.name: words}, absence=absence)


def notice(number: int, call: Call) -> LinkedNotice:
    return LinkedNotice(f"n-{number}", "it_example", "original", NOW, call, "")


def test_the_table_names_every_field_of_a_call_and_no_other() -> None:
    names = [each.name for each in FIELDS]
    assert len(names) == len(set(names))
    assert {*names, *ABOUT_FIELDS} == {each.name for each in fields(Call)}


@every_field
def test_the_shape_is_that_of_the_values_type(field: CallField) -> None:
    hint = HINTS[field.name]
    assert issubclass(kind_of(field), TYPES[field.shape])
    assert (hint is not kind_of(field) and get_args(hint)[-1] is ...) == (field.shape in SEVERAL)


@every_field
def test_a_key_field_has_a_label_and_is_in_every_export(field: CallField) -> None:
    assert field.columns or field.table, "analysts can't ask for it"
    if field.is_key:
        assert field.label
        assert field.extract
        assert field.columns
        assert field.digest


def test_every_column_of_a_call_is_a_fields_or_computed() -> None:
    columns = [column for field in FIELDS for column in field.columns]
    assert len(columns) == len(set(columns))
    assert {*columns, *COMPUTED_COLUMNS} == {column.name for column in call_table.c}


def test_every_column_of_the_digest_is_a_fields_or_computed() -> None:
    columns = [field.digest for field in FIELDS if field.digest]
    assert len(columns) == len(set(columns))
    assert {*columns, *COMPUTED_DIGEST} == set(digest.COLUMNS)


@every_field
def test_a_value_is_stored_where_the_table_says(field: CallField) -> None:
    for value in examples(field):
        merged = MergedCall("c-1", with_value(field, value), [LinkOfTwo("n-1")])
        row, rows = to_row(merged, []), to_parts(merged)
        assert row.keys() == {column.name for column in call_table.c}
        assert all(row[column] not in (None, "") for column in field.columns[:1])
        assert rows.keys() <= metadata.tables.keys()
        if field.table:
            stored = [each for each in rows[field.table] if each.get("field") in (None, field.name)]
            assert [each["number"] for each in stored] == [1]
            columns = {column.name for column in metadata.tables[field.table].c}
            assert {*stored[0], "call_id"} == columns
    assert rows["call_value"][0]["field"] == field.name


@every_field
def test_a_search_finds_the_words_that_the_table_says(field: CallField) -> None:
    value, _ = examples(field)
    words = to_row(MergedCall("c-1", with_value(field, value), []), [])["words"].split()
    assert bool(words) == field.is_searched


@every_field
def test_a_value_is_told_in_the_flat_json_under_its_key(field: CallField) -> None:
    one, other = examples(field)
    told = render_extract(with_value(field, one), "n-1")
    if field.extract:
        assert told[field.extract] not in (None, [])
        assert told[field.extract] != render_extract(with_value(field, other), "n-1")[field.extract]
        assert f"`{field.extract}`" in Path("docs/extract.md").read_text(encoding="utf-8")
    assert list(told["evidence"]) == [field.extract or field.name]


@every_field
def test_a_value_fills_its_column_of_the_digest(field: CallField) -> None:
    value, _ = examples(field)
    source = digest.Source("it_example", "https://example.org", "original")
    change = digest.DigestChange(digest.Group.NEW, NOW.date(), "new")
    entry = digest.DigestEntry("c-1", with_value(field, value), [source], [change])
    text = digest.render_digest([entry], NOW).removeprefix("\ufeff")
    (row,) = csv.DictReader(io.StringIO(text))
    assert row[field.digest] if field.digest else set(row) == set(digest.COLUMNS)


@every_field
def test_a_value_is_shown_beside_its_label(field: CallField) -> None:
    if not field.label:
        assert field.name not in NAMES
        return
    value, _ = examples(field)
    stored = StoredCall("c-1", with_value(field, value), (), NOW, NOW, None)
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(render_call(stored, {}, [], NOW))
    (line,) = [each for each in console.export_text().splitlines() if "“parole”" in each]
    assert line.startswith(f"  {field.label} ")


@key_fields
def test_the_reason_of_an_absence_is_told(name: str) -> None:
    call = replace(EMPTY, absence={name: Absence.NOT_PUBLISHED})
    stored = StoredCall("c-1", call, (), NOW, NOW, None)
    console = Console(width=120, record=True, file=io.StringIO())
    console.print(render_call(stored, {}, [], NOW))
    assert f"not published here: {NAMES[name].lower()}" in console.export_text()
    assert list(render_extract(call, "n-1")["absence"].values()) == ["not_published"]


@every_field
def test_a_merged_call_takes_the_value_of_whom_the_table_says(field: CallField) -> None:
    one, other = examples(field)
    lead = notice(1, with_value(field, one) if field.merge is Merge.LEAD else EMPTY)
    call = with_value(field, other)
    if field.merge is Merge.WITH_DEADLINES:
        call = replace(call, deadlines=EXAMPLES[Deadline][:1])
    second = notice(2, call)
    merged = merge(Cluster("c-1", (), (lead, second)))
    assert getattr(merged, field.name) == (one if field.merge is Merge.LEAD else other)
    expected = "n-1" if field.merge is Merge.LEAD else "n-2"
    assert [each.source for each in merged.evidence[field.name]] == [expected]
    if field.merge is Merge.UNITED:
        both = merge(Cluster("c-1", (), (notice(1, with_value(field, one)), second)))
        assert getattr(both, field.name) == (*one, *other)


@every_field
def test_notices_contradict_each_other_in_what_the_table_says(field: CallField) -> None:
    pair = [notice(n, with_value(field, each)) for n, each in enumerate(examples(field))]
    issues = merge(Cluster("c-1", (), tuple(pair))).issues
    assert [each.field for each in issues] == [field.name] * field.is_contradictable


@every_field
def test_another_value_is_the_event_that_the_table_says(field: CallField) -> None:
    one, other = examples(field)
    changes = compare(with_value(field, one), with_value(field, other), NOW - timedelta(days=900))
    if field.on_change is OnChange.OWN_RULE:
        assert field.name in OWN_RULES
        return
    expected = [(EventKind.CORRECTED, field.name)] * (field.on_change is OnChange.CORRECTION)
    assert [(each.kind, each.field) for each in changes] == expected


def test_the_fields_with_a_rule_of_their_own_are_known() -> None:
    named = {each.name for each in FIELDS if each.on_change is OnChange.OWN_RULE}
    assert named == OWN_RULES


@every_field
def test_a_known_value_stays_when_the_table_says(field: CallField) -> None:
    value, _ = examples(field)
    reread = replace(EMPTY, absence=dict.fromkeys(KEY_FIELDS, Absence.NOT_FOUND))
    call, issues = settle(with_value(field, value), reread, "n-1.1")
    kept = field.is_key or field.is_kept
    assert [each.field for each in issues] == [field.name] * kept
    if kept:
        assert getattr(call, field.name) == value
        assert call.evidence[field.name][0].source == "n-1.1"
        assert field.name not in call.absence


def test_a_document_states_what_the_table_says() -> None:
    assert set(STATABLE) == {each.name for each in FIELDS if each.in_documents}
    assert set(STATABLE) <= {each.name for each in FIELDS if each.is_key or each.is_kept}
