"""Titles across languages: their distinctive terms, years and numbers, and how alike two are.

A title alone is never an identity (law 6); years and numbers are taken out of the comparison
because they are what tells editions of one call apart.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from rapidfuzz.fuzz import ratio

from linking.glossary import glossary
from vocabulary.matching import normalize_composed

_PERIOD = re.compile(r"(?<!\d)((?:19|20)\d\d)\s*\.?\s*[-–—/]\s*((?:19|20)\d\d)(?!\d)")
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_AMOUNT = re.compile(
    r"(?:€|eur\w*)\s*\d[\d.,]*|\d[\d.,]*\s*(?:%|€|kn\b|eur|mln|mio|mil|mrd|bn\b)\w*",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"\d+(?:[./]\d+)*")
_ROMAN = re.compile(r"(?<![\w.])(?=[IVX])X?(?:IX|IV|V?I{0,3})(?![\w'’])")
_WORD = re.compile(r"[^\W\d_](?:\w|-(?=\w))*")
_PERIOD_YEARS = 4
"""A span of so many years is a programming period; a shorter one labels an edition."""

_MOST_DIGITS = 18

GENERIC_WEIGHT = 0.15
"""What a generic concept counts beside a distinctive word at its rarest, 1."""
COGNATE = 82
"""Likeness (0..100) from which two words of five letters or more are one word, inflected or
borrowed."""


@dataclass(frozen=True, slots=True)
class Title:
    """What is compared of one title."""

    terms: frozenset[str]
    """Glossary concepts, in brackets, and folded words that the glossary lacks."""
    years: frozenset[int]
    numbers: frozenset[str]
    """Numbers of editions, phases, lots and measures: ``2`` for *secondo* and for *II*."""


def read_title(text: str) -> Title:
    """Take a title apart."""
    years: set[int] = set()

    def take_period(match: re.Match[str]) -> str:
        if int(match[2]) - int(match[1]) < _PERIOD_YEARS:
            years.update((int(match[1]), int(match[2])))
        return " "

    rest = _PERIOD.sub(take_period, text)
    years.update(int(year) for year in _YEAR.findall(rest))
    rest = _AMOUNT.sub(" ", _YEAR.sub(" ", rest))
    numbers = {".".join(map(_plain, re.split(r"[./]", m))) for m in _NUMBER.findall(rest)}
    numbers.update(str(_roman(match[0])) for match in _ROMAN.finditer(rest) if match[0])
    terms: set[str] = set()
    known = glossary()
    folded = normalize_composed(rest)
    for pattern, concept in known.phrases:
        folded, found = pattern.subn(" ", folded)
        if found:
            terms.add(f"[{concept}]")
    for word in _WORD.findall(folded):
        if word in known.ordinals:
            numbers.add(str(known.ordinals[word]))
            continue
        if len(word) < 2 or word in known.stopwords:
            continue
        meaning = known.concept(word)
        terms.add(f"[{meaning}]" if meaning else word)
    return Title(frozenset(terms), frozenset(years), frozenset(numbers))


def _plain(digits: str) -> str:
    """Return a number without leading zeros; one of many digits is no number of an edition."""
    return str(int(digits)) if len(digits) <= _MOST_DIGITS else digits


def is_generic(term: str) -> bool:
    """Tell whether a term stands in nearly every title."""
    return term.startswith("[") and term[1:-1] in glossary().generic


def block_form(term: str) -> str:
    """Return the form of a term under which inflected forms meet."""
    return term if term.startswith("[") else term[:6]


@dataclass(frozen=True, slots=True)
class Likeness:
    """How two titles compare."""

    score: float
    """0..1; 1 when the shorter title is wholly in the longer one and little is left over."""
    unmatched: tuple[float, float]
    """The share of each title's weight that the other lacks."""
    unmatched_concepts: tuple[float, float]
    """The same, of glossary concepts only: those differ in meaning, whatever the languages."""


def compare_titles(one: Title, other: Title, weight: Mapping[str, float]) -> Likeness:
    """Compare two titles; ``weight`` gives the rarity, 0..1, of each distinctive term."""
    if not one.terms or not other.terms:
        return Likeness(0.0, (1.0, 1.0), (0.0, 0.0))

    def heft(terms: set[str] | frozenset[str]) -> float:
        return sum(GENERIC_WEIGHT if is_generic(t) else weight[t] for t in sorted(terms))

    left, right = set(one.terms - other.terms), set(other.terms - one.terms)
    matched = heft(one.terms & other.terms)
    for mine in sorted(left):
        if mine.startswith("[") or len(mine) < 5:
            continue
        for yours in sorted(right):
            if yours.startswith("[") or len(yours) < 5 or ratio(mine, yours) < COGNATE:
                continue
            matched += (heft({mine}) + heft({yours})) / 2
            left.discard(mine)
            right.discard(yours)
            break
    lacks = heft(left), heft(right)
    # A relay shortens or adorns: what the longer title adds counts less than what the shorter
    # one has alone.
    whole = matched + 0.7 * min(lacks) + 0.3 * max(lacks)
    totals = matched + lacks[0] or 1.0, matched + lacks[1] or 1.0
    concepts = [heft({t for t in terms if t.startswith("[")}) for terms in (left, right)]
    return Likeness(
        matched / whole if whole else 0.0,
        (lacks[0] / totals[0], lacks[1] / totals[1]),
        (concepts[0] / totals[0], concepts[1] / totals[1]),
    )


def _roman(numeral: str) -> int:
    values = [{"I": 1, "V": 5, "X": 10}[char] for char in numeral]
    return sum(
        -value if value < following else value
        for value, following in zip(values, [*values[1:], 0], strict=True)
    )
