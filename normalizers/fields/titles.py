"""Choose the title: what the source says it is, else the first line that names something.

The surprise: portals print a status word, a section name or a crumb above the title.
"""

from collections.abc import Iterator, Sequence

from normalizers.annotation import AnnotatedText
from normalizers.claims import Candidate, Claim
from normalizers.context import Context
from normalizers.languages import title_language
from normalizers.text.blocks import BlockKind
from normalizers.text.letters import shown_words
from schema.calls import Text
from schema.spans import Span

_LOOKED_AT = 14
_LONG = 260
_LABELS = ("published", "deadline", "opening", "stamp", "code_label")
"""Families of phrases with which a line begins that labels another value."""
_BEGINNING = 30
_GLANCE, _SAMPLE = 30, 400
_LETTERS = 8
"""Letters that a title has at least."""


def claim_title(context: Context) -> Claim[Text]:
    """Claim the title; its value is empty where the text has no words."""
    annotated, body = context.annotated, context.language.code
    found = sorted(find_titles(annotated), key=lambda item: -item.points)
    span = choose_title(annotated, found)
    if span is None:
        return Claim(_text(context, "", body), candidates=found)
    proof = context.evidence(span.start, span.end, "title")
    title = _text(context, shown_words(" ".join(proof.quote.split())), body)
    chosen = [item for item in found if item.start == span.start]
    return Claim(title, (proof,), candidates=found, chosen=chosen)


def _text(context: Context, words: str, body: str) -> Text:
    language = title_language(words, body)
    english = words if language == "en" else None
    return Text(words, language, english, status=context.text_status(language))


def find_titles(annotated: AnnotatedText) -> Iterator[Candidate[str]]:
    """Yield the lines that may be the title, in order."""
    lexicon = annotated.lexicon
    dropped = {span.start for span in (*annotated.boilerplate, *annotated.source.boilerplate)}
    seen = 0
    for block in annotated.source.blocks:
        if block.span.start in dropped:
            continue
        if seen >= _LOOKED_AT:
            return
        seen += 1
        span = block.span
        words = " ".join(annotated.normalized[span.start : span.end].split()).strip(" .:!-|")
        # The first few characters nearly always have letters enough.
        few = _count_letters(words[:_GLANCE]) < _LETTERS > _count_letters(words[:_SAMPLE])
        if few or words in lexicon.statuses or words in lexicon.sections:
            continue
        points = 1.0 - 0.12 * seen
        if block.kind is BlockKind.HEADING:
            points += 0.6
        elif block.kind in (BlockKind.LABELLED, BlockKind.LABEL):
            points -= 0.5
        elif block.kind in (BlockKind.ITEM, BlockKind.ROW, BlockKind.STRUCK):
            points -= 0.9
        if annotated.has(span.start, span.end, "call"):
            points += 0.5
        if annotated.has(span.start, span.start + _BEGINNING, *_LABELS):
            points -= 0.5
        if len(words) < 18:
            points -= 0.35
        if len(words) > _LONG:
            points -= 0.3
        yield Candidate(points, span.start, span.end, "", "title")


def _count_letters(words: str) -> int:
    return sum(map(str.isalpha, words))


def choose_title(annotated: AnnotatedText, found: Sequence[Candidate[str]]) -> Span | None:
    """Return the place of the title; ``None`` where the text has no words.

    ``found`` are the lines that may be the title, the best first.
    """
    if annotated.source.title is not None:
        return annotated.source.title
    if not found:
        sentence = annotated.sentences[0]
        return (
            Span(sentence.start, sentence.end)
            if annotated.text[sentence.start : sentence.end].strip()
            else None
        )
    span = Span(found[0].start, found[0].end)
    first = annotated.sentence_at(span.start)
    if span.end - span.start > _LONG and first.end < span.end:
        return Span(first.start, first.end)
    return span
