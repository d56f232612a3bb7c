"""Findings: every candidate value that a text offers, with the words and the rule behind it."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Generic, TypeVar

from schema.spans import Span

T = TypeVar("T")


class Basis(StrEnum):
    """How a value stands to the words under it."""

    STATED = "stated"
    """The words print the value in full."""
    DERIVED = "derived"
    """Part of the value (a year, a date counted from publication) was worked out from other
    printed words."""


@dataclass(frozen=True, slots=True)
class Finding(Generic[T]):
    """One candidate.

    ``find_*`` return all of them; ``choose_*`` decide with the whole notice in view.
    """

    value: T
    span: Span
    rule: str
    """The rule that fired, ``<language>:<name>``; stable, shown to users and counted in accuracy
    reports."""
    cue: str | None = None
    """What the words around the value say it is: ``deadline``, ``opening``, ``event``, ``act`` …"""
    basis: Basis = Basis.STATED
    cue_span: Span | None = None
    """Where the cue itself stands."""
    features: tuple[str, ...] = field(default=())
    """Facts about the place (``in_label``, ``struck``, ``in_heading`` …) that a choice may weigh.
    """


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
