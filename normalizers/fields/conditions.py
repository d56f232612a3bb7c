"""Collect the sentences that say what an applicant or a project must be."""

from normalizers.reading import Reading
from schema.spans import Span

_MOST = 12
_SHORTEST, _LONGEST = 25, 500


def find_conditions(reading: Reading) -> list[Span]:
    """Return the sentences with a condition of eligibility, in order, at most twelve."""
    found: list[Span] = []
    seen = set()
    for mark in reading.marks_of("condition", "excluded"):
        index = reading.sentence_index(mark.start)
        if index in seen:
            continue
        seen.add(index)
        sentence = reading.sentences[index]
        text = reading.text[sentence.start : sentence.end]
        end = sentence.start + len(text.rstrip())
        if _SHORTEST <= end - sentence.start <= _LONGEST:
            found.append(Span(sentence.start, end))
        if len(found) == _MOST:
            break
    return found
