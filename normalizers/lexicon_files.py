"""The files of a language: which there are, what each may say, and what is wrong with one.

A language is a folder of TOML files, named by its BCP 47 code. The folders lie in
``normalizers/lexicons``; :data:`VARIABLE` names further places, whose languages come before those
of the same code here. What each family of phrases is for stands in ``lexicons/_template``.
"""

import os
import re
import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from schema.calls import ApplicantType
from schema.errors import CallboardError

HERE = Path(__file__).parent / "lexicons"
VARIABLE = "CALLBOARD_LEXICONS"
"""Environment variable: further folders of languages, separated as in ``PATH``."""

MONTHS = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip
WEEKDAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_CODE = re.compile(r"[a-z]{2,3}")
_KINDS = (
    "result", "job", "procurement", "consultation", "closed", "event", "plan", "questions",
    "amendment", "howto", "overview",
)  # fmt: skip


class LexiconError(CallboardError):
    """A lexicon cannot be used; the message names file, line and family, and the remedy."""


class _Table(NamedTuple):
    """One table of a file."""

    section: str
    """The section of the lexicon into which its families go."""
    families: frozenset[str] | None
    """``None``: any name may be a key."""
    holds: type = list
    """What each family holds: a list of phrases, a number or a text."""


def _named(section: str, families: str) -> _Table:
    return _Table(section, frozenset(families.split()))


def _cues(families: str) -> _Table:
    """Return a table of cues, each of which may have phrases that need support (``_weak``)."""
    names = families.split()
    return _Table("cues", frozenset((*names, *(f"{name}_weak" for name in names))))


FILES: Mapping[str, Mapping[str, _Table]] = {
    "language": {
        "": _named(
            "language", "name zone country currency words weak_words abbreviations month_first"
        ),
    },
    "dates": {
        "": _named("dates", "until since joiner of ordinal day_words year_word in_year"),
        "months": _Table("months", frozenset(MONTHS)),
        "weekdays": _Table("weekdays", frozenset(WEEKDAYS)),
    },
    "hours": {
        "": _named("dates", "hour_word hour_at hour_before hour_after noon midnight morning "
                            "afternoon"),
    },
    "numbers": {
        "": _named("numbers", "decimal range of plus half percent"),
        "words": _Table("words", None, int),
        "scales": _Table("scales", None, int),
    },
    "money": {
        "": _cues("budget grant_max grant_min grant per_project max_word min_word below cost part "
                  "own aid_ceiling"),
        "currencies": _Table("currencies", None, str),
        "lines": _named("lines", "own_funds"),
    },
    "rates": {"": _cues("rate rate_context rate_not")},
    "deadlines": {
        "": _cues("deadline extension window opening rolling exhausted relative unpublished"),
        "lines": _named("lines", "standing"),
    },
    "other_dates": {"": _cues("published stamp gazette event act project procedure")},
    "applicants": {
        "": _cues("applicants applicants_second applicants_before applicants_not excluded "
                  "excluded_before excluded_not contrast targets partners purpose condition"),
    },
    "applicant_types": {
        "": _Table("applicants",
                   frozenset((*ApplicantType, *(f"{name}_weak" for name in ApplicantType)))),
    },
    "projects": {"": _cues("projects project_noun consortium partner_noun country_noun")},
    "kinds": {
        "": _cues("call"),
        "kinds": _Table("kinds", frozenset(f"{kind}{more}" for kind in _KINDS
                                           for more in ("", "_weak", "_not"))),
    },
    "codes": {
        "": _cues("code_label code_not"),
        "between": _named("codes", "number"),
    },
    "names": {
        "": _cues("issuer_label issues programme_label area_label seat"),
        "names": _named("names", "organisation organisation_weak"),
        "inside": _named("inside", "small places continues and auxiliary"),
        "areas": _Table("areas", None),
    },
    "documents": {
        "": _named("documents", "picture result faq form budget privacy_notice programme act "
                                "text_of_the_call guidelines"),
    },
    "page": {
        "lines": _named("lines", "boilerplate sections"),
        "statuses": _named("statuses", "open closed forthcoming"),
    },
}  # fmt: skip
"""What each file of a language may hold: its tables by name, those of no table under ``""``."""

_HOLDS: Mapping[tuple[str, str], type] = {
    **{("language", name): str for name in ("name", "zone", "country", "currency")},
    ("language", "month_first"): bool,
    ("numbers", "decimal"): str,
}
"""What single values hold that stand among lists of phrases, by section and name."""
_IN_WORDS = {list: "a list of phrases", str: "a text", int: "a whole number", bool: "true or false"}
_REQUIRED = (
    ("language", "name"), ("language", "words"), ("language", "zone"), ("language", "country"),
    ("numbers", "decimal"), *(("months", month) for month in MONTHS),
)  # fmt: skip


def folders() -> Mapping[str, Path]:
    """Return the folder of every language, by its code in alphabetical order."""
    return folders_with(more_places())


def more_places() -> str:
    """Return what :data:`VARIABLE` says now: what is cached of all languages is cached by it."""
    return os.environ.get(VARIABLE, "")


@lru_cache(maxsize=8)
def folders_with(more: str) -> Mapping[str, Path]:
    """Return the folder of every language where further places are named."""
    found: dict[str, Path] = {}
    for root in (HERE, *reversed([Path(each) for each in more.split(os.pathsep) if each])):
        try:
            inside = [each for each in root.iterdir() if each.is_dir()]
        except OSError as error:
            raise LexiconError(f"{VARIABLE} names {root}, which is no folder") from error
        found |= {each.name: each for each in inside if _CODE.fullmatch(each.name)}
    return dict(sorted(found.items()))


def read_language(folder: Path) -> dict[str, Any]:
    """Return ``language.toml`` of a folder: all that is needed to recognise the language."""
    return _read(folder, "language").get("language", {})


def read_documents(folder: Path) -> Mapping[str, list[str]]:
    """Return ``documents.toml`` of a folder: the words by which a document's role is told."""
    return _read(folder, "documents").get("documents", {})


def read_folder(folder: Path) -> dict[str, dict[str, Any]]:
    """Return all that a language's files say, by section; every file but two may be missing.

    Raises :class:`LexiconError` at the first mistake.
    """
    sections: dict[str, dict[str, Any]] = {
        table.section: {} for tables in FILES.values() for table in tables.values()
    }
    for path in sorted(folder.glob("*.toml")):
        if path.stem not in FILES:
            meant = _meant(path.stem, FILES)
            raise LexiconError(f"{where(path)}: no lexicon has such a file{meant}")
    for name in FILES:
        for section, families in _read(folder, name).items():
            sections[section] |= families
    for section, family in _REQUIRED:
        if family not in sections[section]:
            path = folder / f"{_file_of(section, family)}.toml"
            raise LexiconError(f"{where(path)}: the family {family!r} is missing")
    return sections


def where(path: Path) -> str:
    """Return a file's name as errors print it: ``lexicons/it/dates.toml``."""
    return "/".join(path.parts[-3:])


def line_of(path: Path, wanted: str) -> str:
    """Return ``, line 7`` where a file has a text for the first time; nothing where it has none."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except OSError:
        return ""
    number = next((at for at, line in enumerate(lines, 1) if _says(line, wanted)), None)
    return f", line {number}" if number else ""


def _says(line: str, wanted: str) -> bool:
    key = re.match(r'\s*\[?"?(?P<key>[^"=\]]+?)"?\s*[=\]]', line)
    return f'"{wanted}"' in line or (key is not None and key["key"] == wanted)


def place_of(folder: Path, family: str, phrase: str) -> str:
    """Return where a phrase of a family stands, as errors print it."""
    files = [
        name
        for name, tables in FILES.items()
        if any(table.families and family in table.families for table in tables.values())
    ]
    for name in files:
        path = folder / f"{name}.toml"
        line = line_of(path, phrase)
        if line:
            return f"{where(path)}{line}: {family}"
    return f"{where(folder)}: {family}"


def _read(folder: Path, name: str) -> dict[str, dict[str, Any]]:
    """Return what one file says, by section; nothing where there is no such file."""
    path = folder / f"{name}.toml"
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise LexiconError(f"{where(path)}: not readable as TOML: {error}") from None
    tables = FILES[name]
    found: dict[str, dict[str, Any]] = {}
    for key, value in content.items():
        if isinstance(value, dict):
            if key not in tables:
                place = f"{where(path)}{line_of(path, key)}"
                raise LexiconError(f"{place}: no table [{key}] here{_meant(key, tables)}")
            families, table = value, tables[key]
        else:
            families, table = {key: value}, tables.get("", _Table("", frozenset()))
        for family, held in families.items():
            _check(path, table, family, held)
        found.setdefault(table.section, {}).update(families)
    return found


def _check(path: Path, table: _Table, family: str, value: object) -> None:
    """Raise an error where a family is unknown, misplaced, or holds the wrong thing."""
    if table.families is not None and family not in table.families:
        place = f"{where(path)}{line_of(path, family)}"
        home = next(iter(_homes().get(family, ())), None)
        if home is not None:
            raise LexiconError(f"{place}: {family} belongs into {home}")
        raise LexiconError(f"{place}: no family {family!r} here{_meant(family, table.families)}")
    holds = _HOLDS.get((table.section, family), table.holds)
    good = type(value) is holds
    if isinstance(value, list):
        good = good and all(isinstance(item, str) for item in value)
    if not good:
        place = f"{where(path)}{line_of(path, family)}"
        raise LexiconError(f"{place}: {family} must be {_IN_WORDS[holds]}")


def _meant(name: str, known: Mapping[str, object] | frozenset[str]) -> str:
    """Return a question with the likeliest of the known names, if one is near."""
    near = get_close_matches(name, [each for each in known if each], 1)
    return f": did you mean {near[0]}?" if near else ""


@cache
def _homes() -> Mapping[str, tuple[str, ...]]:
    """Return, for each family, the file and table that hold it."""
    homes: dict[str, list[str]] = {}
    for file, name, family in _families():
        homes.setdefault(family, []).append(f"{file}.toml" + (f", [{name}]" if name else ""))
    return {family: tuple(places) for family, places in homes.items()}


def _families() -> Iterator[tuple[str, str, str]]:
    for file, tables in FILES.items():
        for name, table in tables.items():
            yield from ((file, name, family) for family in sorted(table.families or ()))


def _file_of(section: str, family: str) -> str:
    return next(
        name
        for name, tables in FILES.items()
        for table in tables.values()
        if table.section == section and table.families and family in table.families
    )
