"""The field's terms by language: a table of labels, a fallback for unknown words, and a check.

A term is found in a text whatever its ending: two words match if they are equal once one of the
language's endings is taken off each.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache
from importlib.resources import files

FOLDER = "terms"
_WORD = re.compile(r"[^\W_]+(?:[-'’.][^\W_]+)*")
_SHORTEST_STEM = 3
_MARKS = " \t:–—-*•"
"""What may stand around a label without being part of it."""
LONGER = 2
"""How many times a label as printed may be as long as the longest term, with all its spaces."""


@dataclass(frozen=True, slots=True)
class Term:
    """A term of the glossary."""

    word: str
    """Its dictionary form in the source language."""
    english: str
    source: str
    """Where term and English stand side by side: a key of the file's ``[sources]``."""


@dataclass(frozen=True, slots=True)
class Use:
    """A term where it stands in a text."""

    term: Term
    start: int
    end: int


class TermGlossary:
    """The terms of one language."""

    def __init__(self, language: str, terms: list[Term], endings: tuple[str, ...]) -> None:
        self.language = language
        self.terms = tuple(terms)
        self._endings = endings
        self._labels = {_folded(term.word): term for term in terms}
        self._longest_label = max(map(len, self._labels), default=0)
        self._by_stem: dict[str, list[tuple[tuple[frozenset[str], ...], Term]]] = {}
        for term in terms:
            words = tuple(self._stems(match[0]) for match in _WORD.finditer(term.word))
            for stem in words[0]:
                self._by_stem.setdefault(stem, []).append((words, term))

    def label(self, text: str) -> str | None:
        """Return the English of a text that is a term and nothing else, with the text's marks."""
        core = text.strip(_MARKS)
        if len(core) > LONGER * self._longest_label:
            return None
        term = self._labels.get(_folded(core))
        if term is None or not core:
            return None
        english = term.english
        if core[0].isupper():
            english = english[0].upper() + english[1:]
        at = text.index(core)
        return text[:at] + english + text[at + len(core) :]

    def uses(self, text: str) -> list[Use]:
        """Return the terms that stand in a text, in order, none inside another."""
        found: list[Use] = []
        words = [(match.start(), match.end(), match[0]) for match in _WORD.finditer(text)]
        at = 0
        while at < len(words):
            longest = self._longest(words, at)
            if longest is None:
                at += 1
                continue
            term, count = longest
            found.append(Use(term, words[at][0], words[at + count - 1][1]))
            at += count
        return found

    def translated_otherwise(self, source: str, english: str) -> list[str]:
        """Return the terms of the source whose English is not among what counts as right."""
        return list(
            dict.fromkeys(
                use.term.word
                for use in self.uses(source)
                if not _right(use.term.english).search(english)
            )
        )

    def fill(self, source: str, english: str) -> str:
        """Return the English with words that were left in the source language put right."""
        left = {match[0].casefold() for match in _WORD.finditer(source)}
        filled: list[str] = []
        start = 0
        for use in self.uses(english):
            words = _WORD.findall(english[use.start : use.end])
            if not all(word.casefold() in left for word in words):
                continue
            shown = use.term.english
            if words[0][0].isupper() and not filled and not english[: use.start].strip(_MARKS):
                shown = shown[0].upper() + shown[1:]
            filled += [english[start : use.start], shown]
            start = use.end
        return "".join([*filled, english[start:]])

    def _longest(self, words: list[tuple[int, int, str]], at: int) -> tuple[Term, int] | None:
        best: tuple[Term, int] | None = None
        for stem in _stems_in_order(words[at][2], self._endings):  # the word as it stands first
            for wanted, term in self._by_stem.get(stem, ()):
                if best is not None and len(wanted) <= best[1]:
                    continue
                there = words[at : at + len(wanted)]
                if len(there) == len(wanted) and all(
                    each & self._stems(word)
                    for each, (_, _, word) in zip(wanted, there, strict=True)
                ):
                    best = term, len(wanted)
        return best

    def _stems(self, word: str) -> frozenset[str]:
        return _stems(word, self._endings)


@cache
def glossary(language: str) -> TermGlossary:
    """Return the glossary of a language (primary subtag); without terms if there is none."""
    file = files("translators").joinpath(FOLDER, f"{language}.toml")
    if language == "english" or not language.isalpha() or not file.is_file():
        return TermGlossary(language, [], ())
    data = tomllib.loads(file.read_text(encoding="utf-8"))
    terms = [
        Term(word, english, data["sources"][group])
        for group, entries in data["terms"].items()
        for word, english in entries.items()
    ]
    return TermGlossary(language, terms, tuple(data["endings"]))


def languages() -> list[str]:
    """Return the languages that have a glossary."""
    names = (file.name for file in files("translators").joinpath(FOLDER).iterdir())
    stems = (name.removesuffix(".toml") for name in names if name.endswith(".toml"))
    return sorted(stem for stem in stems if stem != "english")


def also_right() -> Mapping[str, list[str]]:
    """Return, by preferred English term, the words that count as right beside it."""
    return _also()


@lru_cache(maxsize=20_000)
def _stems(word: str, endings: tuple[str, ...]) -> frozenset[str]:
    return frozenset(_stems_in_order(word, endings))


@lru_cache(maxsize=20_000)
def _stems_in_order(word: str, endings: tuple[str, ...]) -> tuple[str, ...]:
    whole = word.casefold()
    return tuple(dict.fromkeys((whole, *_without(whole, endings))))


def _without(word: str, endings: tuple[str, ...]) -> Iterator[str]:
    for ending in endings:
        if word.endswith(ending) and len(word) - len(ending) >= _SHORTEST_STEM:
            yield word.removesuffix(ending)


def _folded(text: str) -> str:
    return " ".join(text.replace("’", "'").casefold().split())


@cache
def _also() -> dict[str, list[str]]:
    file = files("translators").joinpath(FOLDER, "english.toml")
    also: dict[str, list[str]] = tomllib.loads(file.read_text(encoding="utf-8"))["also"]
    return also


@lru_cache(maxsize=4096)
def _right(english: str) -> re.Pattern[str]:
    """Return a pattern of all that counts as right for a preferred English term."""
    phrases = (english, *_also().get(english, ()))
    patterns = "|".join(r"[\s-]+".join(map(_plural, each.split())) for each in phrases)
    return re.compile(rf"\b(?:{patterns})\b", re.IGNORECASE)


def _plural(word: str) -> str:
    word = re.sub(r"(?<=[^aeiou])ies$", "y", word)
    if word.endswith("y") and word[-2:-1] not in "aeiou":
        return rf"{re.escape(word[:-1])}(?:y|ies)"
    return rf"{re.escape(word)}(?:s|es)?"
