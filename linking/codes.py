"""Codes as identity: which printed code names one call, and which only its programme or parent.

A notice's own identity is its raw source value (law 6). Codes are compared between portals, which
write them differently, so here spaces, case and kinds of dash do not count.
"""

import re
from collections import defaultdict
from collections.abc import Mapping

_DASHES = re.compile(r"[‐‑‒–—−]")
_SPACES = re.compile(r"\s+")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_SEPARATORS = "-./_"

MIN_LENGTH = 6
"""Letters and digits a code must have to identify a call; ``2301`` is used by many."""


def fold_code(code: str) -> str:
    """Return the code as it is compared: upper case, plain dashes, no spaces, no final stop."""
    return _SPACES.sub("", _DASHES.sub("-", code)).upper().rstrip(_SEPARATORS)


def scheme(code: str) -> str:
    """Return the letters that a folded code begins with: ``COS``, ``RLA``, ``KK``.

    Two codes of one scheme that differ name two calls; two of different schemes may name one.
    Purely numeric codes have no scheme: several registers may count alike.
    """
    match = re.match(r"[^\W\d_]+", code)
    return match[0] if match else ""


def is_specific(code: str) -> bool:
    """Tell whether a folded code could name one call.

    A measure number (``6.3.1``) and a programme's name (``COSME``) cannot.
    """
    letters = sum(char.isalpha() for char in code)
    digits = sum(char.isdigit() for char in code)
    return digits > 0 and (
        digits >= MIN_LENGTH or (letters >= 2 and letters + digits >= MIN_LENGTH)
    )


def is_bare_number(code: str) -> bool:
    """Tell whether a folded code has no letter, so that two registers may both have counted it."""
    return not any(char.isalpha() for char in code)


def years(codes: frozenset[str]) -> frozenset[int]:
    """Return the years that folded codes contain as a number of their own."""
    return frozenset(int(match) for code in codes for match in _YEAR.findall(code))


def conflict(one: frozenset[str], other: frozenset[str]) -> bool:
    """Tell whether two sets of folded codes name different calls: a scheme in common, no code."""
    for name in {scheme(code) for code in one} & {scheme(code) for code in other} - {""}:
        mine = {code for code in one if scheme(code) == name}
        if mine.isdisjoint(code for code in other if scheme(code) == name):
            return True
    return False


def shared_by_calls(codes_of: Mapping[str, frozenset[str]], cap: int) -> frozenset[str]:
    """Return the codes that several calls share, given each notice's folded specific codes.

    Such a parent is (a) the beginning of another code in view, up to a separator; (b) printed
    beside codes that differ within one scheme; or (c) printed in more than ``cap`` notices.
    """
    bearers: dict[str, list[str]] = defaultdict(list)
    for notice_id, codes in codes_of.items():
        for code in codes:
            bearers[code].append(notice_id)
    parents = {code for code, ids in bearers.items() if len(ids) > cap}
    for code in bearers:
        for at, char in enumerate(code):
            if char in _SEPARATORS and code[:at] in bearers:
                parents.add(code[:at])
    for code, ids in bearers.items():
        if code not in parents and _siblings_differ([codes_of[i] - {code} for i in ids]):
            parents.add(code)
    return frozenset(parents)


def _siblings_differ(besides: list[frozenset[str]]) -> bool:
    """Tell whether two of the sets conflict; sets that merely add or lack codes do not."""
    return any(
        conflict(one, other) for at, one in enumerate(besides) if one for other in besides[:at]
    )
