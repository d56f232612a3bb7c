"""What interfaces print as JSON, as the words of a notice.

A value that is none of the expected kinds is handed on as it is: the check of what readers hand on
(:mod:`crawlers.pages.notice_checks`) then says so of the field, and the rest of the row stays.
"""

import html
import math
from collections.abc import Mapping, Sequence
from typing import Any

MOST_DIGITS = 9
"""Digits of a count: no portal has a billion notices."""


class NoIdentityError(Exception):
    """A value can't identify a notice."""


def printed(value: Any) -> Any:
    """Return a plain value as text: strings as they are, numbers and ``true`` as Python has them.

    Lists, objects, ``null`` and what is no finite number are handed on unchanged.
    """
    kind = type(value)
    if kind is int or kind is bool or (kind is float and math.isfinite(value)):
        return str(value)
    return value


def stripped(value: Any) -> Any:
    """Return a string without the space around it; anything else unchanged."""
    return value.strip() if isinstance(value, str) else value


def unescaped(value: Any) -> Any:
    """Return a string with its HTML entities resolved; anything else unchanged."""
    return html.unescape(value) if isinstance(value, str) else value


def each_of(value: Any) -> Sequence[Any]:
    """Return the values of a list, or the one value that stands where a list is due."""
    if isinstance(value, list):
        return value
    return () if value in (None, "") else (value,)


def within(value: Any, *keys: str) -> Any:
    """Return what stands under keys, one within the other; ``None`` where one is missing.

    What is no object has no keys, and is returned itself.
    """
    for key in keys:
        if not isinstance(value, Mapping):
            return value
        value = value.get(key)
    return value


def identity(value: Any) -> str:
    """Return an id that an interface prints as a string or as a whole number, or raise.

    The digits of a whole number in JSON are what is printed, so they are its raw value (law 6).
    What stands for no id, or can be printed in several ways (``null``, ``true``, ``1.0``), raises
    :class:`NoIdentityError`: it costs the row.
    """
    if type(value) is int:
        return str(value)
    if not isinstance(value, str):
        raise NoIdentityError(f"{name_of(value)} where an identity is due")
    return value


def count_of(value: Any) -> int | None:
    """Return how many a portal says there are, a number or digits; ``None`` where it is neither."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if type(value) is int:
        return value if 0 <= value < 10**MOST_DIGITS else None
    if isinstance(value, str) and value.strip().isdecimal() and len(value) <= MOST_DIGITS:
        return int(value)
    return None


def name_of(value: Any) -> str:
    """Return what kind of value a JSON value is, in words."""
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
