"""Canonical JSON: one text for one value, so that equal facts are equal bytes.

Keys are sorted; a field that stands at its default is left out; 6000000 and 6000000.00 are written
alike. Characters that no database takes (NUL, lone surrogates) become U+FFFD, one for one, so that
spans still point at their words.
"""

import dataclasses
import hashlib
import json
import re
import types
import typing
from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from enum import Enum
from functools import cache
from typing import Any, TypeVar

T = TypeVar("T")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def storable(text: str) -> str:
    """Return the text with each character that no database takes replaced by U+FFFD."""
    return _UNSTORABLE.sub("\ufffd", text)


def to_json(value: object) -> str:
    """Write a dataclass of the vocabulary as canonical JSON."""
    plain = _plain(value)
    text = _ENCODER.encode(plain)
    if _UNSTORABLE.search(text) or _ESCAPED_NUL in text:
        text = _ENCODER.encode(_storable_plain(plain))
    return text


def from_json(kind: type[T], text: str) -> T:
    """Read what :func:`to_json` wrote for a value of the given dataclass."""
    value: T = _reader(typing.cast(Any, kind))(json.loads(text))
    return value


def fingerprint(value: object) -> str:
    """Return the SHA-256 (hexadecimal) of the canonical JSON of a value."""
    return hashlib.sha256(to_json(value).encode()).hexdigest()


def decimal_text(amount: Decimal) -> str:
    """Write a decimal number plainly: no exponent, no zeros after the last digit that counts."""
    if not amount.is_finite():
        raise ValueError(f"not an amount: {amount}")
    if not amount:
        return "0"
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


_ENCODER = json.JSONEncoder(
    ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
)
_ESCAPED_NUL = r"\u0000"


def _plain(value: Any) -> Any:
    kind: Any = type(value)
    return value if kind in _PLAIN else _writer(kind)(value)


_PLAIN = frozenset((str, int, bool, types.NoneType))
"""Types that are what JSON has."""


@cache
def _writer(kind: Any) -> Callable[[Any], Any]:
    """Return the function that turns values of a type into plain JSON."""
    if dataclasses.is_dataclass(kind):
        return _fields_writer(kind)
    for base, write in _WRITERS:
        if issubclass(kind, base):
            return write
    raise TypeError(f"no canonical form for {kind.__name__}")


def _fields_writer(kind: Any) -> Callable[[Any], dict[str, Any]]:
    defaults = [
        (
            field.name,
            field.default
            if field.default_factory is dataclasses.MISSING
            else field.default_factory(),
        )
        for field in dataclasses.fields(kind)
    ]

    def write(value: Any) -> dict[str, Any]:
        # Nothing equals MISSING, so a field without a default is always written.
        return {
            name: _plain(item)
            for name, default in defaults
            if (item := getattr(value, name)) != default
        }

    return write


_WRITERS: tuple[tuple[Any, Callable[[Any], Any]], ...] = (
    (Enum, lambda value: value.value),
    (str | int, lambda value: value),
    (float, lambda value: int(value) if value.is_integer() else value),
    (Decimal, decimal_text),
    (date | time, lambda value: value.isoformat()),  # a datetime is a date
    (tuple | list, lambda value: [_plain(item) for item in value]),
    (set | frozenset, lambda value: sorted(_plain(item) for item in value)),
    (Mapping, lambda value: {key: _plain(item) for key, item in value.items()}),
)


def _storable_plain(plain: Any) -> Any:
    """Return plain JSON with each of its texts made storable."""
    if isinstance(plain, str):
        return storable(plain)
    if isinstance(plain, list):
        return [_storable_plain(item) for item in plain]
    if isinstance(plain, dict):
        return {storable(key): _storable_plain(item) for key, item in plain.items()}
    return plain


@cache
def _reader(kind: Any) -> Callable[[Any], Any]:
    """Build the function that turns plain JSON back into a value of the annotated type."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin is not None:
        return _generic_reader(origin, arguments)
    if dataclasses.is_dataclass(kind):
        return _dataclass_reader(kind)
    if kind in (str, bool, int):
        return lambda plain: plain
    if kind in (date, datetime, time):
        return typing.cast("Callable[[Any], Any]", kind.fromisoformat)
    return typing.cast("Callable[[Any], Any]", kind)  # float, Decimal and enumerations


def _generic_reader(origin: Any, arguments: tuple[Any, ...]) -> Callable[[Any], Any]:
    if origin in (types.UnionType, typing.Union):
        (inner,) = (argument for argument in arguments if argument is not types.NoneType)
        read = _reader(inner)
        return lambda plain: None if plain is None else read(plain)
    if issubclass(origin, Mapping):
        read = _reader(arguments[1])
        return lambda plain: {key: read(item) for key, item in plain.items()}
    read = _reader(arguments[0])
    return lambda plain: origin(map(read, plain))


def _dataclass_reader(kind: Any) -> Callable[[Any], Any]:
    hints = typing.get_type_hints(kind)
    readers = {field.name: _reader(hints[field.name]) for field in dataclasses.fields(kind)}
    return lambda plain: kind(**{name: readers[name](item) for name, item in plain.items()})
