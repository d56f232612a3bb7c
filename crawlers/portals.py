"""Portals as their ``<stem>.toml`` describes them, validated strictly.

An unknown key, a missing key or a bad value raises :class:`PortalFileError` with a message of one
line.
"""

import json
import re
import reprlib
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import fields
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schema.errors import CallboardError
from schema.fields import FIELDS
from schema.portals import Expectation, Licence, Portal

if TYPE_CHECKING:
    from pydantic import TypeAdapter
    from pydantic_core import ErrorDetails

FOLDER = Path(__file__).parent / "spiders"
STEM = re.compile(r"[a-z]{2,3}(_[a-z0-9]+)+")
CRON = re.compile(r"\S+( \S+){4}")
ROLES = frozenset(("original", "register", "relay"))
STATES = frozenset(("trial", "released", "refused", "retired"))
LABEL_FIELDS = frozenset(("ignore", "status", *(each.name for each in FIELDS))) - frozenset(
    ("is_call", "is_call_reason", "declared_status")
)
"""What a printed label may be mapped to: a field of ``Call``, ``status``, or ``ignore``."""


class UnknownPortalError(CallboardError):
    """A portal is not in the catalogue; the only argument is the stem that was given."""

    def __str__(self) -> str:
        return f"no portal {self.args[0]!r}; `callboard portals` lists them"


class PortalFileError(CallboardError):
    """A portal's TOML is wrong; the message names the file and the key."""


def load_portals(folder: Path = FOLDER) -> dict[str, Portal]:
    """Read and check every portal file of a folder, by stem in alphabetical order."""
    return {path.stem: load_portal(path) for path in sorted(folder.glob("*.toml"))}


def load_portal(path: Path) -> Portal:
    """Read and check one portal file."""
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise PortalFileError(f"{path.name}: {error}") from error
    try:
        portal = _build({"stem": path.stem, **values})
        _check(portal)
    except ValueError as error:
        raise PortalFileError(f"{path.name}: {error}") from error
    return portal


def _build(values: Mapping[str, Any]) -> Portal:
    """Build a portal from parsed TOML. Only lists and members of enumerations are converted."""
    # Imported here, because processes that only read pages import this module, too.
    from pydantic import ValidationError  # noqa: PLC0415

    # In its strict mode, pydantic accepts a list for a tuple, and a string for a member of an
    # enumeration, only from JSON: https://docs.pydantic.dev/latest/concepts/strict_mode/
    text = json.dumps(values, default=lambda value: {type(value).__name__: str(value)})
    try:
        return _adapter().validate_json(text, strict=True, extra="forbid")
    except ValidationError as error:
        found = error.errors(include_url=False)
        # A misspelt key gives two errors, an unknown key and a missing one; the first says more.
        worst = next((each for each in found if each["type"] == _UNKNOWN), found[0])
        raise ValueError(_complaint(worst)) from error


@cache
def _adapter() -> "TypeAdapter[Portal]":
    from pydantic import TypeAdapter  # noqa: PLC0415

    return TypeAdapter(Portal)


_UNKNOWN = "unexpected_keyword_argument"
_TABLES = {"expect": Expectation, "licence": Licence}


def _complaint(error: "ErrorDetails") -> str:
    """Return one line that names the key, what it should be, and the likely one if misspelt."""
    where = error["loc"]
    key = ".".join(map(str, where))
    if error["type"] == _UNKNOWN:
        *tables, name = where
        table = _TABLES[str(tables[0])] if tables else Portal
        return f"unknown key {key}{_likely(str(name), [each.name for each in fields(table)])}"
    if error["type"] == "missing":
        return f"missing {'key' if isinstance(where[-1], str) else 'value'} {key}"
    what = error["msg"].removeprefix("Input ")
    return f"{key} is {reprlib.repr(error['input'])}: {what[0].lower()}{what[1:]}"


def _likely(name: str, known: Iterable[str]) -> str:
    """Return the likely correction of a misspelt name, and all known names."""
    names = sorted(set(known) - {"stem"})
    likely = "".join(f"perhaps {each}; " for each in get_close_matches(name, names, n=1))
    return f" ({likely}known: {', '.join(names)})"


def _check(portal: Portal) -> None:
    checks = {
        "stem is not <cc>_<owner>": STEM.fullmatch(portal.stem) is None,
        "country is not two capitals": re.fullmatch("[A-Z]{2}", portal.country) is None,
        "languages is empty": not portal.languages,
        "home is not an https address": not (
            portal.home.startswith("https://") and urlsplit(portal.home).hostname
        ),
        f"role is not one of {', '.join(sorted(ROLES))}": portal.role not in ROLES,
        f"status is not one of {', '.join(sorted(STATES))}": portal.status not in STATES,
        "schedule is not five cron fields": CRON.fullmatch(portal.schedule) is None,
        "expect.notices is not [smallest, largest]": not (
            0 <= portal.expect.notices[0] <= portal.expect.notices[1]
        ),
        "expect.filled holds a share outside 0..1": any(
            not 0 <= share <= 1 for share in portal.expect.filled.values()
        ),
    }
    for message, wrong in checks.items():
        if wrong:
            raise ValueError(message)
    for label, meaning in portal.labels.items():
        if meaning not in LABEL_FIELDS:
            likely = _likely(meaning, LABEL_FIELDS)
            raise ValueError(f"labels.{label!r} names no field of a call: {meaning!r}{likely}")
    try:
        ZoneInfo(portal.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"zone {portal.zone!r} is unknown") from error
