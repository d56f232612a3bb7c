"""Search only where a match can begin: several times faster than a search of the whole text.

The surprise: the answer is that of ``finditer`` for any pattern whose matches all begin at one of
the places, so the places are a claim about the pattern.
"""

import re
from collections.abc import Iterable, Iterator

_NUMBER = re.compile(r"\d(?<![\d_].)")


def number_places(text: str) -> list[int]:
    """Return where each number begins, also at the end of a word: ``Scadenza9/6/2023``."""
    return [match.start() for match in _NUMBER.finditer(text)]


def matches_at(
    places: Iterable[int], pattern: re.Pattern[str], text: str
) -> Iterator[re.Match[str]]:
    """Yield the matches that begin at the places, which are in order; none overlaps the last."""
    end = 0
    for place in places:
        if place >= end and (match := pattern.match(text, place)):
            end = match.end()
            yield match
