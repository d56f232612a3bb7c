"""Mark in a text every phrase that a lexicon knows.

One pass over the words finds the phrases of all families at once. A phrase is filed under its
first word and the first letter of its second; those that may stand at one place are one
expression, compiled when a text first has such a place. Phrases are written in a small notation,
described in :func:`compile_phrase`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from normalizers.lexicon_files import LexiconError
from normalizers.text.places import ByWord, Words, head
from vocabulary.matching import normalize_for_match

_KEY = 3
"""Letters by which phrases are filed; a stem has no fewer."""
_COMPILED = 1 << 14
"""Sets of phrases that are kept compiled, for each language."""
_END = r"(?![^\W\d])"
_TRAILING = re.compile(r"(?:\s*\([^()]*\)\?|\s+_)+\s*$")
_GAP = r"[^\w.;:!?|]{1,3}"
_UNKNOWN = r"(?:\w+" + _GAP + r"){0,4}?"


class Mark(NamedTuple):
    """A phrase of the lexicon, met in a text."""

    start: int
    end: int
    family: str
    """What it says: ``deadline``, ``opening``, ``applicant.sme`` …"""
    strong: bool
    """Whether it says so on its own; a weak phrase needs support."""


_mark = tuple.__new__
"""Makes a mark at half the cost of calling its class: a notice has hundreds."""


class _Phrase(NamedTuple):
    """One phrase of the lexicon."""

    written: str
    """As the lexicon writes it."""
    pattern: str
    family: str
    strong: bool


class Beginning(NamedTuple):
    """One way in which a phrase may begin."""

    word: str
    is_stem: bool
    """Whether any letters may follow."""
    ahead: frozenset[str] | None
    """First letters of the word that must follow; empty: the phrase ends, ``None``: any may."""


class _Place(NamedTuple):
    """All phrases that may stand at a word before a word with a certain first letter."""

    match: Callable[[str, int], re.Match[str] | None] | None
    """Matches at a place of a normalised text; each group is what one family's phrases found.

    ``None`` where every phrase is the word alone, so that all of them are there.
    """
    families: tuple[tuple[str, bool], ...]
    """The families of the groups, and whether their phrases are strong."""


class Phrases:
    """Families of phrases, findable in a normalised text in one pass."""

    def __init__(
        self, families: Mapping[str, list[str]], locate: Callable[[str, str], str]
    ) -> None:
        """File the phrases of each family; ``locate`` tells where one is written, for errors."""
        self._locate = locate
        self._filed: dict[str, list[tuple[Beginning, _Phrase]]] = {}
        for name, phrases in families.items():
            family, strong = name.removesuffix("_weak"), not name.endswith("_weak")
            for phrase in phrases:
                try:
                    beginnings, pattern = compile_phrase(phrase)
                except ValueError as error:
                    raise LexiconError(f"{locate(name, phrase)}: {phrase!r}: {error}") from None
                filed = _Phrase(phrase, pattern, family, strong)
                for each in beginnings:
                    self._filed.setdefault(each.word[:_KEY], []).append((each, filed))
        self._shelves = ByWord(self._fill_shelf)
        self._compile = lru_cache(_COMPILED)(self._compile_all)

    def scan(self, words: Words) -> Iterator[Mark]:
        """Yield every phrase met in a normalised text, by place; no two of a family overlap."""
        normalized = words.text
        last: dict[str, int] = {}
        letters = [word[0] for word in words.words]
        letters.append("")
        shelves = map(self._shelves.__getitem__, words.words)
        ahead = islice(letters, 1, None)
        places = zip(shelves, ahead, words.words, words.starts, strict=True)
        for shelf, letter, word, start in places:
            if shelf is None or (place := shelf[letter]) is None:
                continue
            if place.match is None:
                end = start + len(word)
                for family, strong in place.families:
                    if last.get(family, -1) < end:
                        last[family] = end
                        yield _mark(Mark, (start, end, family, strong))
            elif (match := place.match(normalized, start)) is not None:
                for (family, strong), found in zip(place.families, match.groups(), strict=True):
                    if found is not None and last.get(family, -1) < (end := start + len(found)):
                        last[family] = end
                        yield _mark(Mark, (start, end, family, strong))

    def check(self) -> None:
        """Compile every phrase alone; raise :class:`LexiconError` where one is no pattern."""
        for each in {each for filed in self._filed.values() for _, each in filed}:
            try:
                re.compile(each.pattern)
            except re.error as error:
                name = each.family if each.strong else f"{each.family}_weak"
                place = self._locate(name, each.written)
                raise LexiconError(f"{place}: {each.written!r}: not a pattern ({error})") from None

    def _fill_shelf(self, word: str) -> ByWord[_Place | None] | None:
        """Return, for each letter with which the next word begins, what may stand at a word."""
        name = head(word)
        ways = [
            (each, phrase)
            for each, phrase in self._filed.get(name[:_KEY], ())
            if name == each.word or (each.is_stem and name.startswith(each.word))
        ]

        def fill_place(letter: str) -> _Place | None:
            fitting = [way for way in ways if not way[0].ahead or letter in way[0].ahead]
            if not fitting:
                return None
            alone = name == word and all(each.ahead == frozenset() for each, _ in fitting)
            return self._compile(tuple(dict.fromkeys(phrase for _, phrase in fitting)), alone)

        return ByWord(fill_place) if ways else None

    def _compile_all(self, phrases: tuple[_Phrase, ...], alone: bool) -> _Place:
        families: dict[tuple[str, bool], list[str]] = {}
        for each in phrases:
            families.setdefault((each.family, each.strong), []).append(each.pattern)
        if alone:
            return _Place(None, tuple(families))
        longest_first = (
            sorted(patterns, key=lambda pattern: (-len(pattern), pattern))
            for patterns in families.values()
        )
        groups = (f"(?=({'|'.join(patterns)})|)" for patterns in longest_first)
        try:
            return _Place(re.compile("".join(groups)).match, tuple(families))
        except re.error:
            self.check()  # says which phrase it is
            raise


def compile_phrase(phrase: str) -> tuple[set[Beginning], str]:
    """Return the ways in which a phrase may begin, and its expression.

    Notation: words as printed, in any case, with or without diacritics; ``*`` ends a stem;
    ``(a|b)`` alternatives; ``(a )?`` optional, with its space; ``_`` up to four unknown words; a
    final ``:`` must be printed. Anything else is taken literally.
    """
    normalized = _TRAILING.sub("", normalize_for_match(phrase.strip()))
    pattern = _pattern(normalized)
    return set(_beginnings(normalized)), pattern


def alternatives(phrases: Iterable[str]) -> str:
    """Return a regular expression of all phrases, the longest first; it never captures."""
    normalized = sorted(
        {normalize_for_match(phrase.strip()) for phrase in phrases}, key=lambda p: (-len(p), p)
    )
    return "|".join(_pattern(_TRAILING.sub("", phrase)) for phrase in normalized) or "(?!)"


def beginnings(phrases: Iterable[str]) -> ByWord[bool]:
    """Return what tells of a word whether one of the phrases may begin with it."""
    ways = {each for phrase in phrases for each in compile_phrase(phrase)[0]}
    words = frozenset(each.word for each in ways if not each.is_stem)
    stems = tuple(each.word for each in ways if each.is_stem)
    return ByWord(lambda word: head(word) in words or word.startswith(stems))


def _pattern(normalized: str) -> str:
    if not normalized:
        raise ValueError("an empty phrase")
    if normalized.count("(") != normalized.count(")"):
        raise ValueError("unbalanced brackets")
    colon = normalized.endswith(":")
    normalized = normalized.removesuffix(":").rstrip()
    out: list[str] = []
    for character in normalized:
        if character == "*":
            out.append(r"\w*")
        elif character == " ":
            out.append(_GAP)
        elif character == "_":
            out.append(_UNKNOWN)
        elif character in "()|?":
            out.append("(?:" if character == "(" else character)
        else:
            out.append(re.escape(character))
    pattern = "".join(out).replace(_UNKNOWN + _GAP, _UNKNOWN)
    return pattern + _END + (r"\s{0,2}:" if colon else "")


def _beginnings(normalized: str) -> Iterator[Beginning]:
    """Yield the ways in which a phrase may begin, alternatives spelled out."""
    word = head(normalized)
    rest = normalized[len(word) :]
    if rest.startswith("("):
        inside, _, rest = rest[1:].partition(")")
        if "(" in inside:
            raise ValueError("the first brackets of a phrase cannot hold others")
        if rest.startswith("?"):
            rest = rest[1:]
            inside += "|"
        for option in inside.split("|"):
            yield from _beginnings(word + option + rest)
    elif not word:
        raise ValueError("a phrase begins with a word or with alternatives of words")
    elif rest.startswith("?"):
        raise ValueError("the first letters of a phrase cannot be optional")
    elif not rest.startswith("*"):
        yield Beginning(word, False, _ahead(rest))
    elif len(word) < _KEY:
        raise ValueError(f"a stem needs at least {_KEY} letters")
    else:
        yield Beginning(word, True, _ahead(rest[1:]))


def _ahead(rest: str) -> frozenset[str] | None:
    """Return the first letters of the word behind the first, as :class:`Beginning` has them."""
    for place, character in enumerate(rest):
        if character.isalnum():
            told = place > 0 and rest[place + 1 : place + 2] != "?"
            return frozenset(character) if told else None
        if character == "(" and place > 0:
            inside, _, behind = rest[place + 1 :].partition(")")
            if "(" in inside:
                break
            if behind.startswith("?"):
                behind = behind[1:]
                inside += "|"
            options = [_ahead(rest[:place] + option + behind) for option in inside.split("|")]
            return frozenset().union(*filter(None, options)) if all(options) else None
        if character in "(|)?*_":
            break
    return None if rest else frozenset()
