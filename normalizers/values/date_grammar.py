"""How dates are printed in a language: the patterns of :mod:`normalizers.values.dates`."""

import re
from dataclasses import dataclass
from functools import lru_cache

from normalizers.lexicon import INTERNATIONAL, Lexicon, load
from normalizers.text.places import ByWord, begins
from normalizers.values.hours import ZONES, HourGrammar, alternatives, hour_grammar, units


@dataclass(frozen=True, slots=True)
class DateGrammar:
    """The patterns of one language; all but ``numeric`` and ``bare`` are made of its words."""

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


ROMAN = {
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
def date_grammar(lexicon: Lexicon) -> DateGrammar:
    """Return the patterns of a language's dates."""

    def words(name: str) -> str:
        return alternatives(lexicon.strings("dates", name))

    hours, months = hour_grammar(lexicon), _months(lexicon)
    weekdays = {name: day for day, names in enumerate(lexicon.weekdays) for name in names}
    month, roman, year = alternatives(months), alternatives(ROMAN), _year_pattern(lexicon, hours)
    ordinal, of, year_word, joiner = map(words, ("ordinal", "of", "year_word", "joiner"))
    day_words = alternatives([*lexicon.strings("dates", "day_words"), *weekdays])
    until, since = lexicon.strings("dates", "until"), lexicon.strings("dates", "since")
    filler = hours.filler
    return DateGrammar(
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
