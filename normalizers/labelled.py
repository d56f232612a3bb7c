"""Find what a portal prints under a label that its TOML explains.

The surprise: a label may be a column of an API, a line such as ``Scade il: …``, or the heading of
a whole section. What stands under a label that means ``ignore`` is hidden from all finders.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import accumulate

from normalizers.text.blocks import BlockKind, SourceText
from schema.spans import Span
from vocabulary.matching import normalize_for_match

IGNORED = "ignore"
_LABELS = frozenset((BlockKind.HEADING, BlockKind.LABEL, BlockKind.LABELLED))


@dataclass(frozen=True, slots=True)
class LabelledText:
    """What stands under one label."""

    field: str
    """A field of :class:`Call`."""
    span: Span
    """Of the value."""
    whole: Span
    """Of label and value."""


def hide_ignored(
    source: SourceText, found: Sequence[LabelledText]
) -> tuple[SourceText, tuple[LabelledText, ...]]:
    """Return the source text and what is labelled in it, without what stands under ignored labels.

    Its words are blanked, so that all others keep their places.
    """
    hidden = [each.whole for each in found if each.field == IGNORED]
    if not hidden:
        return source, tuple(found)
    hidden.sort(key=lambda span: span.start)
    starts = [span.start for span in hidden]
    ends = list(accumulate((span.end for span in hidden), max))

    def is_hidden(span: Span) -> bool:
        before = bisect_right(starts, span.start)
        return before > 0 and ends[before - 1] >= span.end

    parts: list[str] = []
    place = 0
    for span in hidden:
        shown = source.text[place : span.start]
        blank = re.sub(r"\S", " ", source.text[max(place, span.start) : span.end])
        parts += (shown, blank)
        place = max(place, span.end)
    text = "".join((*parts, source.text[place:]))
    blocks = tuple(block for block in source.blocks if not is_hidden(block.span))
    kept = tuple(each for each in found if not is_hidden(each.whole))
    return replace(source, text=text, blocks=blocks), kept


def find_labelled(source: SourceText, labels: Mapping[str, str]) -> Iterator[LabelledText]:
    """Yield what stands under each label that is explained, in order."""
    if not labels:
        return
    meanings = {_key(name): field for name, field in labels.items()}
    open_field: str | None = None
    start = content = end = 0
    for block in source.blocks:
        meaning = None
        if block.kind in _LABELS:
            meaning = meanings.get(_key((block.label or block.span).quote(source.text)))
        if meaning and block.kind is BlockKind.LABELLED and block.value:
            yield LabelledText(meaning, block.value, block.span)
        elif meaning and block.kind is not BlockKind.LABELLED and block.span != source.title:
            if open_field is not None and content < end:
                yield LabelledText(open_field, Span(content, end), Span(start, end))
            open_field, start, content, end = meaning, block.span.start, 0, 0
        elif open_field is not None:
            content = content or block.span.start
            end = block.span.end
    if open_field is not None and content < end:
        yield LabelledText(open_field, Span(content, end), Span(start, end))


@lru_cache(maxsize=4096)
def _key(label: str) -> str:
    return " ".join(normalize_for_match(label).strip(" :?").split())
