"""Score extracted facts against expected answers, by the conventions of the notices' README.

Dates compare by day, amounts within 0.5 %, codes by letters and digits alone; an accepted
alternative counts as right. Fields of a notice that is no call are not scored.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

SETS = {"codes": "codes", "deadlines": "deadlines", "applicant_types": "eligible_types"}
DATES = ("published", "opens")
MONEY = ("budget_total", "grant_min", "grant_max")
NUMBERS = ("intensity_max_pct", "expected_projects")
FIELDS = ("codes", *DATES, "deadlines", *MONEY, *NUMBERS, "applicant_types")
_OTHER_NAMES = {"intensity_max_pct": "intensity"}


@dataclass
class Count:
    """Right, wrong and missing values of one field."""

    right: int = 0
    wrong: int = 0
    missing: int = 0

    def add(self, right: int, wrong: int, missing: int) -> None:
        """Count one notice."""
        self.right += right
        self.wrong += wrong
        self.missing += missing

    @property
    def expected(self) -> int:
        """How many values there are."""
        return self.right + self.missing

    @property
    def precision(self) -> float:
        """Share of the found that is right."""
        return self.right / (self.right + self.wrong) if self.right + self.wrong else 0.0

    @property
    def recall(self) -> float:
        """Share of the expected that was found."""
        return self.right / self.expected if self.expected else 0.0

    @property
    def f1(self) -> float:
        """Harmonic mean of both."""
        total = 2 * self.right + self.wrong + self.missing
        return 2 * self.right / total if total else 0.0


class Score:
    """The score of many notices, by field."""

    def __init__(self) -> None:
        self.fields: dict[str, Count] = {name: Count() for name in ("is_call", *FIELDS)}
        self.kinds_right = self.kinds = 0
        self.languages_right = self.languages = 0

    @property
    def micro(self) -> Count:
        """All values of all fields but ``is_call``."""
        total = Count()
        for name in FIELDS:
            count = self.fields[name]
            total.add(count.right, count.wrong, count.missing)
        return total

    @property
    def kind_accuracy(self) -> float:
        """Share of calls whose way of closing is told rightly."""
        return self.kinds_right / self.kinds if self.kinds else 1.0

    @property
    def language_accuracy(self) -> float:
        """Share of notices whose language is told rightly."""
        return self.languages_right / self.languages if self.languages else 1.0

    def add(self, gold: Mapping[str, Any], found: Mapping[str, Any]) -> None:
        """Score one notice."""
        other = gold.get("alt") or {}
        guess = found.get("is_call")
        if guess in (other.get("is_call_ok") or []):
            guess = gold["is_call"]
        self.fields["is_call"].add(
            int(gold["is_call"] and guess),
            int(guess and not gold["is_call"]),
            int(gold["is_call"] and not guess),
        )
        self.languages += 1
        self.languages_right += (found.get("language") or "")[:2] == gold["lang"][:2]
        if not gold["is_call"]:
            return
        for name in SETS:
            self.fields[name].add(*_sets(name, gold, found, other))
        for name in DATES:
            self.fields[name].add(*_dates(name, gold, found, other))
        for name in MONEY:
            self.fields[name].add(*_money(name, gold, found, other))
        for name in NUMBERS:
            self.fields[name].add(*_numbers(name, gold, found, other))
        if gold.get("deadline_kind"):
            self.kinds += 1
            accepted = [gold["deadline_kind"], *(other.get("deadline_kind_ok") or [])]
            self.kinds_right += found.get("deadline_kind") in accepted


def score(pairs: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Score:
    """Score pairs of an expected and a found answer."""
    total = Score()
    for gold, found in pairs:
        total.add(gold, found)
    return total


def _as_set(name: str, values: Any) -> set[str]:
    if name == "codes":
        return {"".join(c for c in str(v).upper() if c.isalnum()) for v in values or ()}
    if name == "deadlines":
        return {str(v)[:10] for v in values or ()}
    return {str(v) for v in values or ()}


def _sets(name: str, gold: Any, found: Any, other: Any) -> tuple[int, int, int]:
    expected, guessed = _as_set(name, gold.get(SETS[name])), _as_set(name, found.get(name))
    accepted = other.get(SETS[name] + "_ok") or []
    if name == "deadlines":
        options = [_as_set(name, option) for option in accepted]
        expected = next((option for option in options if option == guessed), expected)
    elif accepted:
        extra = _as_set(name, accepted) - expected
        if guessed & extra and not expected & guessed and name == "codes":
            expected = guessed & extra
        guessed -= extra - expected
    return len(expected & guessed), len(guessed - expected), len(expected - guessed)


def _dates(name: str, gold: Any, found: Any, other: Any) -> tuple[int, int, int]:
    expected, guessed = (str(v)[:10] if v else None for v in (gold.get(name), found.get(name)))
    accepted = [str(v)[:10] if v else None for v in other.get(name + "_ok") or []]
    if expected != guessed and guessed in accepted:
        expected = guessed
    right = bool(expected) and expected == guessed
    return int(right), int(bool(guessed) and not right), int(bool(expected) and not right)


def _same_money(left: Any, right: Any) -> bool:
    if not left or not right:
        return False
    a, b = float(left["amount"]), float(right["amount"])
    near = abs(a - b) <= 0.005 * max(abs(a), abs(b), 1)
    return near and (left.get("currency") or "EUR") == (right.get("currency") or "EUR")


def _money(name: str, gold: Any, found: Any, other: Any) -> tuple[int, int, int]:
    expected, guessed = gold.get(name), found.get(name)
    right = _same_money(expected, guessed)
    for option in other.get(name + "_ok") or []:
        if not right and ((option is None and guessed is None) or _same_money(option, guessed)):
            expected, right = guessed, bool(guessed)
    return int(right), int(bool(guessed) and not right), int(bool(expected) and not right)


def _numbers(name: str, gold: Any, found: Any, other: Any) -> tuple[int, int, int]:
    expected, guessed = gold.get(name), found.get(name)
    right = _same_number(expected, guessed)
    for option in other.get(_OTHER_NAMES.get(name, name) + "_ok") or []:
        if not right and (option == guessed or _same_number(option, guessed)):
            expected, right = guessed, guessed is not None
    wrong, missing = guessed is not None and not right, expected is not None and not right
    return int(right), int(wrong), int(missing)


def _same_number(left: Any, right: Any) -> bool:
    return left is not None and right is not None and abs(float(left) - float(right)) < 0.01
