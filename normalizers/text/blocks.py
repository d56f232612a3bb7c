"""The text that every span points into, with its structure: headings, labels, items, rows.

The surprise: :class:`SourceText` knows nothing of languages or fields, nor of where it came from.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from normalizers import limits
from schema.notices import Attachment
from schema.spans import Span

_BULLET = re.compile(
    r"[ \xa0]*(?:[-–—−•·▪■●◦○►➢*ƒo✓✔>|]|\(?\d{1,2}[.)]|\(?[a-z][.)])[ \xa0]+(?=\S)"
)
_LABEL = re.compile(r"[^\W\d_][^:\n|?]{1,70}?[ \xa0]{0,2}(?::|\?(?=\s*$))(?!//)")
_CLOCK = re.compile(r"\d:\d")
_ENDS = ".:;!?|"
_LABEL_LENGTH = 75
"""Most characters of a label with its sign, as :data:`_LABEL` has them."""
_HEADING_LENGTH = 90


class BlockKind(StrEnum):
    """What a stretch of the text is."""

    HEADING = "heading"
    LABELLED = "labelled"
    """A label with its value, on one line or in two cells."""
    LABEL = "label"
    """A label whose value follows in the next block."""
    ITEM = "item"
    ROW = "row"
    """A table row of more than two cells."""
    PARAGRAPH = "paragraph"
    STRUCK = "struck"
    """Struck through: superseded by what stands beside it."""


@dataclass(frozen=True, slots=True)
class Block:
    """One stretch of the text. Blocks are in order and do not overlap."""

    kind: BlockKind
    span: Span
    label: Span | None = None
    value: Span | None = None


@dataclass(frozen=True, slots=True)
class SourceText:
    """The text that every span points into, with its structure."""

    text: str
    blocks: tuple[Block, ...] = ()
    title: Span | None = None
    """The title, where the source says which words are the title."""
    declared_status: str | None = None
    attachments: tuple[Attachment, ...] = ()
    boilerplate: tuple[Span, ...] = ()
    """In the text, but not content: navigation, cookie lines."""
    declared_language: str | None = None
    limits: tuple[str, ...] = ()
    """Of the :mod:`normalizers.limits`, those beyond which the source went."""


class Writer:
    """Builds a text and its blocks side by side, so that spans are right by construction."""

    def __init__(self) -> None:
        self.blocks: list[Block] = []
        self.attachments: list[Attachment] = []
        self.limits: dict[str, None] = {}
        """Those beyond which the source goes, in order."""
        self._parts: list[str] = []
        self._length = 0

    def text(self) -> str:
        """Return what was written so far."""
        return "".join(self._parts)

    def add(self, kind: BlockKind, text: str) -> Span | None:
        """Write one block of its own lines; return its span, ``None`` where there is nothing."""
        clean = self._within_limit(text.strip())
        if not clean:
            return None
        span = self._write(clean)
        self.blocks.append(Block(kind, span))
        return span

    def add_labelled(self, label: str, value: str) -> None:
        """Write ``Label: value``; a value of several lines keeps them."""
        label, value = label.strip().rstrip(":").rstrip(), value.strip()
        if not label:
            self.add(BlockKind.PARAGRAPH, value)
        elif not value:
            self.add(BlockKind.LABEL, label + ":")
        elif self._length + len(label) + len(value) + 2 > limits.TEXT:
            self.add(BlockKind.PARAGRAPH, f"{label}: {value}")
        else:
            whole = self._write(f"{label}: {value}")
            label_span = Span(whole.start, whole.start + len(label))
            value_span = Span(whole.end - len(value), whole.end)
            self.blocks.append(Block(BlockKind.LABELLED, whole, label_span, value_span))

    def add_text(self, text: str) -> None:
        """Write plain text and find its blocks."""
        clean = self._within_limit(text.strip("\n"))
        span = self._write(clean)
        self.blocks.extend(line_blocks(clean, 0, len(clean), span.start))

    def _within_limit(self, text: str) -> str:
        """Return what there is room for of a text."""
        room = max(0, limits.TEXT - self._length)
        if len(text) > room:
            self.limits["text"] = None
            return text[:room].rstrip()
        return text

    def _write(self, text: str) -> Span:
        """Write lines; return their span, without the end of the last."""
        span = Span(self._length, self._length + len(text))
        self._parts += (text, "\n")
        self._length = span.end + 1
        return span


def line_blocks(text: str, start: int, end: int, offset: int = 0) -> Iterator[Block]:
    """Yield the blocks of plain text in order, their spans moved by ``offset``."""
    lines = list(_lines(text, start, end))
    index = 0
    while index < len(lines):
        begin, stop = lines[index]
        index += 1
        if begin == stop:
            continue
        while index < len(lines) and _continues(text, begin, stop, *lines[index]):
            stop = lines[index][1]
            index += 1
        yield _block(text, begin, stop, offset)


def _lines(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield each line without its margins; an empty one where the line is blank."""
    while start < end:
        stop = text.find("\n", start, end)
        stop = end if stop < 0 else stop
        left, right = start, stop
        while left < right and text[left].isspace():
            left += 1
        while right > left and text[right - 1].isspace():
            right -= 1
        yield left, right
        start = stop + 1


def _continues(text: str, begin: int, stop: int, left: int, right: int) -> bool:
    """Tell whether a line goes on in the next: wrapped text, as PDF gives it."""
    if left == right or text[stop - 1] in _ENDS:
        return False
    first = text[left]
    if first in ".,;)":
        return True
    line_start = text.rfind("\n", begin, stop) + 1 or begin
    width = stop - line_start
    if first.islower():
        return _BULLET.match(text, left) is None
    if first.isdigit():
        last = text[line_start:stop].rsplit(None, 1)[-1]
        dangling = last.endswith(",") or (len(last) <= 4 and last.islower() and last.isalpha())
        return dangling and width > len(last) and _BULLET.match(text, left) is None
    return False


def _block(text: str, begin: int, stop: int, offset: int) -> Block:
    span = Span(begin + offset, stop + offset)
    bullet = _BULLET.match(text, begin, stop)
    content = bullet.end() if bullet else begin
    label = None
    if ":" in text[content : content + _LABEL_LENGTH] or text[stop - 1] == "?":
        label = _LABEL.match(text, content, stop)
    if label is not None and not _CLOCK.match(text, label.end() - 2):
        label_span = Span(content + offset, label.end() - 1 + offset)
        rest = label.end()
        while rest < stop and text[rest].isspace():
            rest += 1
        if rest < stop:
            value = Span(rest + offset, stop + offset)
            return Block(BlockKind.LABELLED, span, label_span, value)
        pointed = bullet is not None and not any(c.isdigit() for c in bullet[0])
        kind = BlockKind.ITEM if pointed or stop - content > _HEADING_LENGTH else BlockKind.LABEL
        return Block(kind, span, label_span)
    if bullet is not None:
        return Block(BlockKind.ITEM, span)
    if text.count("|", begin, stop) >= 2:
        return Block(BlockKind.ROW, span)
    if stop - begin <= _HEADING_LENGTH and text[stop - 1] not in ".;,":
        return Block(BlockKind.HEADING, span)
    return Block(BlockKind.PARAGRAPH, span)
