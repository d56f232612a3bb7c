"""Find every printed amount of money: any order, any separator, scales in words, ranges.

The surprise: ``7.5 milioni`` is seven and a half but ``3.179 milioni`` is three thousand, and in
``da 10 a 30mila euro`` the first number owns neither scale nor currency: a range shares both.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from functools import lru_cache
from itertools import islice, pairwise

from normalizers import limits
from normalizers.annotation import AnnotatedText
from normalizers.lexicon import Lexicon
from normalizers.text.places import ByWord, Words, begins, head, matches_at
from schema.money import Money
from vocabulary.matching import normalize_for_match

MAXIMUM, MINIMUM = "maximum", "minimum"


@dataclass(slots=True)
class PrintedAmount:
    """One amount as printed."""

    start: int
    end: int
    amount: Decimal
    currency: str | None
    limit: str | None = None
    """``maximum`` or ``minimum``: what the words right before it say."""
    low: "PrintedAmount | None" = None
    """The other end of its range, on the high end."""
    high: "PrintedAmount | None" = None
    misprint: bool = False
    features: list[str] = field(default_factory=list)
    quote_start: int = -1


@dataclass(frozen=True, slots=True)
class _MoneyGrammar:
    amount: re.Pattern[str]
    first_words: ByWord[bool]
    """Words with which an amount may begin, besides numbers and signs."""
    sign: re.Pattern[str]
    limit: re.Pattern[str]
    below: re.Pattern[str]
    range: re.Pattern[str]
    decimal: str
    words: dict[str, int]
    scales: dict[str, int]
    currencies: dict[str, str]


_NUMBER = (
    r"\d{1,3}(?:[.' ]\d{3})+(?:,\d{1,2})?(?!\d)|\d{1,3}(?:,\d{3})+(?:\.\d{1,2})?(?!\d)"
    r"|\d+[.,]\s?\d{1,3}(?!\d)(?!\.\d)|\d{1,9}(?!\d)"
)
_SYMBOLS = {"€": "EUR", "£": "GBP", "$": "USD", "eur": "EUR", "euro": "EUR", "usd": "USD",
            "gbp": "GBP", "chf": "CHF", "us$": "USD", "k€": "EUR"}  # fmt: skip
LARGEST = Decimal(10) ** 15
"""No public money is counted in quadrillions: more digits than that are no amount."""
_CENTS = re.compile(r"\d{1,3}(?:(?:\.\d{3})+,\d{2}|(?:,\d{3})+\.\d{2})")
"""Thousands and cents: an amount of money even where no currency is printed."""
_SIGNS = frozenset(("scaled", "cents"))
_REACH = 24
"""Characters within which two numbers may be a range."""
_THOUSAND = 1000
_MISPRINT = re.compile(r"\d[\d.,]*\d")


@lru_cache(maxsize=16)
def _grammar(lexicon: Lexicon) -> _MoneyGrammar:
    numbers = lexicon.table["numbers"]
    words = lexicon.mapping("numbers", "words")
    scales = lexicon.mapping("numbers", "scales")
    currencies = {**_SYMBOLS, **lexicon.mapping("numbers", "currencies")}

    def alternatives(items: object) -> str:
        listed = sorted({normalize_for_match(str(item)) for item in items}, key=len, reverse=True)  # type: ignore[attr-defined]
        return "|".join(re.escape(item).replace(r"\ ", r"\s{1,2}") for item in listed) or "(?!)"

    word = alternatives(words)
    scale = alternatives(scales)
    money = alternatives(currencies)
    of = alternatives(numbers.get("of", ()))
    plus = alternatives(numbers.get("plus", ()))
    half = alternatives(numbers.get("half", ()))
    number = rf"(?:{_NUMBER})"
    one = rf"(?:(?P<n>{number})|(?P<w>(?:{word})(?!\w)|(?:{word})(?=(?:{scale})(?!\w))))"
    two = one.replace("?P<n>", "?P<n2>").replace("?P<w>", "?P<w2>")
    scaled = rf"(?:\s{{0,2}}-?(?P<s>{scale})(?!\w))"
    amount = (
        rf"(?<![\w.,])(?:(?P<pre>{money})(?![^\W\d_])[\s.:]{{0,3}})?{one}"
        rf"(?:{scaled}(?:(?:\s{{1,2}}(?:{plus}))?\s{{1,2}}{two}\s{{0,2}}(?P<s2>{scale})(?!\w)|\s(?P<half>{half})(?!\w)|\s(?P<units>\d{{3}})(?![\d.,]))?)?"
        rf"(?:,-{{1,2}}|\.-)?"
        rf"(?:\s{{0,2}}(?:(?:{of})\s{{1,2}})?(?P<post>{money})(?!\w))?"
    )
    maximum, minimum = lexicon.alternatives("max_word"), lexicon.alternatives("min_word")
    limit = f"{maximum}|{minimum}"
    between = alternatives(numbers.get("range", ()))
    return _MoneyGrammar(
        amount=re.compile(amount),
        first_words=begins(
            [*words, *currencies, *(f"{word}{scale}" for word in words for scale in scales)]
        ),
        sign=re.compile("|".join(re.escape(item[0]) for item in currencies if not head(item))),
        limit=re.compile(
            rf"(?<!\w)(?:(?P<max>{maximum})|(?:{minimum}))(?:\W{{1,3}}(?:{of}|[a-z]{{1,4}})(?!\w)){{0,2}}\W{{0,4}}$"
        ),
        below=re.compile(
            rf"(?<!\w)(?:{lexicon.alternatives('below')})(?:\W{{1,3}}(?:{of})(?!\w))?\W{{0,4}}$"
        ),
        range=re.compile(
            rf"^[^\w.;:]{{0,3}}(?:{between})(?:\W{{1,3}}(?:{of}|{limit}|[a-z]{{1,3}})){{0,3}}\W{{0,3}}$"
        ),
        decimal=lexicon.decimal,
        words={key: int(value) for key, value in words.items()},
        scales={key: int(value) for key, value in scales.items()},
        currencies=currencies,
    )


def find_amounts(annotated: AnnotatedText) -> list[PrintedAmount]:
    """Return every amount of the text in order, with its limits and ranges."""
    normalized = annotated.normalized
    grammar = _grammar(annotated.lexicon)
    places = _places(annotated.words, annotated.numbers, grammar)
    matches = list(islice(matches_at(places, grammar.amount, normalized), limits.AMOUNTS + 1))
    if len(matches) > limits.AMOUNTS:
        annotated.limits["amounts"] = None
        matches.pop()
    found = [
        item
        for run in _runs(matches)
        if any(map(_is_signed, run))
        for match in run
        if (item := _amount(match, grammar, normalized)) is not None
    ]
    _share(normalized, grammar, found)
    found = [i for i in found if i.currency or not _SIGNS.isdisjoint(i.features)]
    _ranges(normalized, grammar, found)
    default = _default_currency(annotated, found)
    for index, item in enumerate(found):
        if item.currency is None:
            item.currency = default
            item.features.append("no_currency")
        low = found[index - 1].end if index else 0
        before = normalized[max(low, item.start - 64) : item.start]
        bound = grammar.limit.search(before)
        item.quote_start = item.start
        if bound is not None and item.low is None:
            item.limit = MAXIMUM if bound["max"] else MINIMUM
            item.quote_start = item.start - len(before) + bound.start()
        elif item.low is None and grammar.below.search(before) and _is_refused(annotated, item):
            item.limit = MINIMUM
    return [item for item in found if item.currency is not None]


def _places(words: Words, numbers: Iterable[int], grammar: _MoneyGrammar) -> list[int]:
    """Return where an amount may begin: ``5``, ``due milioni``, ``EUR 5``, ``€ 5``."""
    signs = (match.start() for match in grammar.sign.finditer(words.text))
    return sorted((*numbers, *words.places(grammar.first_words), *signs))


def _runs(matches: Iterable[re.Match[str]]) -> Iterator[list[re.Match[str]]]:
    """Yield the numbers in stretches, within which one may share the currency of the next."""
    run: list[re.Match[str]] = []
    for match in matches:
        if run and match.start() - run[-1].end() > _REACH:
            yield run
            run = []
        run.append(match)
    yield run


def _is_signed(match: re.Match[str]) -> bool:
    """Tell whether more than a bare number is printed: a currency, a scale, cents."""
    if match.lastgroup != "n":
        return match.lastgroup != "w"
    return match["pre"] is not None or _CENTS.fullmatch(match["n"]) is not None


def _is_refused(annotated: AnnotatedText, item: PrintedAmount) -> bool:
    """Tell whether the sentence refuses what it names: nothing "below" is accepted."""
    sentence = annotated.sentence_at(item.start)
    return annotated.has(sentence.start, item.start, "excluded", "excluded_before")


def _amount(match: re.Match[str], grammar: _MoneyGrammar, normalized: str) -> PrintedAmount | None:
    printed, scale, before, behind = match.group("n", "s", "pre", "post")
    if printed is not None:
        value = read_number(printed, grammar.decimal, scaled=scale is not None)
        if value is None or (value == 0 and printed.startswith("000")):
            return None  # the first digits were lost: "• 000,00 kuna"
    elif scale is None:
        return None
    else:
        value = Decimal(grammar.words[_squeeze(match["w"])])
    if scale is not None:
        value = _scaled(match, grammar, value, grammar.scales[_squeeze(scale)])
        if value is None:
            return None
    if value >= LARGEST:
        return None
    sign = behind or before
    currency = grammar.currencies[_squeeze(sign)] if sign else None
    if sign == "k€":
        value *= 1000
    end = match.end() if behind or scale else match.end("n")
    item = PrintedAmount(match.start(), max(end, match.start() + 1), value, currency)
    if scale:
        item.features.append("scaled")
    elif printed is not None and _CENTS.fullmatch(printed):
        item.features.append("cents")
    if printed is not None:
        tail = normalized[match.end("n") : match.end("n") + 2]
        item.misprint = tail[:1] in (".", ",") and tail[1:].isdigit()
    return item


def _scaled(
    match: re.Match[str], grammar: _MoneyGrammar, value: Decimal, scale: int
) -> Decimal | None:
    """Return the value of a number before a scale, with what is added behind it."""
    value *= scale
    if match["s2"]:
        more = (
            read_number(match["n2"], grammar.decimal, scaled=True)
            if match["n2"] is not None
            else Decimal(grammar.words[_squeeze(match["w2"])])
        )
        smaller = grammar.scales[_squeeze(match["s2"])]
        if more is not None and smaller < scale:
            value += more * smaller
    if match["half"]:
        value += Decimal(scale) / 2  # "un milione e mezzo"
    if match["units"]:
        if scale != _THOUSAND:
            return None
        value += int(match["units"])  # "22 mila 500 euro"
    return value


def _squeeze(word: str) -> str:
    return " ".join(word.split())


def read_number(printed: str, decimal: str, *, scaled: bool = False) -> Decimal | None:
    """Return the value of a number with its separators, ``None`` where it is no number.

    ``decimal`` is the language's decimal sign. A single separator before exactly three digits
    groups thousands, but before a scale word in a language with a decimal point.
    """
    if printed.isdigit():
        return Decimal(printed)
    compact = printed.replace(" ", "").replace("'", "")
    comma, point = compact.rfind(","), compact.rfind(".")
    if comma >= 0 and point >= 0:
        last = max(comma, point)
        whole, part = compact[:last].replace(",", "").replace(".", ""), compact[last + 1 :]
    elif comma >= 0 or point >= 0:
        sign = "," if comma >= 0 else "."
        pieces = compact.split(sign)
        grouped = all(len(piece) == 3 for piece in pieces[1:]) and 1 <= len(pieces[0]) <= 3
        if len(pieces) > 2 and not grouped:
            return None
        decimal_here = scaled and sign == decimal == "." and len(pieces) == 2
        if grouped and pieces[0] != "0" and not decimal_here:
            whole, part = "".join(pieces), ""
        elif len(pieces) == 2:
            whole, part = pieces
        else:
            return None
    else:
        whole, part = compact, ""
    if not whole.isdigit() or (part and not part.isdigit()):
        return None
    return Decimal(f"{whole}.{part}") if part else Decimal(whole)


def _share(normalized: str, grammar: _MoneyGrammar, found: list[PrintedAmount]) -> None:
    """Let the first number of a range take scale and currency from the second, or the reverse."""
    for left, right in pairwise(found):
        if (left.currency is None) == (right.currency is None) or right.start - left.end > _REACH:
            continue
        if not grammar.range.match(normalized[left.end : right.start]):
            continue
        if left.currency is None and right.currency is not None:
            left.currency = right.currency
            left.features.append("shared")
            if left.amount < 1000 <= right.amount and "scaled" not in left.features:
                scale = Decimal(
                    1000000 if right.amount >= 1000000 and "scaled" in right.features else 1000
                )
                if left.amount * scale <= right.amount:
                    left.amount *= scale
        elif right.currency is None and left.currency is not None and right.amount >= left.amount:
            right.currency = left.currency
            right.features.append("shared")


def _ranges(normalized: str, grammar: _MoneyGrammar, found: list[PrintedAmount]) -> None:
    for left, right in pairwise(found):
        if left.low is not None or left.currency != right.currency or left.amount >= right.amount:
            continue
        between = normalized[left.end : right.start]
        if len(between) <= 40 and grammar.range.match(between):
            left.high, right.low = right, left


def _default_currency(annotated: AnnotatedText, found: list[PrintedAmount]) -> str | None:
    counts: dict[str, int] = {}
    for item in found:
        if item.currency is not None:
            counts[item.currency] = counts.get(item.currency, 0) + 1
    if counts:
        return max(counts, key=lambda key: counts[key])
    return annotated.lexicon.currency


def to_money(item: PrintedAmount) -> Money:
    """Return the amount in the currency that was printed."""
    return Money(
        item.amount.normalize() if item.amount % 1 else item.amount.to_integral_value(),
        item.currency or "EUR",
    )
