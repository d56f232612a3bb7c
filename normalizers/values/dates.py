"""Find every printed date: numeric, in words, in ranges that share a year, with or without hour.

The surprise: the year may be missing. Such a date is kept with ``year=None``; who chooses it must
resolve the year from the notice (:func:`normalizers.values.years.resolve`) or leave it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, time
from itertools import pairwise

from normalizers import limits
from normalizers.annotation import AnnotatedText
from normalizers.text.places import matches_at
from normalizers.values.date_grammar import ROMAN, DateGrammar, date_grammar
from normalizers.values.hours import (
    read_hour_before,
    read_hour_behind,
)

UNTIL, SINCE = "until", "since"


@dataclass(slots=True)
class PrintedDate:
    """One date as printed."""

    start: int
    end: int
    day: int
    month: int
    year: int | None
    at: time | None = None
    weekday: int | None = None
    """0 is Monday."""
    preposition: str | None = None
    """``until`` or ``since``: what the words right before it say."""
    shared: bool = False
    """Whether month or year were taken from a neighbouring date."""
    group: int = -1
    """Dates of one range or list share a number."""
    range_end: "PrintedDate | None" = None
    features: list[str] = field(default_factory=list)
    quote_start: int = -1
    """Where the words begin that the preposition or hour adds."""

    @property
    def on(self) -> date | None:
        """The day, where a year is known and the calendar has such a day."""
        if self.year is None:
            return None
        try:
            return date(self.year, self.month, self.day)
        except ValueError:
            return None


_SHORTEST = 28
"""Days that every month has."""
_RANGE = re.compile(r"\W{0,3}-\W{0,3}$")


def find_dates(annotated: AnnotatedText) -> tuple[list[PrintedDate], list[PrintedDate]]:
    """Return every date of the text in order, and the misprinted ones: days no calendar has.

    Dates carry their hours, prepositions and range partners.
    """
    normalized = annotated.normalized
    grammar = date_grammar(annotated.lexicon)
    misprinted: list[PrintedDate] = []
    found = _tokens(annotated, grammar, misprinted, month_first=annotated.lexicon.month_first)
    found = list(_with_shared_days(normalized, grammar, found))
    if len(found) > limits.DATES or len(misprinted) > limits.DATES:
        annotated.limits["dates"] = None
        del found[limits.DATES :], misprinted[limits.DATES :]
    for index, item in enumerate(found):
        before = found[index - 1].end if index else 0
        _describe(
            normalized,
            grammar,
            item,
            before,
            found[index + 1].start if index + 1 < len(found) else len(normalized),
        )
    _group(normalized, grammar, found)
    for block in annotated.source.blocks:
        if block.kind == "struck":
            for item in found:
                if block.span.start <= item.start < block.span.end:
                    item.features.append("struck")
    for item in misprinted:
        _describe(normalized, grammar, item, 0, len(normalized))
    return found, misprinted


def _tokens(  # noqa: PLR0912 - one branch a place
    annotated: AnnotatedText,
    grammar: DateGrammar,
    misprinted: list[PrintedDate],
    *,
    month_first: bool,
) -> list[PrintedDate]:
    normalized, numbers = annotated.normalized, annotated.numbers
    found: list[PrintedDate] = []

    def keep_impossible(match: re.Match[str], month: int) -> None:
        day, year = int(match["d"]), match["y"] or ""
        if len(year) == 4 and day > _SHORTEST and 1 <= month <= 12:
            misprinted.append(PrintedDate(match.start(), match.end(), day, month, int(year)))

    for match in matches_at(numbers, grammar.numeric, normalized):
        item = _numeric(match)
        if item is not None:
            found.append(item)
        elif match["d"] and match["mo"] and match[0].count(match["sep"].strip()) == 2:
            keep_impossible(match, int(match["mo"]))
    for match in matches_at(numbers, grammar.worded, normalized):
        year = match["y"] or match["y2"]
        if match["roman"] and not year:
            continue
        month = grammar.months[match["month"]] if match["month"] else ROMAN[match["roman"]]
        item = _valid(match.start(), match.end(), int(match["d"]), month, _year(year))
        if item is None and match["y2"]:
            item = _valid(match.start(), match.end("month"), int(match["d"]), month, None)
        if item is not None:
            found.append(item)
        else:
            keep_impossible(match, month)
    months = annotated.words.places(grammar.month_words)
    for match in matches_at(months, grammar.month_first, normalized):
        if match["y"] is None and not month_first:
            continue
        year = int(match["y"]) if match["y"] else None
        item = _valid(
            match.start(), match.end(), int(match["d"]), grammar.months[match["month"]], year
        )
        if item is not None:
            found.append(item)
    for match in matches_at(numbers, grammar.bare, normalized):
        item = _valid(match.start(), match.end(), int(match["d"]), int(match["mo"]), None)
        if item is not None:
            item.features.append("bare")
            found.append(item)
    found.sort(key=lambda item: (item.start, item.features, -item.end))
    kept: list[PrintedDate] = []
    if len(found) > 2 * limits.DATES:
        annotated.limits["dates"] = None
    for item in found[: 2 * limits.DATES]:
        if kept and item.start < kept[-1].end:
            if item.year is not None and kept[-1].year is None:
                kept[-1] = item
            continue
        kept.append(item)
    return kept


def _numeric(match: re.Match[str]) -> PrintedDate | None:
    if match["y0"]:
        return _valid(
            match.start(), match.end(), int(match["d0"]), int(match["mo0"]), int(match["y0"])
        )
    separator = match["sep"].strip()
    if match[0].count(separator) != 2:
        return None
    if len(match["y"]) == 2 and (separator == "-" or match["d"] == "0"):
        return None
    day, month = int(match["d"]), int(match["mo"])
    year = _year(match["y"])
    item = _valid(match.start(), match.end(), day, month, year)
    if item is None and separator == "/" and day <= 12:
        item = _valid(match.start(), match.end(), month, day, year)
    return item


def _year(printed: str | None) -> int | None:
    if printed is None:
        return None
    value = int(printed)
    return value if value > 99 else 2000 + value


def _valid(start: int, end: int, day: int, month: int, year: int | None) -> PrintedDate | None:
    try:
        date(year or 2000, month, day)
    except ValueError:
        return None
    if year is not None and not 1990 <= year <= 2060:
        return None
    return PrintedDate(start, end, day, month, year)


def _with_shared_days(
    normalized: str, grammar: DateGrammar, found: list[PrintedDate]
) -> Iterator[PrintedDate]:
    """Add the days that share month and year with the next: ``od 1. do 31. ožujka 2021.``."""
    end_of_last = 0
    for item in found:
        extra: list[PrintedDate] = []
        place = item.start
        while len(extra) < 12:
            low = max(end_of_last, place - 24)
            match = grammar.shared_day.search(normalized[low:place])
            if match is None or grammar.hours.named.search(normalized, low, low + match.start()):
                break
            shared = _valid(
                low + match.start(), low + match.end("d"), int(match["d"]), item.month, item.year
            )
            if shared is None or (match["j"] == "-" and shared.day >= item.day):
                break
            shared.shared = True
            extra.append(shared)
            place = shared.start
        yield from reversed(extra)
        yield item
        end_of_last = item.end


def _describe(
    normalized: str, grammar: DateGrammar, item: PrintedDate, low: int, high: int
) -> None:
    """Add the preposition, the weekday and the hour that stand around a date."""
    before = normalized[max(low, item.start - 70) : item.start]
    item.quote_start = item.start
    match = grammar.preposition.search(before)
    if match is not None and "\n\n" not in before[match.start() :]:
        word = re.sub(r"\s+", " ", match["p"])
        item.preposition = UNTIL if word in grammar.until else SINCE
        if word in grammar.hours.introducing:
            item.features.append("clock")
        item.quote_start = item.start - len(before) + match.start()
    match = grammar.weekday.search(before[-24:])
    if match is not None:
        item.weekday = grammar.weekdays[match["w"]]
    after = normalized[item.end : min(high, item.end + 40)]
    hours = grammar.hours
    hour = hours.behind.match(after)
    if hour is not None and not _belongs_to_next(grammar, hour[0], after[hour.end() :], item, high):
        item.at, known = read_hour_behind(hours, hour, after[hour.end() :])
        if known:
            item.end += hour.end()
            item.features.append("hour")
            return
    before = before[-45:]
    if hours.sign.search(before) is None:
        return
    hour = hours.before.search(before)
    if hour is not None and ";" not in hour[0] and "\n\n" not in hour[0]:
        item.at, known = read_hour_before(hours, hour)
        if known:
            item.quote_start = min(item.quote_start, item.start - len(before) + hour.start())
            item.features.append("hour")


def _belongs_to_next(
    grammar: DateGrammar, hour: str, rest: str, item: PrintedDate, high: int
) -> bool:
    """Tell whether an hour after a date is the next date's: ``dal 1° ottobre alle 12 del 15``."""
    between = rest[: max(0, high - item.end - len(hour))]
    if item.end + len(hour) + len(between) < high or len(between) > 24:
        return False
    return grammar.of_next.fullmatch(between) is not None


def _group(normalized: str, grammar: DateGrammar, found: list[PrintedDate]) -> None:
    """Join ranges and lists, and let a date without a year take its neighbour's."""
    number = 0
    for left, right in pairwise(found):
        between = normalized[left.end : right.start]
        if len(between) > 60 or "\n\n" in between:
            continue
        match = grammar.joiner.match(between)
        if match is None:
            continue
        if left.group < 0:
            number += 1
            left.group = number
        right.group = left.group
        is_range = (
            _RANGE.search(between) is not None
            or right.preposition == UNTIL
            or (left.preposition == SINCE and match["j"] != ",")
        )
        if is_range and left.preposition != UNTIL:
            left.range_end = right
            if left.preposition is None:
                left.preposition = SINCE
                left.features.append("range")
            if right.preposition is None:
                right.preposition = UNTIL
                right.features.append("range")
        elif right.preposition is None and left.preposition == UNTIL:
            right.preposition = UNTIL
    for left, right in reversed(list(pairwise(found))):
        if left.year is None and right.year is not None and left.group == right.group >= 0:
            left.year = right.year - ((left.month, left.day) > (right.month, right.day))
            left.shared = True
    for left, right in pairwise(found):
        if right.year is None and left.year is not None and left.group == right.group >= 0:
            right.year = left.year + ((right.month, right.day) < (left.month, left.day))
            right.shared = True


def copy_of(item: PrintedDate, year: int) -> PrintedDate:
    """Return the date with a year that was worked out."""
    return replace(item, year=year, features=[*item.features, "derived"])
