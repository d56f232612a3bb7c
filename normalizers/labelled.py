"""Find what a portal prints under a label that its TOML explains.

The surprise: a label may be a column of an API, a line such as ``Scade il: …``, or the heading of
a whole section. What stands under a label that carries nothing is hidden from all finders.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from normalizers.blocks import BlockKind, Original
from normalizers.folding import fold
from schema.spans import Span

IGNORED = "ignore"


@dataclass(frozen=True, slots=True)
class LabelledText:
    """What stands under one label."""

    field: str
    """A field of :class:`Call`."""
    span: Span
    """Of the value."""
    whole: Span
    """Of label and value."""


def hide_ignored(original: Original, labels: Mapping[str, str]) -> Original:
    """Return the original with what stands under ignored labels blanked, in the same places."""
    hidden = [each.whole for each in find_labelled(original, labels) if each.field == IGNORED]
    if not hidden:
        return original
    text = original.text
    for span in hidden:
        blank = re.sub(r"\S", " ", span.quote(text))
        text = text[: span.start] + blank + text[span.end :]
    blocks = tuple(
        block for block in original.blocks if not any(span.covers(block.span) for span in hidden)
    )
    return replace(original, text=text, blocks=blocks)


def find_labelled(original: Original, labels: Mapping[str, str]) -> list[LabelledText]:
    """Return what stands under each label that is explained, in order."""
    return list(_find_labelled(original, {_key(name): field for name, field in labels.items()}))


def _find_labelled(original: Original, meanings: Mapping[str, str]) -> Iterator[LabelledText]:
    if not meanings:
        return
    open_field: str | None = None
    start = content = end = 0
    for block in original.blocks:
        words = block.label or block.span
        meaning = meanings.get(_key(words.quote(original.text)))
        heads = block.kind in (BlockKind.HEADING, BlockKind.LABEL)
        if block.kind is BlockKind.LABELLED and block.value and meaning:
            yield LabelledText(meaning, block.value, block.span)
        elif heads and meaning and block.span != original.title:
            if open_field is not None and content < end:
                yield LabelledText(open_field, Span(content, end), Span(start, end))
            open_field, start, content, end = meaning, block.span.start, 0, 0
        elif open_field is not None:
            content = content or block.span.start
            end = block.span.end
    if open_field is not None and content < end:
        yield LabelledText(open_field, Span(content, end), Span(start, end))


def _key(label: str) -> str:
    return " ".join(fold(label).strip(" :?").split())
