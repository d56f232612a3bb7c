"""Weigh what the words around a value say it is: the nearest and strongest cue wins.

The surprise: every cue has a polarity. A date after ``radionica`` competes for ``event`` with the
same arithmetic with which it competes for ``deadline``, so a distractor loses by being named, not
by a list of exceptions.
"""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

from normalizers.phrases import Mark
from normalizers.reading import Reading
from normalizers.text.blocks import BlockKind
from normalizers.weights import weights

_NEXT = 16
"""Characters within which the next value is the one that a cue speaks of."""


class Cue(NamedTuple):
    """How strongly one phrase claims a value."""

    points: float
    family: str
    mark: Mark
    place: str
    """``before``, ``behind``, ``lead``, ``section`` or ``previous``."""


def cues_around(  # noqa: PLR0912, PLR0915 - one branch a place
    reading: Reading,
    start: int,
    end: int,
    families: Sequence[str],
    others: Sequence[int],
    rivals: Sequence[str] = (),
) -> list[Cue]:
    """Return the best cue of each family around a value, the strongest first.

    ``others`` are the places of the other values of the same kind, in order; a value in between
    weakens a cue. A phrase of the ``rivals`` right behind a cue is its object and takes its place:
    ``rok za podnošenje prigovora`` is no deadline of ours.
    """
    weigh = weights("cues")
    index = reading.sentence_index(start)
    sentence = reading.sentences[index]
    best: dict[str, Cue] = {}

    def claim(points: float, mark: Mark, place: str) -> None:
        known = best.get(mark.family)
        if known is None or points > known.points:
            best[mark.family] = Cue(points, mark.family, mark, place)

    base = {True: weigh["strong"], False: weigh["weak"]}
    here = reading.marks_in(sentence.start, max(sentence.end, end), *families)
    governed = False
    for mark in _without_objects(_outermost(here), rivals):
        points = base[mark.strong]
        if mark.start < start:
            gap = max(0, start - mark.end)
            crossed = _between(others, mark.end, start)
            points -= weigh["before"] * gap + weigh["between"] * crossed
            between = reading.folded[mark.end : start]
            if between.count(")") > between.count("("):
                points -= weigh["brackets"]
            if mark.start < sentence.label_end:
                points += weigh["label"]
            claim(points, mark, "before")
        elif mark.start >= end:
            gap = mark.start - end
            crossed = _between(others, end, mark.start)
            slope = 0.3 if mark.family == "published" else 1.0  # "danas, …, X je objavio"
            points -= weigh["behind"] + weigh["after"] * gap * slope + weigh["between"] * crossed
            if gap > 0 and _between(others, mark.end, mark.end + _NEXT):
                points -= weigh["next"]
            claim(points, mark, "behind")
        else:
            claim(points, mark, "before")
    lead = sentence.lead
    if lead is not None:
        held = 0 if sentence.kind is BlockKind.ITEM else _between(others, lead.end, start)
        above = reading.marks_in(lead.start, lead.end, *families)
        for mark in _without_objects(_outermost(above), rivals):
            governed = True
            reach = weigh["lead_reach"] if held > 1 else 0.0
            far = weigh["lead_far"] * max(0, start - sentence.start - 40)
            if lead.end - lead.start > 60:
                far += weigh["lead_far"] * (lead.end - mark.end)
            claim(
                base[mark.strong] + weigh["lead"] - reach - min(far, weigh["section"]), mark, "lead"
            )
    if not governed and sentence.section is not None and sentence.section != lead:
        section = sentence.section
        for mark in reading.marks_in(section.start, section.end, *families):
            claim(base[mark.strong] - weigh["section"], mark, "section")
    if not sentence.first and index > 0:
        previous = reading.sentences[index - 1]
        for mark in reading.marks_in(previous.start, previous.end, *families):
            crossed = _between(others, mark.end, start)
            points = base[mark.strong] - weigh["previous"] - weigh["between"] * crossed
            claim(points - weigh["before"] * (start - sentence.start), mark, "previous")
    return sorted(best.values(), reverse=True)


def _outermost(marks: Sequence[Mark]) -> list[Mark]:
    """Drop every mark that stands inside a longer one: ``contributo`` in ``contributo massimo``."""
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda m: (m.start, -m.end)):
        if (
            kept
            and mark.end <= kept[-1].end
            and mark.end - mark.start < kept[-1].end - kept[-1].start
        ):
            continue
        kept.append(mark)
    return kept


def _without_objects(marks: list[Mark], rivals: Sequence[str]) -> list[Mark]:
    """Drop a mark that a rival follows at once, or begins: what it governs is the rival's."""
    if not rivals:
        return marks
    return [
        mark
        for mark in marks
        if mark.family in rivals
        or not any(
            other.family in rivals
            and (0 < other.start - mark.end <= 3 or other.start < mark.start < other.end)
            for other in marks
        )
    ]


def _between(places: Sequence[int], low: int, high: int) -> int:
    return max(0, bisect_left(places, high) - bisect_left(places, low))
