"""Codes, amounts, dates, percentages and addresses: they must come through verbatim.

Nothing is replaced by a placeholder before translation: no placeholder that a model was not
trained on is safe. The words go in as they are, and the result is checked and mended.
"""

import re
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from functools import lru_cache

_NUMBER = (
    r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?(?!\d)"  # 1 000 000,00
    r"|(?<![^\W_])\d+(?:[.,:/–-]\d+)*"  # 1.000,00 and 02/02/2021 and 6.3.1 and 17:00
)
_SPACE = r"[ \u00a0\u202f]?"
_UNIT = r"(?:%|‰|€|\$|£|(?:EUR|HRK|USD|GBP|PLN|RON|CHF|kn)\b)"
_PROTECTED = re.compile(
    "|".join(
        (
            r"(?<![\w.+-])[\w.+-]+@[\w-]+(?:\.[\w-]+)+",  # mail address
            r"(?:https?://|www\.)[^\s<>\"'“”„«»)\]]*[^\s<>\"'“”„«»)\].,;:!?]",  # page
            r"(?<!\w)@\w+",  # handle
            rf"[€$£]{_SPACE}(?:{_NUMBER})",
            # A code: letters, one of them a capital, and digits.
            r"(?<![\w./-])(?=[\w./-]*\d)(?=[\w./-]*[A-ZČĆŠŽĐ])"
            r"[^\W_]+(?:[-./_–][^\W_]+)*(?<=[\dA-ZČĆŠŽĐ])(?!\w)",
            r"(?<!\w)[^\W\d_]+\d[^\W_]*",  # h2020, Business2Business
            rf"(?:{_NUMBER})(?:{_SPACE}{_UNIT})?",
        )
    )
)
_DAY = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4})")
_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_AMOUNT = re.compile(
    rf"(?P<before>[€$£]{_SPACE})?"
    r"(?P<whole>\d{1,3}(?:[.,'’ \u00a0\u202f]\d{3})+)(?:[.,](?P<cents>\d{2}))?"
    rf"(?P<after>{_SPACE}{_UNIT})?"
)
_SAME_UNIT = {"€": ("€", "EUR", "euro", "euros"), "EUR": ("EUR", "€", "euro", "euros"),
              "kn": ("kn", "HRK", "kuna"), "HRK": ("HRK", "kn", "kuna"), "£": ("£", "GBP"),
              "GBP": ("GBP", "£"), "$": ("$", "USD"), "USD": ("USD", "$")}  # fmt: skip
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_PLAIN_WORD = re.compile(r"(?<!\S)[^\W\d_A-Z]{3,}(?!\S)")
_COLON = re.compile(r"\s*(?:(?<!\d):|:(?!\d))(?!//)\s*")


@dataclass(frozen=True, slots=True)
class ProtectedTerm:
    """A protected string in a sentence."""

    text: str
    start: int
    end: int


def find_terms(sentence: str) -> list[ProtectedTerm]:
    """Return what must stand verbatim in the translation, in order, none inside another."""
    return [ProtectedTerm(match[0], *match.span()) for match in _PROTECTED.finditer(sentence)]


def is_value_only(sentence: str) -> bool:
    """Tell whether nothing is left to translate besides protected strings and signs."""
    if _PLAIN_WORD.search(sentence):
        return False  # no protected string has such a word: no need to look for them
    return _LETTERS.search(without_values(sentence)) is None


def without_values(sentence: str) -> str:
    """Return the sentence with a space in place of each protected string."""
    return _PROTECTED.sub(" ", sentence)


def split_label(sentence: str) -> tuple[str, str]:
    """Return the label of ``label: value`` and the rest, if the value needs no translation.

    Else the whole sentence and nothing.
    """
    colon = _COLON.search(sentence) if ":" in sentence else None
    if colon is not None and colon.end() < len(sentence):
        label = sentence[: colon.start()]
        if _LETTERS.search(label) and is_value_only(sentence[colon.end() :]):
            return label, sentence[colon.start() :]
    return sentence, ""


def restore(source: str, english: str) -> tuple[str, list[str]]:
    """Return the English with protected strings as printed, and those that it lacks.

    Engines put spaces into addresses, change dashes, drop underscores and write amounts and dates
    the English way; where a string can be recognised in spite of that, it is put back verbatim.
    """
    terms = Counter(term.text for term in find_terms(source))
    pieces = [(english, False)]  # of the result; True: a protected string, done with
    missing: list[str] = []
    for term in sorted(terms, key=lambda text: (-len(text), text)):
        left = terms[term]
        for pattern in (_verbatim(term), _loose(term), _reshaped(term)):
            if left and pattern is not None:
                pieces, left = _place(term, left, pattern, pieces)
        missing += [term] * left
    order = list(terms)
    return "".join(text for text, _ in pieces), sorted(missing, key=order.index)


def find_invented(source: str, english: str) -> list[str]:
    """Return values of the English that the source does not have, of three digits or more.

    A shorter number may be a word of the source (``dvanaest`` is 12).
    """
    printed = {term.text for term in find_terms(source)}
    return [
        term.text
        for term in find_terms(english)
        if term.text not in printed and len(_digits(term.text)) >= 3
    ]


def blot_out(english: str, values: Collection[str], mark: str) -> str:
    """Return the English with a mark in place of each of the values."""
    parts: list[str] = []
    start = 0
    for term in find_terms(english):
        if term.text in values:
            parts += [english[start : term.start], mark]
            start = term.end
    return "".join([*parts, english[start:]])


def _digits(term: str) -> str:
    return "".join(char for char in term if char.isdigit())


def _place(
    term: str, times: int, pattern: re.Pattern[str], pieces: list[tuple[str, bool]]
) -> tuple[list[tuple[str, bool]], int]:
    """Put the term where the pattern finds it, at most so many times; return what is left."""
    placed: list[tuple[str, bool]] = []
    for text, done in pieces:
        start = 0
        for match in () if done else pattern.finditer(text):
            if times == 0:
                break
            placed += [(text[start : match.start()], False), (term, True)]
            start = match.end()
            times -= 1
        placed.append((text[start:], done))
    return placed, times


@lru_cache(maxsize=4096)
def _verbatim(term: str) -> re.Pattern[str]:
    return re.compile(_bounded(term, re.escape(term)))


@lru_cache(maxsize=4096)
def _loose(term: str) -> re.Pattern[str]:
    parts: list[str] = []
    for char in term:
        if char == "_":
            parts.append("[_ ]")
        elif char in "-‐‑–—":
            parts.append(r"\s?[-‐‑–—]\s?")
        elif not char.isalnum():
            parts.append(r"\s?" if char.isspace() else rf"\s?{re.escape(char)}\s?")
        else:
            parts.append(re.escape(char))
    loose = "".join(parts).removeprefix(r"\s?").removesuffix(r"\s?")
    return re.compile(_bounded(term, loose), re.IGNORECASE)


@lru_cache(maxsize=4096)
def _reshaped(term: str) -> re.Pattern[str] | None:
    """Return how the term would look in English: ``EUR 6,000,000.00``, ``2 February 2021``."""
    day = _DAY.fullmatch(term)
    if day is not None and 1 <= int(day[2]) <= 12:
        month = _MONTHS[int(day[2]) - 1]
        ordinal = rf"0?{int(day[1])}(?:st|nd|rd|th)?"
        return re.compile(
            rf"(?<!\w)(?:{ordinal} (?:of )?{month},? {day[3]}|{month} {ordinal},? {day[3]})(?!\d)",
            re.IGNORECASE,
        )
    amount = _AMOUNT.fullmatch(term)
    if amount is None:
        return None
    whole, cents = _digits(amount["whole"]), amount["cents"] or ""
    groups = r"[.,'’ \u00a0\u202f]?".join(whole)
    decimals = rf"[.,]{cents}" if cents.strip("0") else rf"(?:[.,]{cents or '00'})?"
    unit = (amount["before"] or amount["after"] or "").strip()
    shape = rf"{groups}{decimals}"
    if unit:
        sign = "|".join(map(re.escape, _SAME_UNIT.get(unit, (unit,))))
        shape = rf"(?:(?:{sign}){_SPACE}{shape}|{shape}{_SPACE}(?:{sign}))"
    return re.compile(rf"(?<![\w.,]){shape}(?![\w]|[.,]\d)")


def _bounded(term: str, pattern: str) -> str:
    """Return the pattern such that ``12`` is found in ``12th``, but not in ``2012`` or ``1.12``."""
    if any(char.isalpha() for char in term):
        return rf"(?<!\w){pattern}(?!\w)"
    before = r"(?<!\w)(?<!\d[.,:/–-])" if term[0].isdigit() else ""
    after = r"(?!\d)(?![.,:/–-]\d)" if term[-1].isdigit() else ""
    return f"{before}{pattern}{after}"
