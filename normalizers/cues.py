"""Weigh what the words around a value say it is: the nearest and strongest cue wins.

The surprise: every cue has a polarity. A date after ``radionica`` competes for ``event`` with the
same arithmetic with which it competes for ``deadline``, so a distractor loses by being named, not
by a list of exceptions.
"""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from normalizers.phrases import Mark
from normalizers.reading import Reading, Sentence
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


def cues_around(
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
    index = reading.sentence_index(start)
    sentence = reading.sentences[index]
    around = _Around(reading, start, end, families, others, rivals)
    claims = [*around.within(sentence)]
    above = [*around.above(sentence)]
    claims += above or around.in_section(sentence)
    if not sentence.first and index > 0:
        claims += around.in_previous(sentence, reading.sentences[index - 1])
    best: dict[str, tuple[float, Mark, str]] = {}
    for claim in claims:
        family = claim[1].family
        known = best.get(family)
        if known is None or claim[0] > known[0]:
            best[family] = claim
    cues = (Cue(points, mark.family, mark, place) for points, mark, place in best.values())
    return sorted(cues, reverse=True)


class _Around:
    """The phrases around one value: how strongly each claims it, and from which place."""

    def __init__(
        self,
        reading: Reading,
        start: int,
        end: int,
        families: Sequence[str],
        others: Sequence[int],
        rivals: Sequence[str],
    ) -> None:
        self._reading, self._start, self._end = reading, start, end
        self._families, self._others, self._rivals = families, others, rivals
        self._weigh = weigh = weights("cues")
        self._base = {True: weigh["strong"], False: weigh["weak"]}

    def within(self, sentence: Sentence) -> Iterator[tuple[float, Mark, str]]:
        """Yield the claims of the value's own sentence."""
        reading, weigh, start, end = self._reading, self._weigh, self._start, self._end
        here = reading.marks_in(sentence.start, max(sentence.end, end), *self._families)
        for mark in _without_objects(_outermost(here), self._rivals):
            points = self._base[mark.strong]
            if mark.start < start:
                gap = max(0, start - mark.end)
                crossed = _between(self._others, mark.end, start)
                points -= weigh["before"] * gap + weigh["between"] * crossed
                between = reading.folded[mark.end : start]
                if between.count(")") > between.count("("):
                    points -= weigh["brackets"]
                if mark.start < sentence.label_end:
                    points += weigh["label"]
                yield points, mark, "before"
            elif mark.start >= end:
                gap = mark.start - end
                crossed = _between(self._others, end, mark.start)
                slope = 0.3 if mark.family == "published" else 1.0  # "danas, …, X je objavio"
                far = weigh["after"] * gap * slope
                points -= weigh["behind"] + far + weigh["between"] * crossed
                if gap > 0 and _between(self._others, mark.end, mark.end + _NEXT):
                    points -= weigh["next"]
                yield points, mark, "behind"
            else:
                yield points, mark, "before"

    def above(self, sentence: Sentence) -> Iterator[tuple[float, Mark, str]]:
        """Yield the claims of the label or heading right above."""
        lead, weigh = sentence.lead, self._weigh
        if lead is None:
            return
        item = sentence.kind is BlockKind.ITEM
        held = 0 if item else _between(self._others, lead.end, self._start)
        reach = weigh["lead_reach"] if held > 1 else 0.0
        marks = self._reading.marks_in(lead.start, lead.end, *self._families)
        for mark in _without_objects(_outermost(marks), self._rivals):
            far = weigh["lead_far"] * max(0, self._start - sentence.start - 40)
            if lead.end - lead.start > 60:
                far += weigh["lead_far"] * (lead.end - mark.end)
            points = self._base[mark.strong] + weigh["lead"] - reach
            yield points - min(far, weigh["section"]), mark, "lead"

    def in_section(self, sentence: Sentence) -> Iterator[tuple[float, Mark, str]]:
        """Yield the claims of the heading further up."""
        section = sentence.section
        if section is not None and section != sentence.lead:
            for mark in self._reading.marks_in(section.start, section.end, *self._families):
                yield self._base[mark.strong] - self._weigh["section"], mark, "section"

    def in_previous(
        self, sentence: Sentence, previous: Sentence
    ) -> Iterator[tuple[float, Mark, str]]:
        """Yield the claims of the sentence before."""
        weigh = self._weigh
        far = weigh["before"] * (self._start - sentence.start)
        for mark in self._reading.marks_in(previous.start, previous.end, *self._families):
            crossed = _between(self._others, mark.end, self._start)
            points = self._base[mark.strong] - weigh["previous"] - weigh["between"] * crossed
            yield points - far, mark, "previous"


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
