"""Weigh what the words around a value say it is: the nearest and strongest cue wins.

The surprise: every cue has a polarity. A date after ``radionica`` competes for ``event`` with the
same arithmetic with which it competes for ``deadline``, so a distractor loses by being named, not
by a list of exceptions.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from itertools import accumulate
from typing import NamedTuple

from normalizers.annotation import AnnotatedText, Sentence
from normalizers.phrases import Mark
from normalizers.text.blocks import BlockKind
from normalizers.weights import weights

_REACH = 1_000
"""Characters of a sentence, to either side of a value, in which cues are looked for: so that a
sentence without end takes no time without end. The longest of the labelled notices and saved
pages has 814, and over this distance a cue has lost some fourteen points of its three."""
_NEXT = 16
"""Characters within which the next value is the one that a cue speaks of."""


class Cue(NamedTuple):
    """How strongly one phrase claims a value."""

    points: float
    family: str
    mark: Mark
    place: str
    """``before``, ``behind``, ``lead``, ``section`` or ``previous``."""


class _Claims:
    """The best cue of each family so far."""

    def __init__(self) -> None:
        self.best: dict[str, Cue] = {}

    def add(self, points: float, mark: Mark, place: str) -> None:
        known = self.best.get(mark.family)
        if known is None or points > known.points:
            self.best[mark.family] = Cue(points, mark.family, mark, place)


def cues_around(
    annotated: AnnotatedText,
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
    claims = _Claims()
    index = annotated.sentence_index(start)
    sentence = annotated.sentences[index]
    low, high = max(sentence.start, start - _REACH), min(max(sentence.end, end), end + _REACH)
    here = annotated.marks_in(low, high, *families)
    for mark in _without_objects(_outermost(here), rivals):
        if mark.start >= end:
            _claim_behind(claims, mark, end, others)
        else:
            _claim_before(claims, mark, start, others, annotated, sentence.label_end)
    _claim_above(claims, annotated, sentence, start, families, others, rivals)
    if not sentence.first and index > 0:
        weigh = weights("cues")
        previous = annotated.sentences[index - 1]
        low = max(previous.start, previous.end - _REACH)
        for mark in annotated.marks_in(low, previous.end, *families):
            crossed = _between(others, mark.end, start)
            points = _base(mark) - weigh["previous"] - weigh["between"] * crossed
            claims.add(points - weigh["before"] * (start - sentence.start), mark, "previous")
    return sorted(claims.best.values(), reverse=True)


def _base(mark: Mark) -> float:
    return weights("cues")["strong" if mark.strong else "weak"]


def _claim_before(
    claims: _Claims,
    mark: Mark,
    start: int,
    others: Sequence[int],
    annotated: AnnotatedText,
    label_end: int,
) -> None:
    """Weigh a cue of the value's own sentence that begins before the value ends."""
    weigh = weights("cues")
    points = _base(mark)
    if mark.start < start:
        gap = max(0, start - mark.end)
        crossed = _between(others, mark.end, start)
        points -= weigh["before"] * gap + weigh["between"] * crossed
        between = annotated.normalized[mark.end : start]
        if between.count(")") > between.count("("):
            points -= weigh["brackets"]
        if mark.start < label_end:
            points += weigh["label"]
    claims.add(points, mark, "before")


def _claim_behind(claims: _Claims, mark: Mark, end: int, others: Sequence[int]) -> None:
    """Weigh a cue of the value's own sentence that stands behind the value."""
    weigh = weights("cues")
    points = _base(mark)
    gap = mark.start - end
    crossed = _between(others, end, mark.start)
    slope = 0.3 if mark.family == "published" else 1.0  # "danas, …, X je objavio"
    points -= weigh["behind"] + weigh["after"] * gap * slope + weigh["between"] * crossed
    if gap > 0 and _between(others, mark.end, mark.end + _NEXT):
        points -= weigh["next"]
    claims.add(points, mark, "behind")


def _claim_above(
    claims: _Claims,
    annotated: AnnotatedText,
    sentence: Sentence,
    start: int,
    families: Sequence[str],
    others: Sequence[int],
    rivals: Sequence[str],
) -> None:
    """Weigh the cues of the label or heading right above, else of the heading further up."""
    weigh = weights("cues")
    lead, section = sentence.lead, sentence.section
    governed = False
    if lead is not None:
        held = 0 if sentence.kind is BlockKind.ITEM else _between(others, lead.end, start)
        above = annotated.marks_in(max(lead.start, lead.end - _REACH), lead.end, *families)
        for mark in _without_objects(_outermost(above), rivals):
            governed = True
            reach = weigh["lead_reach"] if held > 1 else 0.0
            far = weigh["lead_far"] * max(0, start - sentence.start - 40)
            if lead.end - lead.start > 60:
                far += weigh["lead_far"] * (lead.end - mark.end)
            far = min(far, weigh["section"])
            claims.add(_base(mark) + weigh["lead"] - reach - far, mark, "lead")
    if not governed and section is not None and section != lead:
        low = max(section.start, section.end - _REACH)
        for mark in annotated.marks_in(low, section.end, *families):
            claims.add(_base(mark) - weigh["section"], mark, "section")


def _outermost(marks: Sequence[Mark]) -> list[Mark]:
    """Drop every mark that stands inside a longer one: ``contributo`` in ``contributo massimo``."""
    if len(marks) < 2:
        return list(marks)
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
    theirs = [mark for mark in marks if mark.family in rivals]
    starts = [mark.start for mark in theirs]
    ends = list(accumulate((mark.end for mark in theirs), max))
    kept = []
    for mark in marks:
        behind = bisect_right(starts, mark.end)
        follows = behind < len(starts) and starts[behind] - mark.end <= 3
        earlier = bisect_left(starts, mark.start)
        begun = earlier > 0 and ends[earlier - 1] > mark.start
        if mark.family in rivals or not (follows or begun):
            kept.append(mark)
    return kept


def _between(places: Sequence[int], low: int, high: int) -> int:
    return max(0, bisect_left(places, high) - bisect_left(places, low))
