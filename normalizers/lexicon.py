"""Load what is known about a language, and mark in a text every phrase that it knows.

The surprise: one pass over the words finds the phrases of all families at once. A phrase is filed
under its first word and the first letter of its second; those that may stand at one place are one
expression, compiled when a text first has such a place. Patterns in the TOML files are phrases with
a small notation, described in :func:`compile_phrase`.
"""

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from itertools import islice
from typing import Any, NamedTuple

from normalizers.text.folding import fold
from normalizers.text.places import ByWord, Words, head
from schema.calls import ApplicantType

LANGUAGES = ("hr", "it", "en", "sl", "de", "fr", "es", "pl", "pt", "ro")
"""The configured languages: each has its ``lexicons/<language>.toml``."""

_KEY = 3
"""Letters by which phrases are filed; a stem has no fewer."""
_COMPILED = 1 << 14
"""Sets of phrases that are kept compiled, for each language."""
_END = r"(?![^\W\d])"
_TRAILING = re.compile(r"(?:\s*\([^()]*\)\?|\s+_)+\s*$")
_GAP = r"[^\w.;:!?|]{1,3}"
_UNKNOWN = r"(?:\w+" + _GAP + r"){0,4}?"
_SECTIONS = {
    "language": {"name", "words", "weak_words", "zone", "country", "currency"},
    "dates": {"months", "weekdays", "until", "since", "joiner", "next", "noon", "midnight",
              "hour_before", "hour_after", "month_first", "ordinal", "year_word", "of",
              "day_words", "in_year"},
    "numbers": {"words", "scales", "currencies", "decimal", "range", "of", "plus", "half",
                "percent"},
    "cues": None,
    "applicants": None,
    "kinds": None,
    "names": None,
    "lines": {"boilerplate", "own_funds", "sections", "standing"},
    "projects": {"nouns", "verbs"},
    "statuses": {"open", "closed", "forthcoming"},
}  # fmt: skip
_APPLICANTS = frozenset(ApplicantType)
_REQUIRED = ("language", "dates", "numbers", "cues", "applicants", "kinds")


class LexiconError(Exception):
    """A lexicon file cannot be used; the message names the file, the place and the remedy."""


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


@dataclass(frozen=True, slots=True)
class Profile:
    """The little that is needed to recognise a language."""

    code: str
    words: frozenset[str]
    weak_words: frozenset[str]


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
    """Matches at a place of a folded text; each group is what one family's phrases found.

    ``None`` where every phrase is the word alone, so that all of them are there.
    """
    families: tuple[tuple[str, bool], ...]
    """The families of the groups, and whether their phrases are strong."""


class Phrases:
    """Families of phrases, findable in a folded text in one pass."""

    def __init__(self, families: Mapping[str, list[str]], where: str) -> None:
        self._where = where
        self._filed: dict[str, list[tuple[Beginning, _Phrase]]] = {}
        for name, phrases in families.items():
            family, strong = name.removesuffix("_weak"), not name.endswith("_weak")
            for phrase in phrases:
                try:
                    beginnings, pattern = compile_phrase(phrase)
                except ValueError as error:
                    raise LexiconError(f"{where}: {name}: {phrase!r}: {error}") from None
                filed = _Phrase(phrase, pattern, family, strong)
                for each in beginnings:
                    self._filed.setdefault(each.word[:_KEY], []).append((each, filed))
        self._shelves = ByWord(self._fill_shelf)
        self._compile = lru_cache(_COMPILED)(self._compile_all)

    def scan(self, words: Words) -> Iterator[Mark]:
        """Yield every phrase met in a folded text, by place; no two of a family overlap."""
        folded = words.text
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
            elif (match := place.match(folded, start)) is not None:
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
                place = f"{self._where}: {each.family}: {each.written!r}"
                raise LexiconError(f"{place}: not a pattern ({error})") from None

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
        longest_first = (sorted(patterns, key=len, reverse=True) for patterns in families.values())
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
    folded = _TRAILING.sub("", fold(phrase.strip()))
    pattern = _pattern(folded)
    return set(_beginnings(folded)), pattern


def _pattern(folded: str) -> str:
    if not folded:
        raise ValueError("an empty phrase")
    if folded.count("(") != folded.count(")"):
        raise ValueError("unbalanced brackets")
    colon = folded.endswith(":")
    folded = folded.removesuffix(":").rstrip()
    out: list[str] = []
    for character in folded:
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


def _beginnings(folded: str) -> Iterator[Beginning]:
    """Yield the ways in which a phrase may begin, alternatives spelled out."""
    word = head(folded)
    rest = folded[len(word) :]
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


class Lexicon:
    """Everything that is known about one language, ready to use."""

    def __init__(self, code: str, table: Mapping[str, Any], where: str) -> None:
        self.code = code
        self.table = table
        language = table["language"]
        self.zone: str = language["zone"]
        self.country: str = language["country"]
        self.currency: str | None = language.get("currency")
        self.decimal: str = table["numbers"]["decimal"]
        families: dict[str, list[str]] = dict(table["cues"])
        for section in ("applicants", "kinds", "names"):
            for name, phrases in table.get(section, {}).items():
                prefix = {"applicants": "applicant", "kinds": "kind", "names": "name"}[section]
                families[f"{prefix}.{name}"] = phrases
        self.phrases = Phrases(families, where)
        lines = table.get("lines", {})
        self.boilerplate = frozenset(fold(line) for line in lines.get("boilerplate", ()))
        self.sections = frozenset(fold(line) for line in lines.get("sections", ()))
        self.standing = frozenset(fold(line) for line in lines.get("standing", ()))
        self.own_funds = frozenset(fold(line) for line in lines.get("own_funds", ()))
        """What stands where a programme would, and says that there is none behind."""
        """What stands alone where a deadline is asked for, and says that there is none."""
        statuses = table.get("statuses", {}).items()
        self.statuses = {fold(word): name for name, words in statuses for word in words}
        """``open``, ``closed`` or ``forthcoming`` by the word that says so."""

    def strings(self, section: str, name: str) -> list[str]:
        """Return a list of the lexicon, folded; empty where the file has none."""
        return [fold(item) for item in self.table.get(section, {}).get(name, ())]

    def alternatives(self, name: str) -> str:
        """Return a regular expression of all phrases of a family of cues; it never captures."""
        phrases = (*self.table["cues"].get(name, ()), *self.table["cues"].get(f"{name}_weak", ()))
        folded = sorted({fold(phrase.strip()) for phrase in phrases}, key=len, reverse=True)
        return "|".join(_pattern(_TRAILING.sub("", phrase)) for phrase in folded) or "(?!)"

    def beginnings(self, name: str) -> ByWord[bool]:
        """Return what tells of a word whether a phrase of a family of cues may begin with it."""
        phrases = (*self.table["cues"].get(name, ()), *self.table["cues"].get(f"{name}_weak", ()))
        ways = {each for phrase in phrases for each in compile_phrase(phrase)[0]}
        words = frozenset(each.word for each in ways if not each.is_stem)
        stems = tuple(each.word for each in ways if each.is_stem)
        return ByWord(lambda word: head(word) in words or word.startswith(stems))

    def mapping(self, section: str, name: str) -> dict[str, Any]:
        """Return a table of the lexicon by folded key; empty where the file has none."""
        return {
            fold(key): value for key, value in self.table.get(section, {}).get(name, {}).items()
        }


@lru_cache(maxsize=32)
def load(code: str) -> Lexicon:
    """Return the lexicon of a configured language (``hr``; a region as in ``pt-BR`` is ignored).

    Raises :class:`LexiconError` where there is none, or where the file has a mistake. Phrases are
    compiled when a text first needs them; ``load(code).phrases.check()`` compiles all.
    """
    return parse(code, _read(code))


def parse(code: str, source: str) -> Lexicon:
    """Make a lexicon of a TOML text; raise :class:`LexiconError` at the first mistake."""
    where = f"lexicons/{code}.toml"
    try:
        table = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        raise LexiconError(f"{where}: not readable as TOML: {error}") from None
    for section, content in table.items():
        if section not in _SECTIONS:
            raise LexiconError(f"{where}: unknown section [{section}]")
        allowed = _SECTIONS[section]
        for name in content:
            if allowed is not None and name not in allowed:
                raise LexiconError(f"{where}: [{section}] has no key {name!r}")
            if section == "applicants" and name.removesuffix("_weak") not in _APPLICANTS:
                raise LexiconError(f"{where}: [applicants] {name} is no applicant type")
            if allowed is None and not _is_phrases(content[name]):
                raise LexiconError(f"{where}: [{section}] {name} must be a list of phrases")
    for section in _REQUIRED:
        if section not in table:
            raise LexiconError(f"{where}: the section [{section}] is missing")
    try:
        return Lexicon(code, table, where)
    except KeyError as error:
        raise LexiconError(f"{where}: the key {error} is missing") from None


def _is_phrases(value: object) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


@lru_cache(maxsize=1)
def profiles() -> tuple[Profile, ...]:
    """Return the recognition profile of every configured language.

    Only the first table of each file is read, so this stays cheap; ``[language]`` must come
    first.
    """
    found = []
    for code in LANGUAGES:
        source = _read(code)
        second = re.search(r"^\[(?!language\])", source, re.MULTILINE)
        head = tomllib.loads(source[: second.start()] if second else source)
        if "language" not in head:
            raise LexiconError(f"lexicons/{code}.toml: [language] must be the first section")
        words = head["language"]
        found.append(
            Profile(
                code,
                frozenset(word.lower() for word in words["words"]),
                frozenset(word.lower() for word in words.get("weak_words", ())),
            )
        )
    return tuple(found)


def _read(code: str) -> str:
    base = code.split("-", maxsplit=1)[0].lower()
    path = files("normalizers") / "lexicons" / f"{base}.toml"
    try:
        return path.read_text(encoding="utf-8")
    except OSError:
        known = ", ".join(LANGUAGES)
        raise LexiconError(f"no lexicon for the language {code!r}; there are: {known}") from None
