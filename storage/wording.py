"""Values of a call as short text for rows and events: exact, sortable, the same every time."""

from collections.abc import Callable
from datetime import date
from enum import Enum
from typing import Any

from schema.calls import Consortium, Deadline, DeadlineRole, Document, Moment, Text
from schema.money import Money
from storage.canonical import decimal_text


def value_text(value: object) -> str | None:
    """Write the value of a field as text; ``None`` for an empty one."""
    if value is None:
        return None
    if isinstance(value, tuple):
        text = "; ".join(filter(None, map(value_text, value)))
    else:
        text = next(
            (write(value) for kind, write in _WRITERS if isinstance(value, kind)), str(value)
        )
    return text if text.strip() else None


def _deadline(value: Deadline) -> str:
    plain = value.moment.isoformat()
    return plain if value.role is DeadlineRole.SINGLE else f"{plain} ({value.role})"


def _consortium(value: Consortium) -> str:
    parts = ((value.min_partners, "partners"), (value.min_countries, "countries"))
    return ", ".join(f"{number} {noun}" for number, noun in parts if number is not None)


_WRITERS: tuple[tuple[type, Callable[[Any], str]], ...] = (
    (Enum, lambda value: str(value.value)),
    (float, lambda value: f"{value:g}"),
    (date, date.isoformat),
    (Moment, Moment.isoformat),
    (Deadline, _deadline),
    (Money, lambda value: f"{decimal_text(value.amount)} {value.currency}"),
    (Text, lambda value: value.original),
    (Document, lambda value: value.label),
    (Consortium, _consortium),
)
