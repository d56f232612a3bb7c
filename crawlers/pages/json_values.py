"""Turn JSON values into the texts of a notice.

A value of another kind than expected is returned unchanged: :mod:`crawlers.pages.notice_checks`
then reports it for its field, and the other fields of the row are kept.
"""

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

MOST_DIGITS = 9
"""The most digits of a count; a longer number is not one of notices."""


class NoIdentityError(Exception):
    """A value cannot identify a notice."""


def printed(value: Any) -> Any:
    """Return a string unchanged, and a number or boolean as Python prints it.

    Lists, objects, ``null``, infinity and NaN are returned unchanged.
    """
    kind = type(value)
    if kind is int or kind is bool or (kind is float and math.isfinite(value)):
        return str(value)
    return value


def stripped(value: Any) -> Any:
    """Return a string without the white space around it; any other value unchanged."""
    return value.strip() if isinstance(value, str) else value


def unescaped(value: Any) -> Any:
    """Return a string with its HTML entities resolved; any other value unchanged."""
    return html.unescape(value) if isinstance(value, str) else value


def each_of(value: Any) -> Sequence[Any]:
    """Return the values of a list; of a single value in place of a list, this value."""
    if isinstance(value, list):
        return value
    return () if value in (None, "") else (value,)


def within(value: Any, *keys: str) -> Any:
    """Return the value under a path of keys, or ``None`` if a key is missing.

    Where a value on the path is not an object, it is returned itself.
    """
    for key in keys:
        if not isinstance(value, Mapping):
            return value
        value = value.get(key)
    return value


def identity(value: Any) -> str:
    """Return an id that an interface prints as a string or as a whole number, or raise.

    The digits of a whole number are as the portal printed them, and so are its raw value (law 6 of
    docs/laws.md). Other values (``null``, ``true``, ``1.0``) are no id or can be printed in several
    ways. They raise :class:`NoIdentityError`, and the row is lost.
    """
    if type(value) is int:
        return str(value)
    if not isinstance(value, str):
        raise NoIdentityError(f"{name_of(value)} where an identity is due")
    return value


def count_of(value: Any) -> int | None:
    """Return a count that is given as a number or in digits; ``None`` for any other value."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is int:
        return value if 0 <= value < 10**MOST_DIGITS else None
    if isinstance(value, str) and value.strip().isdecimal() and len(value) <= MOST_DIGITS:
        return int(value)
    return None


def name_of(value: Any) -> str:
    """Return the kind of a JSON value in words, for messages."""
    return _NAMES.get(type(value), type(value).__name__)


_NAMES = {
    type(None): "null",
    bool: "true or false",
    int: "a number",
    float: "a number",
    str: "text",
    list: "a list",
    tuple: "a list",
    dict: "an object",
}
