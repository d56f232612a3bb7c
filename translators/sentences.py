"""Split text into sentences without a model, and lose nothing: the parts join to the original.

argostranslate splits with stanza (torch) or MiniSBD (AGPL, onnxruntime); a list of abbreviations
and the habits of official prose do as well here, at no cost.
"""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import NamedTuple

_END = re.compile(r"(?<![.!?…])[.!?…]+[\"'“”’»)\]]*(?=\s)|[。！？](?=.)")
MAX_CHARACTERS = 2_000
"""A line without stops is cut at a space once it is longer, so that no sentence is unbounded."""
_NEAR = 40
"""How far around a stop is looked."""
_OPENERS = "\"'“„«‘([-–—•*"
_LAST_WORD = re.compile(r"[^\s(\[„“«\"']*$")


class SourceSentence(NamedTuple):
    """A sentence and the white space around it, as printed."""

    text: str
    """Without white space at its ends; empty only in a line, or a text, without words."""
    before: str = ""
    after: str = ""


def split_sentences(text: str, language: str) -> list[SourceSentence]:
    """Return the sentences of a text; a line break always ends one.

    ``"".join(s.before + s.text + s.after for s in sentences)`` is the text.
    """
    sentences: list[SourceSentence] = []
    for line in text.splitlines(keepends=True):
        start = 0
        for end in [*_ends(line, language), len(line)]:
            part = line[start:end]
            start = end
            words = part.strip()
            at = part.index(words) if words else len(part)
            if words or not sentences:
                sentences.append(SourceSentence(words, part[:at], part[at + len(words) :]))
            elif part:
                last = sentences[-1]
                sentences[-1] = SourceSentence(last.text, last.before, last.after + part)
    return sentences


def _ends(line: str, language: str) -> list[int]:
    ends: list[int] = []
    start = 0
    ended = len(line.rstrip())  # a stop with nothing behind it ends the line anyway
    found = _END.finditer(line, 0, ended)
    stops = [match.end() for match in found if not _goes_on(line, match, language)]
    if not stops and len(line) <= MAX_CHARACTERS:
        return ends
    for stop in [*stops, len(line)]:
        while stop - start > MAX_CHARACTERS:
            space = line.rfind(" ", start + MAX_CHARACTERS // 2, start + MAX_CHARACTERS)
            start = space if space > start else start + MAX_CHARACTERS
            ends.append(start)
        ends.append(stop)
        start = stop
    return ends[:-1]


def _goes_on(line: str, match: re.Match[str], language: str) -> bool:
    """Tell whether a full stop with space behind it stands within a sentence."""
    following = line[match.end() : match.end() + _NEAR].lstrip().lstrip(_OPENERS).lstrip()
    if not following or following[0].islower():
        return True
    if match[0] != ".":
        return False
    found = _LAST_WORD.search(line[max(0, match.start() - _NEAR) : match.start()])
    word = found[0] if found else ""
    if word.isdigit():
        before = line[max(0, match.start() - _NEAR) : match.start() - len(word)]
        numbers_line = match.start() < _NEAR and not before.strip(" \t-–•*(")
        return len(word) <= 2 and (numbers_line or language in _rules().ordinals)
    if len(word) == 1 and word.isalpha():
        return True  # an initial, or the letter of a list
    return word.casefold() in _rules().abbreviations(language)


@dataclass(frozen=True, slots=True)
class _Rules:
    ordinals: frozenset[str]
    by_language: dict[str, frozenset[str]]

    def abbreviations(self, language: str) -> frozenset[str]:
        return self.by_language.get(language, self.by_language["any"])


@cache
def _rules() -> _Rules:
    text = files("translators").joinpath("abbreviations.toml").read_text(encoding="utf-8")
    data = tomllib.loads(text)
    everywhere = data["abbreviations"]["any"]
    return _Rules(
        frozenset(data["ordinals"]),
        {name: frozenset([*words, *everywhere]) for name, words in data["abbreviations"].items()},
    )
