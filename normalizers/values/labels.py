"""Read a value that stands alone under a label that the portal explains.

Only a value that is nothing but a value is read here; prose under a label is left to the finders.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date, time
from decimal import Decimal
from typing import TypeVar

from normalizers.annotation import AnnotatedText
from normalizers.claims import LABEL, Candidate
from normalizers.values.dates import PrintedDate
from normalizers.values.money import LARGEST, read_number
from schema.calls import Moment
from schema.money import Money
from schema.spans import Span

T = TypeVar("T")

SHORT = 120
"""Characters above which the words under a label are prose."""
_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
)
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD"}
_UNIT = r"[A-Z]{3}|[€£$]"
_BARE_AMOUNT = re.compile(
    rf"(?:(?P<before>{_UNIT})\s?)?(?P<number>\d[\d.,'’ \xa0\u202f]*)"
    rf"(?:\s?(?P<after>{_UNIT}))?(?:\s?\((?:19|20)\d\d\))?"
)
_BARE_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d+)?\s?%?")
_MIDNIGHT = time(0, 0)


def find_labelled_values(
    annotated: AnnotatedText,
    name: str,
    read: Callable[[AnnotatedText, Span], T | None],
    points: float,
) -> list[Candidate[T]]:
    """Return what stands alone under the labels of a field, in the order of the page.

    ``read`` is given the place of the value and returns ``None`` where it is not one. The words of
    a candidate are label and value.
    """
    found: list[Candidate[T]] = []
    seen: set[str] = set()
    for each in annotated.labelled:
        if each.field != name:
            continue
        words = each.whole.quote(annotated.text)
        if words in seen:  # head and foot of a page often print the same pairs
            continue
        seen.add(words)
        value = read(annotated, each.span)
        if value is not None:
            found.append(Candidate(points, each.whole.start, each.whole.end, value, LABEL, LABEL))
    return found


def words_under(annotated: AnnotatedText, name: str) -> str:
    """Return the words under the first label of a field; empty where it has none."""
    spans = (each.span for each in annotated.labelled if each.field == name)
    span = next(spans, None)
    return read_words(annotated, span) if span else ""


def read_words(annotated: AnnotatedText, span: Span) -> str:
    """Return the words under a label without their margins."""
    return span.quote(annotated.text).strip()


def read_name(annotated: AnnotatedText, span: Span) -> str | None:
    """Read a name: a few words, on one line."""
    words = " ".join(read_words(annotated, span).split())
    return words if 0 < len(words) <= SHORT else None


def read_moment(
    annotated: AnnotatedText, span: Span, dates: Sequence[PrintedDate], zone: str
) -> Moment | None:
    """Read a moment as a form prints it, or the only one of the notice's ``dates`` there."""
    words = read_words(annotated, span)
    iso = _ISO.fullmatch(words)
    if iso is not None:
        hour = time(int(iso[4]), int(iso[5])) if _is_hour(iso[4], iso[5]) else None
        try:
            day = date(int(iso[1]), int(iso[2]), int(iso[3]))
        except ValueError:
            return None
        # 00:00 is what a form writes where no hour was given.
        return Moment(day, None if hour == _MIDNIGHT else hour, zone)
    inside = [item for item in dates if span.start <= item.start < span.end]
    if len(inside) != 1 or inside[0].on is None or len(words) > SHORT:
        return None
    return Moment(inside[0].on, inside[0].at, zone)


def read_money(annotated: AnnotatedText, span: Span) -> Money | None:
    """Read an amount; where no currency is printed, it is the language's."""
    match = _BARE_AMOUNT.fullmatch(read_words(annotated, span).rstrip(" ."))
    if match is None:
        return None
    number = match["number"].strip().translate({0xA0: " ", 0x202F: " ", ord("’"): "'"})
    amount = read_number(number, annotated.lexicon.decimal)
    currency = match["before"] or match["after"] or annotated.lexicon.currency
    if amount is None or not 0 < amount < LARGEST or not currency:
        return None
    return Money(amount, _SIGNS.get(currency, currency))


def read_count(annotated: AnnotatedText, span: Span) -> int | None:
    """Read a number of things."""
    number = _read_number(annotated, span)
    return int(number) if number is not None and number == int(number) and number > 0 else None


def read_percentage(annotated: AnnotatedText, span: Span) -> float | None:
    """Read a percentage, with its sign or without."""
    number = _read_number(annotated, span)
    return float(number) if number is not None and 0 < number <= 100 else None


def _read_number(annotated: AnnotatedText, span: Span) -> Decimal | None:
    words = read_words(annotated, span)
    return Decimal(words.rstrip(" %").replace(",", ".")) if _BARE_NUMBER.fullmatch(words) else None


def _is_hour(hour: str | None, minute: str | None) -> bool:
    return hour is not None and minute is not None and int(hour) < 24 and int(minute) < 60
