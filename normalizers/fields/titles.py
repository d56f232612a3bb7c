"""Choose the title: what the source says it is, else the first line that names something.

The surprise: portals print a status word, a section name or a crumb above the title.
"""

from collections.abc import Iterator

from normalizers.reading import Reading
from normalizers.text.blocks import BlockKind
from schema.spans import Span

_LOOKED_AT = 14
_LONG = 260


def find_titles(reading: Reading) -> Iterator[tuple[float, Span]]:
    """Yield the lines that may be the title with their points, in order."""
    lexicon = reading.lexicon
    dropped = {span.start for span in (*reading.boilerplate, *reading.original.boilerplate)}
    seen = 0
    for block in reading.original.blocks:
        if block.span.start in dropped:
            continue
        if seen >= _LOOKED_AT:
            return
        seen += 1
        span = block.span
        words = " ".join(reading.folded[span.start : span.end].split()).strip(" .:!-|")
        letters = sum(map(str.isalpha, words[:400]))
        if letters < 8 or words in lexicon.statuses or words in lexicon.sections:
            continue
        points = 1.0 - 0.12 * seen
        if block.kind is BlockKind.HEADING:
            points += 0.6
        elif block.kind in (BlockKind.LABELLED, BlockKind.LABEL):
            points -= 0.5
        elif block.kind in (BlockKind.ITEM, BlockKind.ROW, BlockKind.STRUCK):
            points -= 0.9
        if reading.has(span.start, span.end, "call"):
            points += 0.5
        if any(
            reading.has(span.start, span.start + 30, name)
            for name in ("published", "deadline", "opening", "stamp", "code_label")
        ):
            points -= 0.5
        if len(words) < 18:
            points -= 0.35
        if len(words) > _LONG:
            points -= 0.3
        yield points, span


def choose_title(reading: Reading) -> Span | None:
    """Return the place of the title; ``None`` where the text has no words."""
    if reading.original.title is not None:
        return reading.original.title
    best = max(find_titles(reading), key=lambda item: item[0], default=None)
    if best is None:
        sentence = reading.sentences[0]
        return (
            Span(sentence.start, sentence.end)
            if reading.text[sentence.start : sentence.end].strip()
            else None
        )
    span = best[1]
    first = reading.sentence_at(span.start)
    if span.end - span.start > _LONG and first.end < span.end:
        return Span(first.start, first.end)
    return span
