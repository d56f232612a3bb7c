"""What is known about a language, ready to use."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from pathlib import Path
from typing import Any

from normalizers import lexicon_files
from normalizers.lexicon_files import MONTHS, WEEKDAYS, LexiconError
from normalizers.phrases import Phrases, alternatives, beginnings
from normalizers.text.places import ByWord
from vocabulary.matching import normalize_for_match

INTERNATIONAL = "en"
"""The language whose months notices of all languages print, and that reads what has no lexicon."""

_PREFIXES = {"applicants": "applicant.", "kinds": "kind.", "names": "name.", "areas": "name.area_"}
"""What the families of phrases outside the cues are called among all."""


@dataclass(frozen=True, slots=True, eq=False)
class Profile:
    """The little that is needed to recognise a language."""

    code: str
    words: frozenset[str]
    weak_words: frozenset[str]


class Lexicon:
    """Everything that is known about one language."""

    def __init__(self, folder: Path) -> None:
        """Read a language's folder; raise :class:`LexiconError` at the first mistake."""
        sections = lexicon_files.read_folder(folder)
        for name in ("words", "scales", "currencies"):
            sections["numbers"][name] = sections.pop(name)
        self.table: Mapping[str, Mapping[str, Any]] = sections
        """All families by section, as the files write them."""
        language = sections["language"]
        self.code: str = folder.name
        self.zone: str = language["zone"]
        """IANA zone of the hours that its notices print."""
        self.country: str = language["country"]
        self.currency: str | None = language.get("currency")
        """ISO 4217 code of amounts without a currency."""
        self.month_first: bool = language.get("month_first", False)
        """Whether a date may begin with its month: ``March 3``."""
        self.decimal: str = sections["numbers"]["decimal"]
        self.months = tuple(
            tuple(map(normalize_for_match, sections["months"][name])) for name in MONTHS
        )
        """The printed forms of each month, normalised."""
        self.weekdays = tuple(
            tuple(map(normalize_for_match, sections["weekdays"].get(name, ()))) for name in WEEKDAYS
        )
        families: dict[str, list[str]] = dict(sections["cues"])
        for section, prefix in _PREFIXES.items():
            families |= {f"{prefix}{name}": held for name, held in sections[section].items()}
        self.phrases = Phrases(families, partial(_place, folder))
        self.boilerplate = frozenset(self.strings("lines", "boilerplate"))
        """Lines of a page that are no content."""
        self.sections = frozenset(self.strings("lines", "sections"))
        """Lines that name a part of a page or site, and so are no title."""
        self.standing = frozenset(self.strings("lines", "standing"))
        """What stands alone where a deadline is asked for, and says that there is none."""
        self.own_funds = frozenset(self.strings("lines", "own_funds"))
        """What stands where a programme would, and says that there is none behind."""
        self.statuses = {
            normalize_for_match(word): name
            for name, words in sections["statuses"].items()
            for word in words
        }
        """``open``, ``closed`` or ``forthcoming`` by the word that says so."""

    def strings(self, section: str, name: str) -> list[str]:
        """Return the words of a family, normalised; empty where the files have none."""
        return [normalize_for_match(item) for item in self.table[section].get(name, ())]

    def words_in_order(self, section: str, name: str) -> list[str]:
        """Return the words of a family as the files write them, the longest first."""
        return sorted(self.table[section].get(name, ()), key=lambda word: (-len(word), word))

    def mapping(self, section: str, name: str) -> dict[str, Any]:
        """Return a table of a section by normalised key; empty where the files have none."""
        return {
            normalize_for_match(key): value
            for key, value in self.table[section].get(name, {}).items()
        }

    def alternatives(self, name: str) -> str:
        """Return a regular expression of all phrases of a family of cues; it never captures."""
        return alternatives(self._strong_and_weak(name))

    def beginnings(self, name: str) -> ByWord[bool]:
        """Return what tells of a word whether a phrase of a family of cues may begin with it."""
        return beginnings(self._strong_and_weak(name))

    def _strong_and_weak(self, name: str) -> Sequence[str]:
        cues = self.table["cues"]
        return (*cues.get(name, ()), *cues.get(f"{name}_weak", ()))


def load(code: str) -> Lexicon:
    """Return the lexicon of a language (``hr``; a region as in ``pt-BR`` is ignored).

    Raises :class:`LexiconError` where there is none, or where a file has a mistake. Phrases are
    compiled when a text first needs them; ``load(code).phrases.check()`` compiles all.
    """
    return _load(code.split("-", maxsplit=1)[0].lower(), lexicon_files.more_places())


@lru_cache(maxsize=64)
def _load(code: str, more: str) -> Lexicon:
    folders = lexicon_files.folders_with(more)
    if code not in folders:
        known = ", ".join(folders)
        raise LexiconError(f"no lexicon for the language {code!r}; there are: {known}")
    return Lexicon(folders[code])


def languages() -> tuple[str, ...]:
    """Return the codes of all languages that have a lexicon, in alphabetical order."""
    return tuple(lexicon_files.folders())


def profiles() -> tuple[Profile, ...]:
    """Return what is needed to recognise each language; only ``language.toml`` is read."""
    return _profiles(lexicon_files.more_places())


@lru_cache(maxsize=8)
def _profiles(more: str) -> tuple[Profile, ...]:
    return tuple(map(_profile, lexicon_files.folders_with(more).values()))


def _profile(folder: Path) -> Profile:
    language = lexicon_files.read_language(folder)
    if "words" not in language:
        path = lexicon_files.where(folder / "language.toml")
        raise LexiconError(f"{path}: the family 'words' is missing")
    return Profile(
        folder.name,
        frozenset(word.lower() for word in language["words"]),
        frozenset(word.lower() for word in language.get("weak_words", ())),
    )


def _place(folder: Path, name: str, phrase: str) -> str:
    """Return where the phrase of a family, with its prefix, is written."""
    family = re.sub(r"^(?:applicant|kind|name)\.(?:area_)?", "", name)
    return lexicon_files.place_of(folder, family, phrase)
