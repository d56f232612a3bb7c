"""One entry of the authority file, and how it is read from TOML.

The surprise: files are TOML, but are not read by ``tomllib`` unless they must be. Its speed is
about 1.5 MB/s, five times too slow for something that every process loads. An entry is written
with one key a line and values that JSON reads alike, so lines are read by :mod:`json`; a file with
anything else in it goes to ``tomllib`` as a whole. A test compares both on every file.
"""

import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

Kind = Literal["fund", "programme", "action"]
Recurs = Literal["half-yearly", "yearly", "every-two-years", "continuous", "irregular"]

ANY_LANGUAGE = "mul"
"""Key of names that are the same in all languages ("multiple languages" in ISO 639-2)."""

_KINDS = frozenset(get_args(Kind))
_RECURS = frozenset(get_args(Recurs))
_TABLE = re.compile(r"\[([a-z0-9]+(?:-[a-z0-9]+)*)\]")
_KEY = re.compile(r"([a-z_]+)(?:\.([a-z]+))?")
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")
_AREA = re.compile(r"[A-Z]{2}[A-Z0-9]{0,3}")
_COUNTRIES = {"uk": "GB"}
"""Scopes whose country has another code in ISO 3166."""
_FIRST_YEAR, _LAST_YEAR = 1900, 2100
_Reader = Callable[[object], Any]
"""Reads the value of a key for :class:`Action`; raises ``ValueError``."""


class ActionsError(Exception):
    """The authority file can't be used; the message names file, entry and key."""


@dataclass(frozen=True, slots=True)
class Action:
    """A fund, a programme or a recurring action.

    Names and abbreviations are by language (ISO 639-1, or :data:`ANY_LANGUAGE`); the first name of
    a language is the official one. Ask :meth:`official_name` for what may be shown as official.
    """

    id: str
    scope: str
    """Stem of the file: ``eu-funds``, ``interreg``, ``hr``, ``it-regions`` …"""
    kind: Kind
    names: Mapping[str, tuple[str, ...]]
    abbreviations: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """Short forms as they are printed; unlike names, their capitals matter (``LIFE``, ``POR``)."""
    descriptive: bool = False
    """Its names are ordinary words too ("Town twinning", "Javni rad"): in a text they count only
    beside the name of its parent or issuer, or a code of its calls."""
    parents: tuple[str, ...] = ()
    """The programme that an action belongs to, or the funds that pay a programme."""
    follows: str | None = None
    """The entry that this one succeeds in an earlier period."""
    period: tuple[int | None, int | None] = (None, None)
    """First and last year; no first one: not known, no last one: still running, or not known."""
    code_prefixes: tuple[str, ...] = ()
    """How the codes of its calls begin; ``YYYY`` stands for the year: ``LIFE-YYYY-CET``."""
    areas: tuple[str, ...] = ()
    """Where it pays: countries (ISO 3166) or regions (NUTS); a national one's country if unsaid."""
    issuer: str | None = None
    """The body that runs it, by its own name."""
    address: str | None = None
    """Host and path of its official page, without a scheme."""
    recurs: Recurs | None = None
    source: str | None = None
    """The act or the public page that the entry rests on."""
    unverified: bool = False
    """From general knowledge only: may be recognised, and is never shown as official."""

    @property
    def first_year(self) -> int | None:
        """The year in which it began, if known."""
        return self.period[0]

    @property
    def last_year(self) -> int | None:
        """The year in which its period ends, unless it still runs."""
        return self.period[1]

    @property
    def country(self) -> str | None:
        """The country (ISO 3166) of a national or regional entry."""
        return _country(self.scope)

    def official_name(self, language: str) -> str | None:
        """Return the official name in a language; ``None`` if unknown or unverified."""
        return None if self.unverified else self.best_known_name(language)

    def best_known_name(self, language: str) -> str | None:
        """Return the name in a language, official or not: for matching and for review."""
        names = self.names.get(language) or self.names.get(ANY_LANGUAGE)
        return names[0] if names else None

    def valid_in(self, year: int, late: int = 0) -> bool:
        """Tell whether the period has the year; an open end has all.

        Programmes of the structural funds publish calls up to three years after their period
        (``late=3``).
        """
        first, last = self.period
        return (first is None or first <= year) and (last is None or year <= last + late)


def read_scope(path: Path) -> Iterator[Action]:
    """Yield the entries of a file; raise :class:`ActionsError` where one has a wrong shape."""
    text = path.read_text(encoding="utf-8")
    tables = parse_lines(text)
    if tables is None:
        try:
            tables = tomllib.loads(text)
        except tomllib.TOMLDecodeError as error:
            raise ActionsError(f"{path.name}: not TOML: {error}") from None
    for slug, table in tables.items():
        if not isinstance(table, dict):
            raise ActionsError(f"{path.name}: {slug}: stands outside an entry")
        yield _read_entry(path.stem, slug, table)


def parse_lines(text: str) -> dict[str, Any] | None:
    """Return the tables of a file that is written with one key a line; ``None`` if it is not.

    A repeated table or key gives ``None`` too: ``tomllib`` then says where it stands.
    """
    tables: dict[str, Any] = {}
    places: list[tuple[dict[str, Any], str, str]] = []
    written: list[str] = []
    table: dict[str, Any] | None = None
    for line in text.split("\n"):
        if not line or line[0] == "#":
            continue
        key, equals, value = line.partition(" = ")
        if equals and table is not None:
            names = _key(key)
            if names is None:
                return None
            places.append((table, *names))
            written.append(value)
        elif (head := _TABLE.fullmatch(line)) and head[1] not in tables:
            table = tables[head[1]] = {}
        else:
            return None
    return tables if _fill(places, written) else None


def _fill(places: list[tuple[dict[str, Any], str, str]], written: list[str]) -> bool:
    """Put values into their places; tell whether all were fit. One call of JSON is the fast way."""
    try:
        values = json.loads(f"[{','.join(written)}]")
    except ValueError:
        return False
    if len(values) != len(places):
        return False
    for (table, key, language), value in zip(places, values, strict=True):
        target = table.setdefault(key, {}) if language else table
        last = language or key
        if value is None or not isinstance(target, dict) or last in target:
            return False
        target[last] = value
    return True


@cache
def _key(written: str) -> tuple[str, str] | None:
    """Return a key and its language, or an empty one; ``None`` for what is no key."""
    match = _KEY.fullmatch(written)
    return (match[1], match[2] or "") if match else None


def _read_entry(scope: str, slug: str, table: dict[str, Any]) -> Action:
    where = f"{scope}.toml: {slug}"
    if not _SLUG.fullmatch(slug):
        raise ActionsError(f"{where}: an id is lower-case letters, digits and single dashes")
    if unknown := sorted(table.keys() - _READERS.keys()):
        raise ActionsError(f"{where}: {unknown[0]}: unknown key; one of {', '.join(_READERS)}")
    facts: dict[str, Any] = {}
    for key, value in table.items():
        try:
            facts[_FIELDS.get(key, key)] = _READERS[key](value)
        except ValueError as error:
            raise ActionsError(f"{where}: {key}: {error}") from None
    for needed in ("kind", "names"):
        if needed not in facts:
            raise ActionsError(f"{where}: {needed}: missing")
    country = _country(scope)
    if country is not None:
        facts.setdefault("areas", (country,))
    return Action(id=slug, scope=scope, **facts)


def _country(scope: str) -> str | None:
    first = scope.partition("-")[0]
    if len(first) != 2 or first == "eu":
        return None
    return _COUNTRIES.get(first, first.upper())


def _words(value: object) -> str:
    if not isinstance(value, str) or not value.strip() or value != value.strip():
        raise ValueError(f"{value!r} is no text, or has spaces around it")
    return value


def _list(value: object) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError("must be a list of texts, and not empty")
    texts = tuple(map(_words, value))
    if len(texts) > 1 and len(set(texts)) < len(texts):
        raise ValueError("names something twice")
    return texts


def _by_language(value: object) -> dict[str, tuple[str, ...]]:
    tables = value if isinstance(value, dict) else {}
    if not tables:
        raise ValueError(f"must be by language: ….en, or ….{ANY_LANGUAGE} for all")
    for language in tables:
        if not _is_language(language):
            raise ValueError(f"{language!r} is no language (ISO 639)")
    return {language: _list(texts) for language, texts in tables.items()}


@cache
def _is_language(code: str) -> bool:
    return _LANGUAGE.fullmatch(code) is not None


def _one_or_more(value: object) -> tuple[str, ...]:
    return (_words(value),) if isinstance(value, str) else _list(value)


def _period(value: object) -> tuple[int, int | None]:
    years = value if isinstance(value, list) else []
    if len(years) not in {1, 2} or not all(type(year) is int for year in years):
        raise ValueError("must be [first year, last year], or [first year] while it runs")
    if not all(_FIRST_YEAR <= year <= _LAST_YEAR for year in years):
        raise ValueError(f"{value!r} is no period of years")
    if years != sorted(years):
        raise ValueError(f"{value!r} ends before it begins")
    return years[0], years[1] if len(years) == 2 else None


def _areas(value: object) -> tuple[str, ...]:
    areas = _list(value)
    for area in areas:
        if not _AREA.fullmatch(area):
            raise ValueError(f"{area!r} is neither a country (ISO 3166) nor a region (NUTS)")
    return areas


def _choice(choices: frozenset[str]) -> _Reader:
    def read(value: object) -> object:
        if not isinstance(value, str) or value not in choices:
            raise ValueError(f"{value!r} is not one of {', '.join(sorted(choices))}")
        return value

    return read


def _flag(value: object) -> bool:
    if value is not True:
        raise ValueError("is true, or is left out")
    return True


_READERS: dict[str, _Reader] = {
    "kind": _choice(_KINDS),
    "parent": _one_or_more,
    "follows": _words,
    "period": _period,
    "names": _by_language,
    "abbreviations": _by_language,
    "descriptive": _flag,
    "code_prefixes": _list,
    "areas": _areas,
    "issuer": _words,
    "address": _words,
    "recurs": _choice(_RECURS),
    "source": _words,
    "unverified": _flag,
}
"""What reads the value of each key."""
_FIELDS = {"parent": "parents"}
"""Keys whose field has another name."""
