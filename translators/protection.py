"""Codes, amounts, dates, percentages and addresses: they must come through verbatim.

Nothing is replaced by a placeholder before translation: no placeholder that a model was not
trained on is safe. The words go in as they are, and the result is checked and mended.
"""

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

_NUMBER = (
    r"(?<!\d)\d{1,3}(?:[ \u00a0\u202f'’]\d{3})+(?:[.,]\d+)?(?!\d)"  # 1 000 000,00
    r"|\d+(?:[.,:/–-]\d+)*"  # 1.000,00 and 02/02/2021 and 6.3.1 and 17:00
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
            rf"(?:{_NUMBER})(?:{_SPACE}{_UNIT})?",
        )
    )
)
_LETTERS = re.compile(r"[^\W\d_]{2,}")
_COLON = re.compile(r"\s*(?:(?<!\d):|:(?!\d))\s*")


@dataclass(frozen=True, slots=True)
class Term:
    """A protected string in a sentence."""

    text: str
    start: int
    end: int


def find_terms(sentence: str) -> list[Term]:
    """Return what must stand verbatim in the translation, in order, none inside another."""
    return [Term(match[0], *match.span()) for match in _PROTECTED.finditer(sentence)]


def is_value_only(sentence: str) -> bool:
    """Tell whether nothing is left to translate besides protected strings and signs."""
    return _LETTERS.search(_PROTECTED.sub(" ", sentence)) is None


def split_label(sentence: str) -> tuple[str, str]:
    """Return the label of ``label: value`` and the rest, if the value needs no translation.

    Else the whole sentence and nothing.
    """
    colon = _COLON.search(sentence)
    if colon is not None and colon.end() < len(sentence):
        label = sentence[: colon.start()]
        if _LETTERS.search(label) and is_value_only(sentence[colon.end() :]):
            return label, sentence[colon.start() :]
    return sentence, ""


def restore(source: str, english: str) -> tuple[str, list[str]]:
    """Return the English with protected strings as printed, and those that it lacks.

    Engines put spaces into addresses, change dashes and drop underscores; where a string can be
    recognised in spite of that, it is put back verbatim.
    """
    terms = Counter(term.text for term in find_terms(source))
    pieces = [(english, False)]  # of the result; True: a protected string, done with
    missing: list[str] = []
    for term in sorted(terms, key=lambda text: (-len(text), text)):
        left = terms[term]
        for pattern in (_verbatim(term), _loose(term)):
            if left:
                pieces, left = _place(term, left, pattern, pieces)
        missing += [term] * left
    order = list(terms)
    return "".join(text for text, _ in pieces), sorted(missing, key=order.index)


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


def _bounded(term: str, pattern: str) -> str:
    """Return the pattern such that ``12`` is found in ``12th``, but not in ``2012`` or ``1.12``."""
    if any(char.isalpha() for char in term):
        return rf"(?<!\w){pattern}(?!\w)"
    before = r"(?<!\d)(?<!\d[.,:/–-])" if term[0].isdigit() else ""
    after = r"(?!\d)(?![.,:/–-]\d)" if term[-1].isdigit() else ""
    return f"{before}{pattern}{after}"
