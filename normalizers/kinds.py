"""Tell whether a notice is a call, and if not, what it is.

A linear score: the words of a call speak for it, the words of another kind of notice against it,
more loudly in the title and the first lines. The reason is the kind that weighs most.
"""

from dataclasses import dataclass

from normalizers.reading import Reading
from normalizers.weights import weights


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is a call, why, and the words that decided."""

    is_call: bool
    reason: str
    """``call``, or the kind of notice: ``result``, ``job``, ``procurement`` …"""
    points: float
    words: tuple[int, int] | None
    why: str


def judge(reading: Reading, title: tuple[int, int] | None, facts: dict[str, bool]) -> Verdict:
    """Weigh the words for and against; ``facts`` says which fields of a call were found."""
    weigh = weights("kinds")
    points = weigh["bias"]
    parts: list[str] = []
    calls = reading.marks_of("call")
    top = _top(reading, title)
    if calls:
        gained = min(weigh["call_most"], weigh["call"] * len(calls))
        gained += weigh["call_title"] if any(m.start < top for m in calls) else 0.0
        points += gained
        parts.append(f"call words {gained:+.1f}")
    for name, present in facts.items():
        if present:
            points += weigh[f"has_{name}"]
            parts.append(f"{name} {weigh[f'has_{name}']:+.1f}")
    loudest, loudest_words, loudest_points = "not_recognised", None, 0.0
    for family in sorted(reading.marks):
        if not family.startswith("kind."):
            continue
        marks = reading.marks[family]
        kind = family.removeprefix("kind.")
        in_top = [m for m in marks if m.start < top]
        strong = sum(m.strong for m in marks)
        lost = weigh.get(kind, 1.0) * (
            min(weigh["most"], weigh["each"] * (strong + 0.5 * (len(marks) - strong)))
            + (
                weigh["title"]
                if any(m.strong for m in in_top)
                else weigh["title"] / 2
                if in_top
                else 0.0
            )
        )
        points -= lost
        parts.append(f"{kind} {-lost:+.1f}")
        if lost > loudest_points:
            first = (in_top or marks)[0]
            loudest, loudest_words, loudest_points = kind, (first.start, first.end), lost
    if points >= weigh["threshold"]:
        words = (calls[0].start, calls[0].end) if calls else None
        return Verdict(True, "call", points, words, ", ".join(parts))
    return Verdict(False, loudest, points, loudest_words, ", ".join(parts))


def _top(reading: Reading, title: tuple[int, int] | None) -> int:
    if title is not None:
        return max(title[1], min(160, len(reading.folded)))
    return reading.sentences[0].end
