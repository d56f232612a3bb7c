"""Collect the sentences that say what an applicant or a project must be."""

from normalizers.annotation import AnnotatedText
from normalizers.claims import Claim
from normalizers.context import Context
from normalizers.text.letters import shown_words
from schema.calls import Text
from schema.spans import Span

_MOST = 12
_SHORTEST, _LONGEST = 25, 500


def claim_conditions(context: Context) -> Claim[tuple[Text, ...]]:
    """Claim the conditions; each is its own evidence."""
    language, status = context.language.code, context.text_status()
    text = context.annotated.text
    return Claim(
        tuple(
            Text(shown_words(span.quote(text)), language, status=status)
            for span in find_conditions(context.annotated)
        )
    )


def find_conditions(annotated: AnnotatedText) -> list[Span]:
    """Return the sentences with a condition of eligibility, in order, at most twelve."""
    found: list[Span] = []
    seen = set()
    for mark in annotated.marks_of("condition", "excluded"):
        index = annotated.sentence_index(mark.start)
        if index in seen:
            continue
        seen.add(index)
        sentence = annotated.sentences[index]
        text = annotated.text[sentence.start : sentence.end]
        end = sentence.start + len(text.rstrip())
        if _SHORTEST <= end - sentence.start <= _LONGEST:
            found.append(Span(sentence.start, end))
        if len(found) == _MOST:
            break
    return found
