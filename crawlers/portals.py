"""Portals as their ``<stem>.toml`` describes them, validated strictly.

An unknown key, a missing key or a bad value is a :class:`PortalFileError` with one clear line.
"""

import re
import tomllib
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from schema.calls import Call, Status
from schema.portals import DocumentPolicy, Expectation, Licence, Portal

FOLDER = Path(__file__).parent / "spiders"
CHOICES = (Status, DocumentPolicy)
STEM = re.compile(r"[a-z]{2,3}(_[a-z0-9]+)+")
CRON = re.compile(r"\S+( \S+){4}")
ROLES = frozenset(("original", "register", "relay"))
STATES = frozenset(("trial", "released", "refused", "retired"))
LABEL_FIELDS = frozenset(("ignore", "status", *(field.name for field in fields(Call)))) - frozenset(
    ("is_call", "is_call_reason", "declared_status", "evidence", "absence", "issues")
)
"""What a printed label may stand for: a field of ``Call``, the status word, or nothing."""


if TYPE_CHECKING:
    from _typeshed import DataclassInstance

T = TypeVar("T", bound="DataclassInstance")


class PortalFileError(Exception):
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
        portal = _build(Portal, {"stem": path.stem, **values}, "")
        _check(portal)
    except ValueError as error:
        raise PortalFileError(f"{path.name}: {error}") from error
    return portal


def _build(cls: type[T], values: Mapping[str, Any], where: str) -> T:
    """Build a schema dataclass from parsed TOML, key by key and type by type."""
    hints = get_type_hints(cls)
    known = {field.name: field for field in fields(cls)}
    for key in values:
        if key not in known:
            raise ValueError(f"unknown key {where}{key}")
    for name, field in known.items():
        if name not in values and field.default is MISSING and field.default_factory is MISSING:
            raise ValueError(f"missing key {where}{name}")
    return cls(**{key: _convert(hints[key], value, where + key) for key, value in values.items()})


def _convert(hint: Any, value: Any, key: str) -> Any:
    origin, arguments = get_origin(hint), get_args(hint)
    if origin is types.UnionType:
        return _convert(arguments[0], value, key)
    if isinstance(value, dict):
        return _convert_table(hint, value, key)
    if origin is tuple and isinstance(value, list):
        items = (arguments[0],) * len(value) if arguments[-1] is ... else arguments
        if len(items) != len(value):
            raise ValueError(f"{key} takes {len(items)} values, not {len(value)}")
        return tuple(_convert(item, each, key) for item, each in zip(items, value, strict=True))
    if hint in CHOICES and value in tuple(hint):
        return hint(value)
    numbers = hint is float and type(value) in (int, float)
    if numbers or (hint in (str, int, bool) and type(value) is hint):
        return hint(value)
    wanted = " or ".join(hint) if hint in CHOICES else getattr(hint, "__name__", str(hint))
    raise ValueError(f"{key} is {value!r}, not {wanted}")


def _convert_table(hint: Any, value: Mapping[str, Any], key: str) -> Any:
    if hint in (Licence, Expectation):
        return _build(hint, value, f"{key}.")
    if get_origin(hint) is not Mapping:
        raise ValueError(f"{key} is a table")
    item = get_args(hint)[1]
    return {name: _convert(item, each, f"{key}.{name}") for name, each in value.items()}


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
            raise ValueError(f"labels.{label!r} names no field of a call: {meaning!r}")
    try:
        ZoneInfo(portal.zone)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"zone {portal.zone!r} is unknown") from error
