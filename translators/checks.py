"""Signs that a sentence was not translated, whatever the engine says, or needs no translation."""

import re
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files
from itertools import pairwise

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LETTER = re.compile(r"[^\W\d_]")
_RUN = re.compile(r"(\S)\1{9}")
_ENGLISH_SHARE = 0.7
"""Share of a sentence's words that must be English words of the field to call it English."""
_LOOP = 3
"""How often a group of four words may come back before it is a loop."""


def find_faults(source: str, english: str) -> list[str]:
    """Return the names of what is wrong with a translation: usually nothing.

    ``empty``; ``garbled``: no letter, or bytes that are no text; ``untranslated``: the source came
    back; ``repetition``: the model went round in circles; ``length``: far too much or too little.
    """
    if not english.strip():
        return ["empty"]
    if not _LETTER.search(english) or "\ufffd" in english:
        return ["garbled"]
    faults = []
    before, after = _words(source), _words(english)
    if before == after and _is_prose(source):
        faults.append("untranslated")
    if _goes_round(before, after) or (_RUN.search(english) and not _RUN.search(source)):
        faults.append("repetition")
    if len(after) > 3 * len(before) + 12 or (len(before) >= 12 and len(after) * 4 < len(before)):
        faults.append("length")
    return faults


def is_english(sentence: str) -> bool:
    """Tell whether a sentence of a page in another language is English all the same.

    Strict: a sentence that is only half understood is not English.
    """
    words = [word for word in _words(sentence) if not any(char.isdigit() for char in word)]
    prose = [word for word in words if len(word) > 1]
    known = sum(word in _english() for word in prose)
    return len(prose) >= 2 and known >= 2 and known >= _ENGLISH_SHARE * len(prose)


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]


def _is_prose(text: str) -> bool:
    """Tell whether a sentence is more than names, which are the same in English."""
    words = [word for word in _WORD.findall(text) if len(word) >= 3 and word.isalpha()]
    plain = [word for word in words if not word.istitle()]
    return len(words) >= 3 and len(plain) >= 2


def _goes_round(before: list[str], after: list[str]) -> bool:
    """Tell whether words come back in the translation as they do not in the source."""
    given, made = Counter(_fours(before)), Counter(_fours(after))
    most = max(given.values(), default=1)
    if max(made.values(), default=0) >= _LOOP + most - 1:
        return True
    stutters = sum(left == right for left, right in pairwise(after))
    return stutters >= _LOOP + sum(left == right for left, right in pairwise(before))


def _fours(words: list[str]) -> list[tuple[str, ...]]:
    return list(zip(*(words[at:] for at in range(4)), strict=False))


@cache
def _english() -> frozenset[str]:
    text = files("translators").joinpath("english.toml").read_text(encoding="utf-8")
    return frozenset(word for words in tomllib.loads(text).values() for word in words)
