"""Hand-made notices for tests of linking, from ``tests/fixtures/linking/*.toml``."""

import tomllib
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from linking.clustering import LinkedNotice
from schema.calls import Absence, Call, Deadline, DeadlineKind, Moment, Text
from schema.fields import KEY_FIELDS
from schema.findings import Evidence
from schema.money import Money
from schema.spans import Span

FOLDER = Path(__file__).parents[1] / "fixtures" / "linking"


def read_notices(case: str) -> dict[str, LinkedNotice]:
    """Return the notices of a fixture by id, each with evidence for every value it has."""
    rows = tomllib.loads((FOLDER / f"{case}.toml").read_text(encoding="utf-8"))["notice"]
    return {row["id"]: read_notice(row) for row in rows}


def read_notice(row: dict[str, Any]) -> LinkedNotice:
    deadlines = tuple(Deadline(Moment(day, zone="Europe/Rome")) for day in row.get("deadlines", ()))
    values: dict[str, Any] = {
        "codes": tuple(row.get("codes", ())),
        "programme": row.get("programme"),
        "issuer": row.get("issuer"),
        "published_on": row.get("published"),
        "deadlines": deadlines,
        "budget_total": _money(row.get("budget")),
    }
    call = Call(
        is_call=row.get("is_call", True),
        is_call_reason="call",
        language=row["language"],
        title=Text(row["title"], row["language"], row.get("english")),
        deadline_kind=DeadlineKind.FIXED if deadlines else DeadlineKind.NONE,
        evidence={
            name: (Evidence(str(row.get(name, value)), Span(0, 4), "test:stated"),)
            for name, value in values.items()
            if value
        },
        absence={name: Absence.NOT_FOUND for name in KEY_FIELDS if not values.get(name)},
        **values,
    )
    seen = row.get("seen", row.get("published", date(2026, 1, 1)))
    return LinkedNotice(
        row["id"],
        row["portal"],
        row["role"],
        datetime(seen.year, seen.month, seen.day, tzinfo=UTC),
        call,
        row["text"],
    )


def _money(words: str | None) -> Money | None:
    if words is None:
        return None
    amount, currency = words.split()
    return Money(Decimal(amount), currency)
