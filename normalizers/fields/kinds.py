"""Tell whether a notice is a call, and if not, what it is.

A linear score over counted facts, with weights fitted on notices: the words of a call speak for
it, the words of another kind of notice against it, more loudly in the title and the first lines.
The reason given is the kind whose words weigh most.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from normalizers.phrases import Mark
from normalizers.reading import Reading
from normalizers.weights import weights

HARD = ("job", "procurement", "consultation", "closed", "plan", "questions")
"""Kinds whose own words hardly ever stand in a call."""
SOFT = ("result", "event", "amendment", "howto", "overview")
"""Kinds whose words a call may also use."""
_MOST_CALL, _MOST_OTHER = 5, 4


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether it is a call, why, and the words that decided."""

    is_call: bool
    reason: str
    """``call``, or the kind of notice: ``result``, ``job``, ``procurement`` …"""
    points: float
    words: tuple[int, int] | None
    why: str


def features(
    reading: Reading, title: tuple[int, int] | None, facts: Mapping[str, bool]
) -> dict[str, float]:
    """Return the counted facts that the score weighs; ``facts`` says which fields were found."""
    top = _top(reading, title)
    calls = reading.marks_of("call")
    counted = {
        "bias": 1.0,
        "call": min(_MOST_CALL, len(calls)) / _MOST_CALL,
        "call_top": float(any(mark.start < top for mark in calls)),
        "no_call": float(not calls),
        "fields": sum(facts.values()) / len(facts),
        **{f"has_{name}": float(present) for name, present in facts.items()},
    }
    for group, kinds in (("hard", HARD), ("soft", SOFT)):
        strong = weak = 0
        in_top = False
        for kind in kinds:
            marks = _marks(reading, kind)
            loud = sum(mark.strong for mark in marks)
            strong += loud
            weak += len(marks) - loud
            in_top = in_top or any(mark.strong and mark.start < top for mark in marks)
        counted[f"{group}_words"] = min(_MOST_OTHER, strong) / _MOST_OTHER
        counted[f"{group}_weak"] = min(_MOST_OTHER, weak) / _MOST_OTHER
        counted[f"{group}_top"] = float(in_top)
    return counted


def judge(reading: Reading, title: tuple[int, int] | None, facts: Mapping[str, bool]) -> Verdict:
    """Weigh the words for and against; ``facts`` says which fields of a call were found."""
    weigh = weights("kinds")
    shares = {
        name: weigh.get(name, 0.0) * value
        for name, value in features(reading, title, facts).items()
    }
    points = sum(shares.values())
    loud = sorted(shares.items(), key=lambda item: -abs(item[1]))
    why = ", ".join(f"{name} {share:+.1f}" for name, share in loud if abs(share) >= 0.05)
    if points >= 0:
        calls = reading.marks_of("call")
        return Verdict(True, "call", points, _place(calls[:1]), why)
    reason, marks = _loudest(reading, _top(reading, title))
    return Verdict(False, reason, points, _place(marks), why)


def _marks(reading: Reading, kind: str) -> list[Mark]:
    """Return the words of a kind, unless the notice says that they are its subject.

    Money for employers speaks of contracts and full time as a vacancy does.
    """
    marks = reading.marks.get(f"kind.{kind}")
    return [] if not marks or f"kind.{kind}_not" in reading.marks else marks


def _loudest(reading: Reading, top: int) -> tuple[str, list[Mark]]:
    best: tuple[float, str, list[Mark]] = (0.0, "not_recognised", [])
    for kind in (*HARD, *SOFT):
        marks = _marks(reading, kind)
        loudness = sum(
            (2.0 if mark.start < top else 1.0) * (1.0 if mark.strong else 0.5) for mark in marks
        )
        if loudness > best[0]:
            best = (loudness, kind, marks)
    return best[1], best[2][:1]


def _place(marks: list[Mark]) -> tuple[int, int] | None:
    return (marks[0].start, marks[0].end) if marks else None


def _top(reading: Reading, title: tuple[int, int] | None) -> int:
    if title is not None:
        return max(title[1], min(160, len(reading.folded)))
    return reading.sentences[0].end
