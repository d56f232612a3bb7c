"""Explain each choice in one line a candidate: what `callboard extract --why` prints."""

from collections.abc import Iterator

from normalizers.claims import Claim, Weighed
from normalizers.context import Context, Hints
from normalizers.normalise import claim_fields, read
from normalizers.text.blocks import SourceText

_RUNNERS_UP = 3
_LONGEST = 90
_NAMES = {
    "title": "title",
    "is_call": "is_call",
    "published_on": "published",
    "opens_at": "opens",
    "deadlines": "deadline",
    "deadline_kind": "deadline_kind",
    "budget_total": "budget_total",
    "grant_min": "grant_min",
    "grant_max": "grant_max",
    "intensity_max_pct": "intensity_max_pct",
    "expected_projects": "expected_projects",
    "codes": "codes",
    "programme": "programme",
    "issuer": "issuer",
    "eligible_areas": "eligible_areas",
    "applicant_types": "applicant_types",
}
"""The fields in the order in which they are explained, and how each is called there."""
_UNWEIGHED = ("deadline_kind",)
"""Fields that follow from others by rules: their points say nothing."""


def explain(source: SourceText, hints: Hints) -> list[str]:
    """Return, field by field, the chosen candidate (``*``) and the runners-up with their reasons.

    A line reads ``* deadline 2021-02-02 “Scade il: 02/02/2021” (4.1: deadline “Scade il” before)``.
    """
    context = read(source, hints)
    claims = dict(claim_fields(context).by_field())
    lines = [f"* language {context.language.code} (told by {context.language.method})"]
    for field, name in _NAMES.items():
        lines += _lines(context, name, claims[field])
    return lines


def _lines(context: Context, name: str, claim: Claim[object]) -> Iterator[str]:
    """Yield a line for each winner and for the first few that lost."""
    places = {each.words for each in claim.chosen}
    lost = 0
    for candidate in claim.candidates:
        won = candidate.words in places
        lost += not won
        if won or lost <= _RUNNERS_UP:
            mark = "*" if won else "-"
            words = _quote(context, candidate)
            told = " ".join(part for part in (mark, name, candidate.shown, words) if part)
            points = "" if name in _UNWEIGHED else f"{candidate.points:.2f}"
            yield f"{told} ({': '.join(part for part in (points, candidate.why) if part)})"


def _quote(context: Context, candidate: Weighed) -> str:
    start, end = candidate.words
    words = " ".join(context.annotated.text[start:end].split())[:_LONGEST]
    return f"“{words}”" if words else ""
