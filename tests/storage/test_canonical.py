"""Canonical JSON: what goes in comes out, and equal values are equal bytes."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schema.calls import Call
from schema.crawls import CrawlReport, CrawlState
from schema.money import Money
from storage.canonical import decimal_text, fingerprint, from_json, storable, to_json
from tests.support.calls import FULL, calls


@settings(max_examples=40)
@given(calls)
def test_a_call_survives_the_journey(call: Call) -> None:
    text = to_json(call)
    assert from_json(Call, text) == call
    assert to_json(from_json(Call, text)) == text


def test_an_outcome_survives_the_journey() -> None:
    report = CrawlReport(
        "it_example",
        "it_example-20261122T060000Z",
        datetime(2026, 11, 22, 6, tzinfo=UTC),
        datetime(2026, 11, 22, 7, 0, 0, 5, tzinfo=UTC),
        CrawlState.PARTIAL,
        "timed out",
        3,
        1,
        frozenset({"b", "a", " a "}),
    )
    assert from_json(CrawlReport, to_json(report)) == report
    assert '"seen":[" a ","a","b"]' in to_json(report)


@given(st.decimals(-(10**15), 10**15, places=3))
def test_equal_amounts_are_written_alike(amount: Decimal) -> None:
    assert Decimal(decimal_text(amount)) == amount
    assert decimal_text(amount + Decimal("0.00")) == decimal_text(amount)


def test_amounts_are_plain() -> None:
    assert decimal_text(Decimal("6E+6")) == "6000000"
    assert decimal_text(Decimal("-0.00")) == "0"
    assert decimal_text(Decimal("1234.50")) == "1234.5"
    with pytest.raises(ValueError, match="not an amount"):
        decimal_text(Decimal("NaN"))


def test_equal_calls_have_one_fingerprint() -> None:
    other = replace(
        FULL,
        budget_total=Money(Decimal("6000000.00"), "EUR"),
        evidence=dict(reversed(FULL.evidence.items())),
    )
    assert fingerprint(other) == fingerprint(FULL)
    assert fingerprint(replace(FULL, expected_projects=13)) != fingerprint(FULL)


def test_what_no_database_takes_is_replaced_one_for_one() -> None:
    assert storable("a\x00b\ud800c") == "a\ufffdb\ufffdc"
    call = replace(FULL, issuer="Ente\x00\udfff")
    assert from_json(Call, to_json(call)).issuer == "Ente\ufffd\ufffd"


def test_a_value_without_a_form_is_refused() -> None:
    with pytest.raises(TypeError, match="PosixPath"):
        to_json(Path("/"))
