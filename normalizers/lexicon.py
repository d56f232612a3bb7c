"""Load what is known about a language, and mark in a text every phrase that it knows.

The surprise: one pass over the words finds the phrases of all families at once, because each
phrase is filed under the first three letters of its first word. Patterns in the TOML files are
phrases with a small notation, described in :func:`compile_phrase`.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files
from typing import Any, NamedTuple

from normalizers.folding import fold
from schema.calls import ApplicantType

LANGUAGES = ("hr", "it", "en", "sl", "de", "fr", "es", "pl", "pt", "ro")
"""The configured languages: each has its ``lexicons/<language>.toml``."""

_KEY = 3
_WORD = re.compile(r"\w+")
_TRAILING = re.compile(r"(?:\s*\([^()]*\)\?|\s+_)+\s*$")
_GAP = r"[^\w.;:!?|]{1,3}"
_UNKNOWN = r"(?:\w+" + _GAP + r"){0,4}?"
_SECTIONS = {
    "language": {"name", "words", "weak_words", "zone", "country", "currency"},
    "dates": {"months", "weekdays", "until", "since", "joiner", "next", "noon", "midnight",
              "hour_before", "hour_after", "month_first", "ordinal", "year_word", "of",
              "day_words"},
    "numbers": {"words", "scales", "currencies", "decimal", "range", "of", "plus", "percent"},
    "cues": None,
    "applicants": None,
    "kinds": None,
    "names": None,
    "lines": {"boilerplate", "sections"},
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


@dataclass(frozen=True, slots=True)
class Profile:
    """The little that is needed to recognise a language."""

    code: str
    words: frozenset[str]
    weak_words: frozenset[str]


class _Entry:
    """Phrases of one family under one key, compiled when they are first needed."""

    __slots__ = ("_compiled", "family", "phrases", "strong")

    def __init__(self, family: str, strong: bool) -> None:
        self.family = family
        self.strong = strong
        self.phrases: list[str] = []
        self._compiled: re.Pattern[str] | None = None

    def match(self, folded: str, position: int) -> re.Match[str] | None:
        if self._compiled is None:
            body = "|".join(sorted(self.phrases, key=len, reverse=True))
            self._compiled = re.compile(f"(?:{body})")
        return self._compiled.match(folded, position)


class Phrases:
    """Families of phrases, findable in a folded text in one pass."""

    def __init__(self, families: Mapping[str, list[str]], where: str) -> None:
        self._index: dict[str, dict[tuple[str, bool], _Entry]] = {}
        for name, phrases in families.items():
            family, strong = (
                (name.removesuffix("_weak"), False) if name.endswith("_weak") else (name, True)
            )
            for phrase in phrases:
                try:
                    keys, pattern = compile_phrase(phrase)
                except ValueError as error:
                    raise LexiconError(f"{where}: {name}: {phrase!r}: {error}") from None
                for key in keys:
                    entries = self._index.setdefault(key, {})
                    entry = entries.setdefault((family, strong), _Entry(family, strong))
                    entry.phrases.append(pattern)

    def scan(self, folded: str) -> Iterator[Mark]:
        """Yield every phrase met, by place; a family's phrases do not overlap one another."""
        index = self._index
        last: dict[str, int] = {}
        for word in _WORD.finditer(folded):
            start = word.start()
            entries = index.get(folded[start : min(start + _KEY, word.end())])
            if entries is None:
                continue
            for (family, strong), entry in entries.items():
                match = entry.match(folded, start)
                if match is None:
                    continue
                end = match.end()
                if last.get(family, -1) >= end:
                    continue
                last[family] = end
                yield Mark(start, end, family, strong)


def compile_phrase(phrase: str) -> tuple[set[str], str]:
    """Return the keys under which a phrase is filed and its regular expression.

    Notation: words as printed, in any case, with or without diacritics; ``*`` ends a stem;
    ``(a|b)`` alternatives; ``(a )?`` optional, with its space; ``_`` up to four unknown words; a
    final ``:`` must be printed. Anything else is taken literally.
    """
    folded = _TRAILING.sub("", fold(phrase.strip()))
    pattern = _pattern(folded)
    return {_key(head) for head in _heads(folded.removesuffix(":").rstrip())}, pattern


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
    pattern += r"(?!\w)" + (r"\s{0,2}:" if colon else "")
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"not a pattern ({error})") from None
    return pattern


def _heads(folded: str) -> list[str]:
    """Return the possible beginnings of a phrase, alternatives spelled out."""
    if not folded.startswith("("):
        literal = re.match(r"\w+", folded)
        if literal is None:
            raise ValueError("a phrase begins with a word or with alternatives of words")
        rest = folded[literal.end() :]
        word = literal[0]
        if rest.startswith("?"):
            raise ValueError("the first letters of a phrase cannot be optional")
        if rest.startswith("("):
            close = rest.index(")")
            options = rest[1:close].split("|")
            if rest[close + 1 : close + 2] == "?":
                options.append("")
            return [word + option for option in options] if len(word) < _KEY else [word]
        return [word + "*"] if rest.startswith("*") else [word]
    close = folded.index(")")
    rest = folded[close + 1 :]
    heads: list[str] = []
    if rest.startswith("?"):
        rest = rest[1:]
        heads += _heads(rest)
    for option in folded[1:close].split("|"):
        heads += _heads(option + rest)
    return heads


def _key(head: str) -> str:
    literal = re.match(r"\w+", head)
    if literal is None:
        raise ValueError("a phrase begins with letters or digits")
    word = literal[0]
    if len(word) < _KEY and head[len(word) : len(word) + 1] == "*":
        raise ValueError(f"a stem needs at least {_KEY} letters")
    return word[:_KEY]


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

    def strings(self, section: str, name: str) -> list[str]:
        """Return a list of the lexicon, folded; empty where the file has none."""
        return [fold(item) for item in self.table.get(section, {}).get(name, ())]

    def alternatives(self, name: str) -> str:
        """Return a regular expression of all phrases of a family of cues; it never captures."""
        phrases = (*self.table["cues"].get(name, ()), *self.table["cues"].get(f"{name}_weak", ()))
        folded = sorted({fold(phrase.strip()) for phrase in phrases}, key=len, reverse=True)
        return "|".join(_pattern(_TRAILING.sub("", phrase)) for phrase in folded) or "(?!)"

    def mapping(self, section: str, name: str) -> dict[str, Any]:
        """Return a table of the lexicon by folded key; empty where the file has none."""
        return {
            fold(key): value for key, value in self.table.get(section, {}).get(name, {}).items()
        }


@lru_cache(maxsize=32)
def load(code: str) -> Lexicon:
    """Return the lexicon of a configured language (``hr``; a region as in ``pt-BR`` is ignored).

    Raises :class:`LexiconError` where there is none, or where the file has a mistake.
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
