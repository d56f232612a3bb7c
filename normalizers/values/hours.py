"""Read the hour that stands beside a date.

A number with minutes or with a unit is an hour (``16:00``, ``16 h``). A number alone is one behind
a word that names an hour (``ore 16``), and behind ``at`` where nothing is counted: ``at 16 on 3
March``, but never ``up to 5 projects by 3 March``. Which words these are says the lexicon.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import time
from functools import lru_cache

from normalizers.lexicon import INTERNATIONAL, Lexicon, load

NEVER = "(?!)"
"""A pattern that matches nothing."""
ZONES = "cet|cest|utc|gmt"
_SIGNS = "[€£$%]"


def alternatives(words: Iterable[str]) -> str:
    """Return a pattern of printed words, the longest first, with any spaces between them."""
    listed = sorted(set(words), key=lambda word: (-len(word), word))
    return "|".join(re.escape(word).replace(r"\ ", r"\s{1,3}") for word in listed) or NEVER


@dataclass(frozen=True, slots=True)
class HourGrammar:
    """How a language prints hours, and what may stand between an hour and its date."""

    introducing: frozenset[str]
    """All words that may stand before an hour."""
    naming: frozenset[str]
    """Those behind which a number alone is an hour."""
    at: frozenset[str]
    """Those behind which it is one where nothing is counted."""
    afternoon: frozenset[str]
    after: str
    """Pattern of the units of an hour."""
    filler: str
    """Pattern of a word without a meaning of its own between hour and date."""
    behind: re.Pattern[str]
    """An hour behind a date."""
    before: re.Pattern[str]
    """An hour before a date, up to the date."""
    sign: re.Pattern[str]
    """What an hour before a date has at least."""
    small: re.Pattern[str]
    """Nothing but small words, from an hour to its date."""
    named: re.Pattern[str]
    """A word that names an hour, right before a number."""
    stop: re.Pattern[str]
    """What ends the words about an hour behind its date."""


@lru_cache(maxsize=64)
def hour_grammar(lexicon: Lexicon) -> HourGrammar:
    """Return how a language prints hours."""

    def words(name: str) -> list[str]:
        return lexicon.strings("dates", name)

    def halves(name: str) -> list[str]:
        return [*words(name), *load(INTERNATIONAL).strings("dates", name)]

    introducing = (*words("hour_word"), *words("hour_at"), *words("hour_before"))
    led, after = alternatives(introducing), alternatives(words("hour_after"))
    noon, midnight = alternatives(words("noon")), alternatives(words("midnight"))
    year_word = alternatives(words("year_word"))
    weekdays = (name for names in lexicon.weekdays for name in names)
    plain = (
        f"{led}|{after}|{noon}|{midnight}|{alternatives((*words('day_words'), *weekdays))}"
        f"|{alternatives(words('of'))}|{ZONES}"
    )
    halves_of_day = alternatives((*halves("morning"), *halves("afternoon")))
    unit = rf"\s?(?:{halves_of_day}|{after})(?!\w)"
    money = alternatives(unit for unit in units(lexicon) if unit[-1].isalpha())
    uncounted = rf"(?!\s{{0,2}}(?:{_SIGNS}|(?:{money})(?!\w)))"
    clock = (
        r"(?P<h>[01]?\d|2[0-4])"
        rf"(?:\s?(?:[:h]\s?|\.\s?(?=\d\d{uncounted}))(?P<m>[0-5]\d)(?!\d)|(?P<hundreds>00)(?!\d))?"
    )
    alone = (
        clock.replace("?P<h>", "?P<h2>").replace("?P<m>", "?P<m2>").replace("?P<hundreds>", "?:")
    )
    linked = alternatives((*words("until"), *words("since"), *words("joiner")))
    return HourGrammar(
        introducing=frozenset(introducing),
        naming=frozenset(words("hour_word")),
        at=frozenset(words("hour_at")),
        afternoon=frozenset(halves("afternoon")),
        after=after,
        filler=rf"(?:\d{{1,2}}(?:[.:h]\d{{2}})?\s{{0,2}}(?:{after})?|{plain})",
        behind=re.compile(
            rf"^[\s.,;(]{{0,4}}(?:{year_word})?[\s.,;(-]{{0,4}}(?:(?P<b>{led})[\s.]{{0,2}}){{0,3}}"
            rf"(?:(?P<noon>{noon})(?!\w)|(?P<midnight>{midnight})(?!\w)"
            rf"|{clock}(?P<s>{unit})?(?!\s?[./-]\s?\d)(?!\d))"
        ),
        before=re.compile(
            rf"(?:(?<!\w)(?:(?P<b>{led})\s{{0,2}}){{1,3}}{clock}(?P<s>{unit})?"
            rf"|(?<![\w.:]){alone}(?P<s2>{unit})|(?P<noon>{noon}))(?P<rest>[^\d;]{{0,32}})$"
        ),
        sign=re.compile(rf"\d|{noon}"),
        small=re.compile(rf"(?:\W{{0,3}}(?:{plain}|{linked})(?!\w)){{0,6}}\W{{0,4}}"),
        named=re.compile(rf"(?<!\w)(?:{alternatives(words('hour_word'))})\s{{0,2}}$"),
        stop=re.compile(rf"\s{{0,2}}(?:$|[^\w\s]|\n|(?:{plain}|{linked})(?!\w))"),
    )


def units(lexicon: Lexicon) -> list[str]:
    """Return what may stand behind a number that is an amount: scales and currencies."""
    return [*lexicon.mapping("numbers", "scales"), *lexicon.mapping("numbers", "currencies")]


def read_hour_behind(
    grammar: HourGrammar, match: re.Match[str], rest: str
) -> tuple[time | None, bool]:
    """Return the hour behind a date, and whether it is one; ``rest`` is what follows it."""
    return _read(grammar, match, counted=grammar.stop.match(rest) is None)


def read_hour_before(grammar: HourGrammar, match: re.Match[str]) -> tuple[time | None, bool]:
    """Return the hour before a date, and whether it is one."""
    return _read(grammar, match, counted=grammar.small.fullmatch(match["rest"]) is None)


def _read(grammar: HourGrammar, match: re.Match[str], *, counted: bool) -> tuple[time | None, bool]:
    """Return an hour and whether it is one; the end of the day is one without a time."""
    groups = match.groupdict()
    if groups.get("noon"):
        return time(12), True
    if groups.get("midnight"):
        return None, True
    printed = groups.get("h") or groups.get("h2")
    if printed is None:
        return None, False
    minute = groups.get("m") or groups.get("m2")
    unit = groups.get("s") or groups.get("s2")
    if minute is None and unit is None:
        by = " ".join((groups.get("b") or "").split())
        if by not in grammar.naming and (counted or by not in grammar.at):
            return None, False
    hour = int(printed)
    if unit is not None and unit.strip() in grammar.afternoon and hour < 12:
        hour += 12
    if hour == 24 or (hour == 0 and not int(minute or 0)):
        return None, True  # the end of the day, or a form's default: not an hour
    return time(hour, int(minute or 0)), True
