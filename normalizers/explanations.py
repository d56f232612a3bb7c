"""Explain each choice in one line a candidate: what `callboard extract --why` prints."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from normalizers.fields.budgets import find_role
from normalizers.fields.titles import choose_title, find_titles
from normalizers.normalise import Hints, choose, find_all, read
from normalizers.reading import Reading
from normalizers.text.blocks import Original

_RUNNERS_UP = 3


def explain(original: Original, hints: Hints) -> list[str]:
    """Return, field by field, the chosen candidate (``*``) and the runners-up with their reasons.

    A line reads ``* deadline 2021-02-02 “Scade il: 02/02/2021” (4.1: deadline “Scade il” before)``.
    """
    reading, language = read(original, hints)
    span = choose_title(reading)
    title = (span.start, span.end) if span else None
    found = find_all(reading, title)
    chosen = choose(reading, found, title, hints)
    lines = [f"* language {language.code} (told by {language.method})"]
    for points, place in sorted(find_titles(reading), key=lambda item: -item[0])[:_RUNNERS_UP]:
        mark = "*" if place == span else "-"
        lines.append(f"{mark} title {_words(reading, place.start, place.end)} ({points:.2f})")
    verdict = chosen.verdict
    lines.append(
        f"* is_call {verdict.is_call} {verdict.reason} ({verdict.points:.2f}: {verdict.why})"
    )

    def dated(name: str, candidates: Iterable[Any], winners: Sequence[Any]) -> None:
        places = {role.date.start for role in winners}
        for role in _first(candidates, lambda role: role.date.start in places):
            mark = "*" if role.date.start in places else "-"
            day = role.date.on or f"--{role.date.month:02}-{role.date.day:02}"
            quote = _words(reading, role.date.quote_start, role.date.end)
            lines.append(f"{mark} {name} {day} {quote} ({role.points:.2f}: {role.why})")

    def placed(name: str, candidates: Iterable[Any], winners: Sequence[Any], value: str) -> None:
        places = {item.start for item in winners}
        for item in _first(candidates, lambda item: item.start in places):
            mark = "*" if item.start in places else "-"
            why = f": {item.why}" if hasattr(item, "why") else ""
            quote = _words(reading, item.start, item.end)
            lines.append(f"{mark} {name} {getattr(item, value)} {quote} ({item.points:.2f}{why})")

    dated("published", found.published, _some(chosen.published))
    dated("opens", found.openings, _some(chosen.opening))
    dated("deadline", found.deadlines, chosen.closing_dates)
    lines.append(f"* deadline_kind {chosen.closing.kind} ({chosen.closing.rule})")
    for name, role_name, winner in (
        ("budget_total", "budget", chosen.budget),
        ("grant_min", "grant_min", chosen.low),
        ("grant_max", "grant_max", chosen.high),
    ):
        for role in _first(
            find_role(found.amounts, role_name), lambda role, won=winner: role is won
        ):
            mark = "*" if role is winner else "-"
            quote = _words(reading, role.amount.quote_start, role.amount.end)
            lines.append(f"{mark} {name} {quote} ({role.points:.2f}: {role.why or 'large amount'})")
    placed("intensity_max_pct", found.rates, _some(chosen.rate), "value")
    placed("expected_projects", found.projects, _some(chosen.projects), "number")
    placed("codes", found.codes, chosen.codes, "code")
    placed("programme", found.programmes, _some(chosen.programme), "name")
    placed("issuer", found.issuers, _some(chosen.issuer), "name")
    placed("eligible_areas", found.areas, chosen.areas, "area")
    placed("applicant_types", found.applicants, chosen.applicants, "type")
    return lines


def _some(item: Any) -> list[Any]:
    return [] if item is None else [item]


def _first(candidates: Iterable[Any], won: Any) -> Iterator[Any]:
    """Yield the winners and the first few that lost."""
    lost = 0
    for item in candidates:
        if won(item):
            yield item
        elif lost < _RUNNERS_UP:
            lost += 1
            yield item


def _words(reading: Reading, start: int, end: int) -> str:
    return "“" + " ".join(reading.text[max(0, start) : end].split())[:90] + "”"
