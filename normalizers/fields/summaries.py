"""Say what a call is about in its own words: the portal's summary, or the first real paragraph."""

from normalizers.annotation import AnnotatedText
from normalizers.claims import Claim
from normalizers.context import Context
from normalizers.text.blocks import BlockKind
from normalizers.text.letters import shown_words
from schema.calls import Text
from schema.spans import Span

_LONGEST = 700
_SHORTEST = 80
"""Characters below which a paragraph is a caption or a crumb, not a description."""
_PROSE = frozenset((BlockKind.PARAGRAPH, BlockKind.ITEM))


def claim_summary(context: Context) -> Claim[Text | None]:
    """Claim the summary."""
    span = choose_summary(context.annotated, context.title)
    if span is None:
        return Claim(None)
    language = context.language.code
    words = shown_words(span.quote(context.annotated.text))
    english = words if language == "en" else None
    summary = Text(words, language, english, status=context.text_status())
    return Claim(summary, (context.evidence(span.start, span.end, "summary"),))


def choose_summary(annotated: AnnotatedText, title: Span | None) -> Span | None:
    """Return the stretch of the text that tells what the call is about, whole sentences of it."""
    told = [each.span for each in annotated.labelled if each.field == "summary"]
    after = title.end if title else 0
    prose = [
        block.span
        for block in annotated.source.blocks
        if block.kind in _PROSE
        and block.span.start >= after
        and block.span.end - block.span.start >= _SHORTEST
        and block.span not in annotated.boilerplate
    ]
    span = next(iter([*told, *prose]), None)
    return _shortened(annotated, span) if span else None


def _shortened(annotated: AnnotatedText, span: Span) -> Span:
    if span.end - span.start <= _LONGEST:
        return span
    ends = [
        sentence.end
        for sentence in annotated.sentences
        if span.start < sentence.end <= span.start + _LONGEST
    ]
    end = max(ends, default=span.start + _LONGEST)
    words = annotated.text[span.start : end]
    return Span(span.start, span.start + len(words.rstrip()))
