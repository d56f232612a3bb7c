"""Check the notices that readers return, field by field, before they are counted or stored.

Readers take values from JSON that may hold anything, and Python does not check annotations at run
time. The rules are derived from the annotations of the dataclass, so that every new field has one.
A value that does not fit its field is replaced:

==============================  =================================================================
a whole number for a text       its digits, which is what JSON printed
NUL, a lone surrogate           U+FFFD, one for one, as :func:`storage.canonical.storable` does
another kind, in a list         left out of the list
another kind, a field of its    the default of the field: ``None``, an empty list; an empty text
own                             where the field must have one
a portal, id or address         the notice is lost: its identity is raw, and never mended (law 6)
==============================  =================================================================

Each is a :class:`Misfit`, of which :mod:`crawlers.pages.readers` makes an Issue.
"""

import dataclasses
import re
import types
import typing
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import Enum
from itertools import chain
from operator import attrgetter
from typing import Any, TypeVar

from crawlers.pages.addresses import problem_of
from crawlers.pages.fragments import HALF_A_PAIR
from crawlers.pages.json_values import name_of

T = TypeVar("T")

LONGEST_IDENTITY = 2_000
"""Bytes in UTF-8: as many as the longest address has, since an address may be an identity."""
UNFIT = re.compile(f"[\0\ud800-\udfff{HALF_A_PAIR}]")
IDENTITY = ("portal", "source_id")
ADDRESS = "url"
"""Name of the fields that hold an address, in whatever dataclass."""


class UnfitError(Exception):
    """A value does not fit its field and cannot be mended."""


@dataclass(frozen=True, slots=True)
class Misfit:
    """A value that did not fit its field."""

    field: str
    problem: str
    is_lost: bool = False
    """Whether the whole notice was lost because of it."""


Problems = list[str]


@dataclass(frozen=True, slots=True)
class _Rule:
    fits: Callable[[Any], bool]
    mend: Callable[[Any, Problems], Any]
    """Returns the mended value, or raises :class:`UnfitError`."""

    def apply(self, value: Any, problems: Problems) -> Any:
        return value if self.fits(value) else self.mend(value, problems)


def check(value: T) -> tuple[T | None, tuple[Misfit, ...]]:
    """Return a dataclass with every field mended, and the values that did not fit.

    In place of the dataclass ``None``, where a field that it must have cannot be mended.
    """
    return _checker(type(value)).check(value)


class _Checker:
    """The rules of one dataclass."""

    def __init__(self, kind: Any) -> None:
        hints = typing.get_type_hints(kind)
        self._kind = kind
        self._fields: dict[str, dataclasses.Field[Any]] = {
            each.name: each for each in dataclasses.fields(kind)
        }
        has_identity = set(IDENTITY) <= self._fields.keys()
        self._lost_without = {*IDENTITY, ADDRESS} if has_identity else set()
        self._rules = {name: self._rule_of(name, hints[name]) for name in self._fields}
        self._tests = tuple(rule.fits for rule in self._rules.values())
        self._values_of = attrgetter(*self._rules)

    def _rule_of(self, name: str, hint: Any) -> _Rule:
        if name in IDENTITY and name in self._lost_without:
            return _Rule(_is_identity, _mend_identity)
        if name == ADDRESS:
            rule = _Rule(_is_address, _mend_address)
            return _optional(rule) if types.NoneType in typing.get_args(hint) else rule
        return _rule(hint)

    def fits(self, value: Any) -> bool:
        """Tell whether a value is of exactly this class and all of its fields fit."""
        if type(value) is not self._kind:
            return False
        # A loop, because all() with a generator takes twice as long, and every notice comes here.
        for fits, each in zip(self._tests, self._values_of(value), strict=True):
            if not fits(each):
                return False
        return True

    def check(self, value: Any) -> tuple[Any, tuple[Misfit, ...]]:
        """Return the value with every field mended, and the values that did not fit."""
        if self.fits(value):
            return value, ()
        misfits: list[Misfit] = []
        values: dict[str, Any] = {}
        for name, rule in self._rules.items():
            problems: Problems = []
            try:
                values[name] = rule.apply(getattr(value, name), problems)
            except UnfitError as error:
                lost = name in self._lost_without
                misfits.append(Misfit(name, str(error), lost))
                values[name] = self._instead(name)
            misfits += [Misfit(name, problem) for problem in dict.fromkeys(problems)]
        if any(each.is_lost for each in misfits):
            return None, tuple(misfits)
        return self._kind(**values), tuple(misfits)

    def mend(self, value: Any, problems: Problems) -> Any:
        """Mend a dataclass in a field of another; raise if none of its required fields is left."""
        if not isinstance(value, self._kind):
            raise UnfitError(f"{name_of(value)} where {self._kind.__name__} is due")
        mended, misfits = self.check(value)
        required = [name for name, field in self._fields.items() if _is_required(field)]
        if not any(getattr(mended, name) for name in required):
            raise UnfitError(misfits[0].problem)
        problems += [each.problem for each in misfits]
        return mended

    def _instead(self, name: str) -> Any:
        field = self._fields[name]
        if field.default_factory is not dataclasses.MISSING:
            return field.default_factory()
        return "" if field.default is dataclasses.MISSING else field.default


_CHECKERS: dict[Any, _Checker] = {}


def _checker(kind: Any) -> _Checker:
    found = _CHECKERS.get(kind)
    if found is None:
        found = _CHECKERS[kind] = _Checker(kind)
    return found


def _is_required(field: "dataclasses.Field[Any]") -> bool:
    return field.default is dataclasses.MISSING and field.default_factory is dataclasses.MISSING


def _rule(hint: Any) -> _Rule:
    """Return the rule for an annotation; ``TypeError`` for one that this module does not know."""
    origin, arguments = typing.get_origin(hint), typing.get_args(hint)
    if origin in (types.UnionType, typing.Union):
        (inner,) = (each for each in arguments if each is not types.NoneType)
        return _optional(_rule(inner))
    if origin is tuple and arguments[-1] is Ellipsis:
        return _sequence(arguments[0])
    if origin is tuple:
        return _group([_rule(each) for each in arguments])
    if hint is str:
        return _Rule(is_text, _mend_text)
    if dataclasses.is_dataclass(hint):
        checker = _checker(hint)
        return _Rule(checker.fits, checker.mend)
    if isinstance(hint, type) and (hint in (int, bool, float) or issubclass(hint, Enum)):
        return _plain(hint)
    raise TypeError(f"no rule for a field of {hint}")


def is_text(value: Any) -> bool:
    """Tell whether a value is a text that every database and output can hold."""
    if type(value) is not str:
        return False
    if value.isascii():
        return "\0" not in value
    try:
        value.encode()  # ten times as fast as a search for lone surrogates
    except UnicodeEncodeError:
        return False
    return "\0" not in value and HALF_A_PAIR not in value


def _are_pairs(values: tuple[Any, ...]) -> bool:
    """Tell whether all values are pairs of texts, which are checked joined into one."""
    if set(map(type, values)) != {tuple} or set(map(len, values)) != {2}:
        return not values
    texts = list(chain.from_iterable(values))
    return set(map(type, texts)) == {str} and is_text("".join(texts))


def mend_text(text: str) -> str:
    """Return a text that every database and output can hold."""
    return UNFIT.sub("\ufffd", text)


def _mend_text(value: Any, problems: Problems) -> str:
    if type(value) is int:
        problems.append("a number where text is due")
        return _digits(value)
    if not isinstance(value, str):
        raise UnfitError(f"{name_of(value)} where text is due")
    mended = mend_text(str(value))
    if mended != value:
        problems.append("characters that are no text")
    return mended


def _digits(number: int) -> str:
    try:
        return str(number)
    except ValueError as error:  # it has more digits than Python prints
        raise UnfitError("a number of thousands of digits") from error


def _is_identity(value: Any) -> bool:
    return is_text(value) and bool(value.strip()) and len(value.encode()) <= LONGEST_IDENTITY


def _mend_identity(value: Any, problems: Problems) -> str:
    if type(value) is int:
        value = _mend_text(value, problems)
    elif isinstance(value, str) and type(value) is not str:
        value = str(value)
    if _is_identity(value):
        return str(value)
    if not isinstance(value, str):
        raise UnfitError(f"{name_of(value)} where an identity is due")
    if not value.strip():
        raise UnfitError("an empty identity")
    if not is_text(value):
        raise UnfitError("characters that are no text")
    raise UnfitError(f"an identity of {len(value):,} characters")


def _is_address(value: Any) -> bool:
    return is_text(value) and problem_of(value) is None


def _mend_address(value: Any, problems: Problems) -> str:  # noqa: ARG001
    if not isinstance(value, str):
        raise UnfitError(f"{name_of(value)} where an address is due")
    if not is_text(str(value)):
        raise UnfitError("an address with characters that are no text")
    problem = problem_of(value)
    if problem is not None:
        raise UnfitError(problem)
    return str(value)


def _optional(inner: _Rule) -> _Rule:
    def fits(value: Any) -> bool:
        return value is None or inner.fits(value)

    def mend(value: Any, problems: Problems) -> Any:
        try:
            return inner.mend(value, problems)
        except UnfitError as error:
            problems.append(str(error))
            return None

    return _Rule(fits, mend)


def _sequence(hint: Any) -> _Rule:
    inner = _rule(hint)
    is_of_pairs = typing.get_args(hint) == (str, str)

    def fits(value: Any) -> bool:
        if type(value) is not tuple:
            return False
        return _are_pairs(value) if is_of_pairs else all(map(inner.fits, value))

    def mend(value: Any, problems: Problems) -> tuple[Any, ...]:
        if isinstance(value, str | Mapping) or not isinstance(value, tuple | list):
            raise UnfitError(f"{name_of(value)} where a list is due")
        kept = []
        for each in value:
            try:
                kept.append(inner.apply(each, problems))
            except UnfitError as error:
                problems.append(str(error))
        return tuple(kept)

    return _Rule(fits, mend)


def _group(inner: list[_Rule]) -> _Rule:
    size = len(inner)
    tests = [each.fits for each in inner]

    def fits(value: Any) -> bool:
        return (
            type(value) is tuple
            and len(value) == size
            and all(test(each) for test, each in zip(tests, value, strict=True))
        )

    def mend(value: Any, problems: Problems) -> tuple[Any, ...]:
        if not isinstance(value, tuple | list) or len(value) != size:
            raise UnfitError(f"{name_of(value)} where {size} values are due")
        return tuple(rule.apply(each, problems) for rule, each in zip(inner, value, strict=True))

    return _Rule(fits, mend)


def _plain(kind: type) -> _Rule:
    def mend(value: Any, problems: Problems) -> Any:  # noqa: ARG001
        raise UnfitError(f"{name_of(value)} where {kind.__name__} is due")

    return _Rule(lambda value: type(value) is kind, mend)
