"""Signs that a sentence was not translated, whatever the engine says, or needs no translation."""

import re
import tomllib
from collections import Counter
from functools import cache
from importlib.resources import files
from itertools import pairwise

from translators.protection import without_values

_WORD = re.compile(r"[^\W_]+(?:-[^\W_]+)*")
_LETTER = re.compile(r"[^\W\d_]")
_RUN = re.compile(r"(\S)\1{9}")
_ENGLISH_SHARE = 0.7
"""Share of a sentence's words that must be English words of the field to call it English."""
_UNKNOWN_SHARE = 0.5
_FEWEST_WORDS = 4
_LOOP = 3
"""How often a group of four words may be repeated."""


def find_faults(source: str, english: str, language: str) -> list[str]:
    """Return the names of what is wrong with a translation: usually nothing.

    ``empty``; ``garbled``: no letter, or bytes that are no text; ``untranslated``: the source came
    back, or other words of its language (a primary subtag); ``unknown-words``: half of the words
    were left as they are; ``repetition``: the same words again and again; ``length``: far too much
    or too little.
    """
    if not english.strip():
        return ["empty"]
    if not _LETTER.search(english) or "\ufffd" in english:
        return ["garbled"]
    faults = []
    before, after = _words(source), _words(english)
    if (before == after and _is_prose(source)) or _is_in(language, english):
        faults.append("untranslated")
    elif left_alone(source, english) >= _UNKNOWN_SHARE:
        faults.append("unknown-words")
    if _goes_round(before, after) or (_RUN.search(english) and not _RUN.search(source)):
        faults.append("repetition")
    if len(after) > 3 * len(before) + 12 or (len(before) >= 12 and len(after) * 4 < len(before)):
        faults.append("length")
    return faults


def left_alone(source: str, english: str) -> float:
    """Return the share of plain words of the English that stand so in the source.

    Capitalised words may be names, and short ones mean little: neither counts. Languages share
    words with English, so that a small share says nothing; 0 where there are too few words.
    """
    words = _WORD.findall(without_values(english))
    plain = [word for word in words if len(word) >= 4 and word.islower()]
    if len(plain) < _FEWEST_WORDS:
        return 0.0
    printed = set(_words(source)) - _english()
    return sum(word in printed for word in plain) / len(plain)


def is_english(sentence: str) -> bool:
    """Tell whether a sentence of a page in another language is English all the same.

    Strict: a sentence that is only half understood is not English.
    """
    words = _words(sentence)
    english = _english()
    if english.isdisjoint(words):
        return False
    known = sum(map(english.__contains__, words))
    if known < 2:
        return False
    prose = [word for word in words if len(word) > 1 and not any(map(str.isdigit, word))]
    return len(prose) >= 2 and known >= _ENGLISH_SHARE * len(prose)


def _is_in(language: str, text: str) -> bool:
    """Tell whether a text has more of a language's small words than of English ones."""
    theirs = _function_words().get(language, frozenset())
    words = _words(without_values(text))
    foreign = sum(word in theirs for word in words)
    return foreign >= 3 and foreign > sum(word in _function_words()["en"] for word in words)


def _words(text: str) -> list[str]:
    return _WORD.findall(text.casefold())


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
def _function_words() -> dict[str, frozenset[str]]:
    text = files("translators").joinpath("function_words.toml").read_text(encoding="utf-8")
    return {language: frozenset(words) for language, words in tomllib.loads(text).items()}


@cache
def _english() -> frozenset[str]:
    text = files("translators").joinpath("english.toml").read_text(encoding="utf-8")
    return frozenset(word for words in tomllib.loads(text).values() for word in words)
