"""Search only where a match can begin: several times faster than a search of the whole text.

The surprise: the answer is that of ``finditer`` for any pattern whose matches all begin at one of
the places, so the places are a claim about the pattern.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import accumulate, compress
from typing import TypeVar

T = TypeVar("T")

_KEPT = 1 << 14
_WORD = re.compile(r"(\w\w*)")
"""``+`` would say the same, but a set that stands alone at the beginning is searched faster."""
_HEAD = re.compile(r"[^\W\d_]+|\d*")
_NUMBER = re.compile(r"\d(?<![\d_].)")


class ByWord(dict[str, T]):
    """What a function says of each word, remembered; it begins anew when it holds too many."""

    def __init__(self, tell: Callable[[str], T]) -> None:
        super().__init__()
        self._tell = tell

    def __missing__(self, word: str) -> T:
        if len(self) >= _KEPT:
            self.clear()
        told = self[word] = self._tell(word)
        return told


def head(word: str) -> str:
    """Return the letters or the digits with which a word begins: ``imprese1`` has a footnote."""
    return _HEAD.match(word)[0]  # type: ignore[index]  # it also matches nothing


def begins(names: Iterable[str]) -> ByWord[bool]:
    """Return what tells of a word whether one of the names may begin with it."""
    heads = frozenset(map(head, names)) - {""}
    return ByWord(lambda word: head(word) in heads)


class Words:
    """The words of a text, with their digits, and where each begins."""

    __slots__ = ("starts", "text", "words")

    def __init__(self, text: str) -> None:
        parts = _WORD.split(text)
        self.text = text
        self.words = parts[1::2]
        self.starts = list(accumulate(map(len, parts)))[:-1:2]

    def numbers(self) -> list[int]:
        """Return where each number begins, also at the end of a word: ``Scadenza9/6/2023``."""
        places: list[int] = []
        for word, start in zip(self.words, self.starts, strict=True):
            if word.isalpha():
                continue
            if word.isdecimal():
                places.append(start)
            else:
                places += (start + match.start() for match in _NUMBER.finditer(word))
        return places

    def places(self, wanted: Mapping[str, bool]) -> list[int]:
        """Return where the wanted words stand."""
        return list(compress(self.starts, map(wanted.__getitem__, self.words)))


def matches_at(
    places: Iterable[int], pattern: re.Pattern[str], text: str
) -> Iterator[re.Match[str]]:
    """Yield the matches that begin at the places, which are in order; none overlaps the last."""
    end = 0
    for place in places:
        if place >= end and (match := pattern.match(text, place)):
            end = match.end()
            yield match
