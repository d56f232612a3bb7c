"""Issues: what a portal or a page did that a person should know. Rows, not only log lines."""

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """What an Issue means for the data."""

    NOTE = "note"
    """Worth knowing; every value is as good as without it."""
    WARNING = "warning"
    """A value is missing or doubtful."""
    ERROR = "error"
    """A page, a row or a whole portal could not be used."""


@dataclass(frozen=True, slots=True)
class Issue:
    """One observation, about one portal and usually one address."""

    kind: str
    """Stable, snake_case and countable: ``unknown_status``, ``unfit_field``, ``soft_404`` …"""
    message: str
    """One line for the operator: what happened and, where there is one, the remedy."""
    severity: Severity = Severity.WARNING
    portal: str | None = None
    url: str | None = None
    field: str | None = None
    """The field of the call that suffers, if one does."""
    detail: str | None = None
    """The raw words: the unknown status, the unreadable row (shortened), the label never seen."""
