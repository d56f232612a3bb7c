"""Give a date without a year its year, from the rest of the notice or not at all.

The surprise: a weekday can decide it (``mercoledì 19 giugno``), and where nothing does the date
stays without a year: a guess would be wrong half of the time.
"""

import re
from collections.abc import Sequence
from datetime import date, timedelta
from functools import lru_cache

from normalizers.annotation import AnnotatedText
from normalizers.lexicon import Lexicon
from normalizers.values.dates import PrintedDate, copy_of

_YEAR = re.compile(r"(?<![\d/.,-])(20\d{2})(?![\d/%]|[.,]\d)")
_HEADER = re.compile(r"^\W*(?:date\W{1,3})?(20\d{2})-(0[1-9]|1[0-2])(?:-([0-3]\d))?\b")


def reference_day(
    annotated: AnnotatedText, published: date | None, today: date | None
) -> date | None:
    """Return the day on which the notice was written, as far as it can be told."""
    if published is not None:
        return published
    header = _HEADER.match(annotated.normalized)
    if header is not None:
        try:
            return date(int(header[1]), int(header[2]), int(header[3] or 1))
        except ValueError:
            return None
    return today


def resolve(
    item: PrintedDate, annotated: AnnotatedText, reference: date | None, *, ahead: bool
) -> PrintedDate | None:
    """Return the date with its year, or ``None`` where the notice does not tell.

    ``ahead`` tells that the date lies after the day of writing, as a deadline does; otherwise the
    nearest such day is meant.
    """
    if item.year is not None:
        return item
    if item.weekday is not None:
        years = {int(year) for year in _YEAR.findall(annotated.normalized)}
        if reference is not None:
            years |= {reference.year}
        fitting = [year for year in sorted(years | {y + 1 for y in years}) if _weekday(item, year)]
        if reference is not None and ahead:
            later = [y for y in fitting if (_day(item, y) or reference) >= reference]
            fitting = later[:1] or fitting
        if len(fitting) == 1:
            return copy_of(item, fitting[0])
        if not fitting:
            return None
    if reference is None:
        year = _year_said(item, annotated)
        return copy_of(item, year) if year and _day(item, year) else None
    options = [
        (year, day)
        for year in (reference.year - 1, reference.year, reference.year + 1)
        if (day := _day(item, year)) is not None
    ]
    if ahead:
        start = reference - timedelta(days=1)
        options = [(year, day) for year, day in options if day >= start]
        return copy_of(item, options[0][0]) if options else None
    nearest = min(
        options, key=lambda option: abs((option[1] - reference).days), default=(0, reference)
    )
    return copy_of(item, nearest[0]) if nearest[0] else None


def resolve_near(item: PrintedDate, known: Sequence[date], *, after: bool) -> PrintedDate | None:
    """Return the date with the year that puts it next to a day of the same window."""
    if item.year is not None or not known:
        return item if item.year is not None else None
    anchor = max(known) if after else min(known)
    for year in (anchor.year - 1, anchor.year, anchor.year + 1):
        day = _day(item, year)
        if day is None:
            continue
        distance = (day - anchor).days if after else (anchor - day).days
        if 0 <= distance <= 366:
            return copy_of(item, year)
    return None


def _year_said(item: PrintedDate, annotated: AnnotatedText) -> int | None:
    """Return the year in which the same sentence or the one before says that things happen."""
    index = annotated.sentence_index(item.start)
    start = annotated.sentences[max(0, index - 1)].start
    said = _in_year(annotated.lexicon).finditer(annotated.normalized, start, item.start)
    years = {int(match["year"]) for match in said}
    return years.pop() if len(years) == 1 else None


@lru_cache(maxsize=16)
def _in_year(lexicon: Lexicon) -> re.Pattern[str]:
    inside = "|".join(map(re.escape, lexicon.strings("dates", "in_year"))) or "(?!)"
    word = "|".join(map(re.escape, lexicon.strings("dates", "year_word"))) or "(?!)"
    return re.compile(
        rf"(?<!\w)(?:{inside})\s{{0,2}}(?:(?:{word})\s{{1,2}})?(?P<year>20\d\d)(?![\d/%-])"
    )


def _day(item: PrintedDate, year: int) -> date | None:
    try:
        return date(year, item.month, item.day)
    except ValueError:
        return None


def _weekday(item: PrintedDate, year: int) -> bool:
    day = _day(item, year)
    return day is not None and day.weekday() == item.weekday
