"""Evidence: the words behind a value, and the rule that has read them."""

from dataclasses import dataclass
from enum import StrEnum

from schema.spans import Span


class Basis(StrEnum):
    """How a value stands to the words under it."""

    STATED = "stated"
    """The words print the value in full."""
    DERIVED = "derived"
    """Part of the value (a year, a date counted from publication) was worked out from other
    printed words."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """The proof of one value of a call."""

    quote: str
    """The exact words of the original text."""
    span: Span
    """Where they stand in that text."""
    rule: str
    basis: Basis = Basis.STATED
    source: str | None = None
    """The notice (or, as ``sha256:…``, the attached document) whose text the span points into.

    ``None`` while only one text is in view; filled when notices are merged into one call.
    """
