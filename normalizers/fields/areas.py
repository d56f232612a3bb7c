"""Find where applicants must sit: names of the Union and its states as codes, else as printed."""

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

from normalizers.lexicon import Lexicon
from normalizers.reading import Reading
from normalizers.text.folding import CAPITALS, SMALL_LETTERS


class NamedArea(NamedTuple):
    """One area: a code, or the place as printed."""

    points: float
    start: int
    end: int
    area: str


@lru_cache(maxsize=64)
def _grammar(lexicon: Lexicon) -> tuple[re.Pattern[str], frozenset[str]]:
    """Return the pattern of a place behind the words for it, and words with which none ends."""
    small = lexicon.words_in_order("inside", "places")
    joined = [re.escape(word[:-1]) + r"['’]\w+" for word in small if word.endswith("'")]
    alone = [re.escape(word) for word in small if not word.endswith("'")]
    name = rf"[{CAPITALS}][\w'’-]+"
    inside = "|".join((name, *joined, *alone))
    return (
        re.compile(
            rf"[\s:]{{1,3}}(?:[{SMALL_LETTERS}']{{1,12}}\s){{0,2}}?"
            rf"(?P<place>{name}(?:[ -](?:{inside}))*)"
        ),
        frozenset(alone),
    )


def find_areas(reading: Reading) -> list[NamedArea]:
    """Return every area in which the notice says that applicants sit or projects run."""
    found: list[NamedArea] = []
    place_of, small = _grammar(reading.lexicon)
    seats = [*reading.marks_of("seat"), *reading.marks_of("area_label")]
    for seat in seats:
        sentence = reading.sentence_at(seat.start)
        limit = min(max(sentence.end, seat.end), seat.end + 90)
        coded = False
        for family in reading.marks:
            if family.startswith("name.area_"):
                for mark in reading.marks_in(seat.start, limit, family):
                    code = family.removeprefix("name.area_").upper()
                    found.append(
                        NamedArea(2.0 - 0.01 * (mark.start - seat.end), mark.start, mark.end, code)
                    )
                    coded = True
        if coded:
            continue
        match = place_of.match(reading.text, seat.end, limit)
        if match is not None:
            place = match["place"]
            words = place.split()
            while words and words[-1] in small:
                words.pop()
            place = " ".join(words)
            if len(place) > 2:
                start = match.start("place")
                found.append(
                    NamedArea(
                        1.4, start, start + len(place), reading.text[start : start + len(place)]
                    )
                )
    return sorted(found, key=lambda item: (-item.points, item.start))


def choose_areas(found: Sequence[NamedArea]) -> list[NamedArea]:
    """Return the areas of the best named place; codes before places."""
    if not found:
        return []
    best = [item for item in found if item.points >= found[0].points - 0.3]
    chosen: dict[str, NamedArea] = {}
    for item in best:
        chosen.setdefault(item.area, item)
    return list(chosen.values())[:6]
