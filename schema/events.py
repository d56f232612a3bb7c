"""What can happen to a notice from one crawl to the next."""

from dataclasses import dataclass
from enum import StrEnum


class EventKind(StrEnum):
    """What can happen to a notice (law 7)."""

    NEW = "new"
    DEADLINE_EXTENDED = "deadline_extended"
    DEADLINE_SHORTENED = "deadline_shortened"
    BUDGET_CHANGED = "budget_changed"
    CORRECTED = "corrected"
    """Any other value changed, or one that was missing is printed now."""
    CLOSED_EARLY = "closed_early"
    WITHDRAWN = "withdrawn"
    REOPENED = "reopened"


@dataclass(frozen=True, slots=True)
class Change:
    """One change, with both values and the words behind each."""

    kind: EventKind
    field: str | None = None
    old_value: str | None = None
    """``None`` where nothing was known before."""
    new_value: str | None = None
    old_quote: str | None = None
    new_quote: str | None = None
