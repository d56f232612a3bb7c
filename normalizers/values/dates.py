"""Find every printed date: numeric, in words, in ranges that share a year, with or without hour.

The surprise: the year may be missing. Such a date is kept with ``year=None``; who chooses it must
resolve the year from the notice (:func:`normalizers.values.years.resolve`) or leave it.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, time
from functools import lru_cache
from itertools import pairwise

from normalizers import limits
from normalizers.annotation import AnnotatedText
from normalizers.lexicon import INTERNATIONAL, Lexicon, load
from normalizers.text.places import ByWord, begins, matches_at
from normalizers.values.hours import (
    ZONES,
    HourGrammar,
    alternatives,
    hour_grammar,
    read_hour_before,
    read_hour_behind,
    units,
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


@dataclass(frozen=True, slots=True)
class _DateGrammar:
    numeric: re.Pattern[str]
    worded: re.Pattern[str]
    month_first: re.Pattern[str]
    bare: re.Pattern[str]
    shared_day: re.Pattern[str]
    joiner: re.Pattern[str]
    preposition: re.Pattern[str]
    hours: HourGrammar
    of_next: re.Pattern[str]
    weekday: re.Pattern[str]
    months: dict[str, int]
    month_words: ByWord[bool]
    weekdays: dict[str, int]
    until: frozenset[str]


_SHORTEST = 28
"""Days that every month has."""
_ROMAN = {
    "i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10,
    "xi": 11, "xii": 12,
}  # fmt: skip
_NUMERIC = re.compile(
    r"(?<![\d_.])(?<!\b[^\W\d_])(?<!\d,)(?<!\d/)(?:"
    r"(?P<d>[0-3]?\d)(?P<sep>\s?[./-]\s{0,2})(?P<mo>[01]?\d)\s?[./-]\s{0,2}(?P<y>(?:19|20)\d{2}|\d{2})"
    r"|(?<!-)(?P<y0>(?:19|20)\d{2})(?P<sep0>[./-]\s?)(?P<mo0>[01]?\d)[./-]\s?(?P<d0>[0-3]?\d)"
    r")(?!\d)(?![./]\d)(?!-[a-z])(?!-\d{1,3}(?![\d./]))"
)
_BARE = re.compile(r"(?<![\w.,:/-])(?P<d>[0-3]?\d)\.\s?(?P<mo>[01]?\d)\.(?!\s?\d)(?!\w)")
_RANGE = re.compile(r"\W{0,3}-\W{0,3}$")


def _months(lexicon: Lexicon) -> dict[str, int]:
    months: dict[str, int] = {}
    for each in (lexicon, load(INTERNATIONAL)):
        for number, names in enumerate(each.months, 1):
            for name in names:
                months.setdefault(name, number)
    return months


def _year_pattern(lexicon: Lexicon, hours: HourGrammar) -> str:
    """Return the pattern of a year; two digits are none before a unit: ``3 March 12 million``."""
    unit = alternatives(unit for unit in units(lexicon) if unit[-1].isalpha())
    return (
        r"(?:(?P<y>(?:19|20)\d{2})(?!\d)"
        rf"|'?(?P<y2>\d{{2}})(?![\d.:,%h°]|\s*(?:%|(?:{unit}|{hours.after})(?!\w))|\w))"
    )


@lru_cache(maxsize=64)
def _grammar(lexicon: Lexicon) -> _DateGrammar:
    def words(name: str) -> str:
        return alternatives(lexicon.strings("dates", name))

    hours, months = hour_grammar(lexicon), _months(lexicon)
    weekdays = {name: day for day, names in enumerate(lexicon.weekdays) for name in names}
    month, roman, year = alternatives(months), alternatives(_ROMAN), _year_pattern(lexicon, hours)
    ordinal, of, year_word, joiner = map(words, ("ordinal", "of", "year_word", "joiner"))
    day_words = alternatives([*lexicon.strings("dates", "day_words"), *weekdays])
    until, since = lexicon.strings("dates", "until"), lexicon.strings("dates", "since")
    filler = hours.filler
    return _DateGrammar(
        numeric=_NUMERIC,
        worded=re.compile(
            rf"(?<![\w,])(?<!\d[.:/])(?P<d>[0-3]?\d)(?:\s?\.|\s?(?:{ordinal})(?!\w))?[\s,/-]{{0,3}}(?:(?:{of})\s{{1,2}})?"
            rf"(?:(?P<month>{month})(?!\w)|(?P<roman>{roman})(?=\.|\s?\d{{4}}))"
            rf"(?:(?:[.,]|\s?/|-)?\s{{0,2}}(?:(?:{of}|{year_word})\s{{1,2}}){{0,2}}{year})?"
        ),
        month_first=re.compile(
            rf"(?<!\w)(?P<month>{month})\.?\s{{1,2}}(?P<d>[0-3]?\d)(?:{ordinal})?(?!\d)"
            rf"(?:,?\s{{1,2}}(?P<y>(?:19|20)\d{{2}})(?!\d))?"
        ),
        bare=_BARE,
        shared_day=re.compile(
            rf"(?<![\w.,:/])(?P<d>[0-3]?\d)(?:\.|\s?(?:{ordinal})(?!\w))?\s{{0,3}}(?P<j>(?:{joiner})(?!\w)|,|-|/)\s{{0,2}}(?:(?:{day_words}|{of})\s{{1,2}}){{0,2}}$"
        ),
        joiner=re.compile(
            rf"^[\s.,]{{0,3}}(?:{year_word})?[\s.,]{{0,3}}(?:\([^()]{{0,30}}\)\s?)?(?:(?:{filler})[\s.,]{{0,2}}){{0,4}}(?P<j>(?:{joiner})(?!\w)|,|-|/)(?:\s{{0,3}}(?:{joiner})(?!\w))?(?:\W{{0,3}}{filler}(?!\w)){{0,6}}\W{{0,3}}$"
        ),
        preposition=re.compile(
            rf"(?<!\w)(?P<p>{alternatives(until + since)})(?!\w)(?:\W{{0,3}}{filler}(?!\w)){{0,7}}\W{{0,3}}$"  # noqa: E501
        ),
        hours=hours,
        of_next=re.compile(
            rf"(?:\W{{0,3}}\b(?:{ZONES}|{day_words}))*\W{{0,3}}\b(?:{of})"
            rf"(?:\W{{1,3}}(?:{day_words}))*\W{{0,3}}"
        ),
        weekday=re.compile(rf"(?<!\w)(?P<w>{alternatives(weekdays)})\b[^\d;]{{0,12}}$"),
        months=months,
        month_words=begins(months),
        weekdays=weekdays,
        until=frozenset(until),
    )


def find_dates(annotated: AnnotatedText) -> tuple[list[PrintedDate], list[PrintedDate]]:
    """Return every date of the text in order, and the misprinted ones: days no calendar has.

    Dates carry their hours, prepositions and range partners.
    """
    normalized = annotated.normalized
    grammar = _grammar(annotated.lexicon)
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
    grammar: _DateGrammar,
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
        month = grammar.months[match["month"]] if match["month"] else _ROMAN[match["roman"]]
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
    normalized: str, grammar: _DateGrammar, found: list[PrintedDate]
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
    normalized: str, grammar: _DateGrammar, item: PrintedDate, low: int, high: int
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
    grammar: _DateGrammar, hour: str, rest: str, item: PrintedDate, high: int
) -> bool:
    """Tell whether an hour after a date is the next date's: ``dal 1° ottobre alle 12 del 15``."""
    between = rest[: max(0, high - item.end - len(hour))]
    if item.end + len(hour) + len(between) < high or len(between) > 24:
        return False
    return grammar.of_next.fullmatch(between) is not None


def _group(normalized: str, grammar: _DateGrammar, found: list[PrintedDate]) -> None:
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
