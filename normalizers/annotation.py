"""A notice made ready for the finders: sentences, what governs them, and every known phrase.

The surprise: a sentence carries the label or heading above it (``lead``), because in notices the
words that say what a date is often stand on another line than the date.
"""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from normalizers import limits
from normalizers.labelled import LabelledText
from normalizers.lexicon import Lexicon
from normalizers.phrases import Mark
from normalizers.text.blocks import Block, BlockKind, SourceText
from normalizers.text.places import Words
from schema.findings import Basis, Evidence
from schema.spans import Span
from vocabulary.matching import normalize_for_match

# The stop comes first and looks back, because a search for a sign is faster than one for a place.
_SENTENCE_END = re.compile(
    r"[.!?;](?:(?<=[^\W\d_][^\W\d_].|[)\"'%\]€$£”»]\S.|\d\d.)[)\"'”»]{0,2}|(?<=\w[!?]))\s+(?=\W*\w)"
)
_HEADLESS = frozenset((BlockKind.HEADING, BlockKind.LABEL))
_NUMBERED = re.compile(r"\d{1,2}[.)]\s")
_HEADING_LENGTH = 60
_REACH = 12
"""How many blocks a heading governs at most as a lead."""


@dataclass(slots=True)
class Sentence:
    """A stretch of text whose words belong together."""

    start: int
    end: int
    block: int
    kind: BlockKind
    lead: Span | None = None
    """The label, heading or introducing line right above."""
    section: Span | None = None
    """The heading further up."""
    first: bool = False
    """Whether it begins its block."""
    label_end: int = -1
    """Where the label of ``Label: value`` ends, for a sentence that begins with one."""


@dataclass(slots=True)
class AnnotatedText:
    """A notice in one language, ready for the finders."""

    source: SourceText
    lexicon: Lexicon
    normalized: str
    words: Words
    """The words of the normalised text."""
    sentences: list[Sentence]
    marks: dict[str, list[Mark]]
    boilerplate: tuple[Span, ...] = ()
    numbers: tuple[int, ...] = ()
    """Where each number begins."""
    labelled: tuple[LabelledText, ...] = ()
    """What stands under the labels that the portal explains."""
    limits: dict[str, None] = field(default_factory=dict)
    """Of the :mod:`normalizers.limits`, those beyond which the notice goes, in order."""
    _starts: list[int] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The source text, into which every span points."""
        return self.source.text

    def sentence_at(self, position: int) -> Sentence:
        """Return the sentence in which a character stands (else the one before it)."""
        index = max(0, bisect_right(self._starts, position) - 1)
        return self.sentences[index]

    def sentence_index(self, position: int) -> int:
        """Return the index of the sentence in which a character stands."""
        return max(0, bisect_right(self._starts, position) - 1)

    def marks_of(self, *families: str) -> list[Mark]:
        """Return the marks of some families, by place."""
        found: list[Mark] = []
        for family in families:
            found += self.marks.get(family, ())
        return sorted(found) if len(families) > 1 else found

    def marks_in(self, start: int, end: int, *families: str) -> list[Mark]:
        """Return the marks of some families that begin within ``[start, end)``, by place."""
        found: list[Mark] = []
        for family in families:
            marks = self.marks.get(family)
            if marks:
                found += marks[bisect_left(marks, (start,)) : bisect_left(marks, (end,))]
        return sorted(found) if len(families) > 1 and len(found) > 1 else found

    def has(self, start: int, end: int, *families: str) -> bool:
        """Tell whether a mark of any of the families begins within ``[start, end)``."""
        for family in families:
            marks = self.marks.get(family)
            if marks:
                index = bisect_left(marks, (start,))
                if index < len(marks) and marks[index].start < end:
                    return True
        return False

    def evidence(self, start: int, end: int, rule: str, *, basis: Basis = Basis.STATED) -> Evidence:
        """Return the exact words between two places as evidence, without their margins."""
        text = self.text
        while start < end and text[start].isspace():
            start += 1
        while end > start and text[end - 1].isspace():
            end -= 1
        return Evidence(text[start:end], Span(start, end), rule, basis)


def annotate(
    source: SourceText, lexicon: Lexicon, labelled: tuple[LabelledText, ...] = ()
) -> AnnotatedText:
    """Split a notice into sentences and mark every phrase that the lexicon knows."""
    normalized = normalize_for_match(source.text)
    boilerplate = tuple(_boilerplate(source.blocks, normalized, lexicon))
    dropped = {span.start for span in (*boilerplate, *source.boilerplate)}
    sentences = _sentences(source.blocks, source.text, dropped, _abbreviation(lexicon))
    if not sentences:
        sentences = [Sentence(0, len(normalized), 0, BlockKind.PARAGRAPH)]
    marks: dict[str, list[Mark]] = {}
    words = Words(normalized)
    beyond = dict.fromkeys(source.limits)
    for count, mark in enumerate(lexicon.phrases.scan(words)):
        if count >= limits.MARKS:
            beyond["marks"] = None
            break
        if mark.family == "cost" and "%" in normalized[max(0, mark.start - 14) : mark.start]:
            continue  # "80% dei costi ammissibili" speaks of a rate
        marks.setdefault(mark.family, []).append(mark)
    _drop_counted_from(marks)
    starts = [sentence.start for sentence in sentences]
    numbers = tuple(words.numbers())
    return AnnotatedText(
        source,
        lexicon,
        normalized,
        words,
        sentences,
        marks,
        boilerplate,
        numbers,
        labelled,
        beyond,
        starts,
    )


def _drop_counted_from(marks: dict[str, list[Mark]]) -> None:
    """Drop "publication" where a period is counted from it: no day of it is printed there."""
    periods = marks.get("relative")
    published = marks.get("published")
    if not periods or not published:
        return
    starts = [period.start for period in periods]
    kept = []
    for mark in published:
        index = bisect_right(starts, mark.start) - 1
        if index < 0 or mark.start >= periods[index].end + 2:
            kept.append(mark)
    marks["published"] = kept


def _boilerplate(blocks: Iterable[Block], normalized: str, lexicon: Lexicon) -> Iterable[Span]:
    for block in blocks:
        span = block.span
        if span.end - span.start > 120:
            continue
        line = " ".join(normalized[span.start : span.end].split()).strip(" .!:,")
        if line in lexicon.boilerplate:
            yield span


class _Abbreviation(NamedTuple):
    """A stop that ends no sentence: behind an abbreviation or one letter."""

    pattern: re.Pattern[str]
    reach: int
    """Characters before the stop that matter at most."""


@lru_cache(maxsize=64)
def _abbreviation(lexicon: Lexicon) -> _Abbreviation:
    words = lexicon.words_in_order("language", "abbreviations")
    known = "|".join(map(re.escape, words)) or "(?!)"
    reach = 1 + max(map(len, words), default=0)
    return _Abbreviation(re.compile(rf"\b(?:{known}|\w)\.$"), reach)


def _sentences(
    blocks: tuple[Block, ...], text: str, dropped: set[int], abbreviation: _Abbreviation
) -> list[Sentence]:
    sentences: list[Sentence] = []
    lead: Span | None = None
    lead_block = -1
    list_lead: Span | None = None
    paragraph_lead: Span | None = None
    section: Span | None = None
    for index, block in enumerate(blocks):
        span, kind = block.span, block.kind
        if span.start in dropped:
            continue
        if kind is BlockKind.ITEM and _is_numbered_heading(blocks, index, text):
            kind = BlockKind.HEADING
        if kind is BlockKind.HEADING and section != span:
            outer, section = section, span
        else:
            outer = section
        governing = lead if index - lead_block <= _REACH else None
        if kind is BlockKind.ITEM:
            governing = list_lead or paragraph_lead or governing
        elif kind is BlockKind.LABELLED:
            governing = list_lead or governing
        pieces = _pieces(text, span.start, span.end, abbreviation)
        label_end = block.label.end if kind is BlockKind.LABELLED and block.label else -1
        for number, (start, end) in enumerate(pieces):
            sentences.append(
                Sentence(start, end, index, kind, governing, outer, number == 0, label_end)
            )
        colon = text[span.end - 1] == ":"
        if kind in _HEADLESS or colon:
            lead, lead_block = Span(*pieces[-1]), index
            list_lead = lead if colon or kind is BlockKind.HEADING else list_lead
        elif kind not in (BlockKind.ITEM, BlockKind.STRUCK):
            lead = None
            if kind is not BlockKind.LABELLED:
                list_lead, paragraph_lead = None, Span(*pieces[-1])
    return sentences


def _is_numbered_heading(blocks: Sequence[Block], index: int, text: str) -> bool:
    """Tell whether a numbered item is none: ``4. KORISNICI`` between lines without a number."""
    block = blocks[index]
    if index + 1 == len(blocks):
        return False
    line = block.span.quote(text)
    numbered = [
        _NUMBERED.match(text, each.span.start) is not None
        for each in blocks[max(0, index - 1) : index + 2]
    ]
    alone = numbered.count(True) == 1
    return (
        alone
        and _NUMBERED.match(line) is not None
        and len(line) <= _HEADING_LENGTH
        and line[-1] not in ".:;,"
    )


def _pieces(text: str, start: int, end: int, abbreviation: _Abbreviation) -> list[tuple[int, int]]:
    """Split a block into sentences; a stop after a number or an abbreviation ends none.

    Only a capital letter or a digit begins a sentence; after a number only a capital letter.
    """
    pieces = []
    begin = start
    for match in _SENTENCE_END.finditer(text, start, end):
        stop = match.end()
        first = next((c for c in text[stop : stop + 12] if c.isalnum()), "")
        if match[0][0] == ";":
            pass
        elif text[match.start() - 1].isdigit():
            year = text[match.start() - 4 : match.start()]
            closes = year.isdigit() and year[:2] in ("19", "20")
            if not (first.isupper() and (closes or match[0][0] != ".")):
                continue
        elif not (first.isupper() or first.isdigit()) or (
            match[0][0] == "."
            and abbreviation.pattern.search(
                text, max(begin, match.start() - abbreviation.reach), match.start() + 1
            )
        ):
            continue
        pieces.append((begin, stop))
        begin = stop
    if begin < end or not pieces:
        pieces.append((begin, end))
    return pieces
