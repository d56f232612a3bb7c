"""Find where applicants must sit: names of the Union and its states as codes, else as printed."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from normalizers.reading import Reading

_PLACE = re.compile(
    r"[\s:]{1,3}(?:[a-zčćšžđ']{1,12}\s){0,3}?(?P<place>(?:[A-ZÀ-ÖČĆŠŽĐŁŚŻȘȚ][\w'’-]+)(?:[ -](?:[A-ZÀ-ÖČĆŠŽĐŁŚŻȘȚ][\w'’-]+|di|del|della|na|w|de|la|pri|i|e|y|im|d[’']\w+))*)"  # noqa: E501
)
_SMALL = frozenset(["di", "del", "della", "na", "w", "de", "la", "pri", "i", "e", "y", "im"])


class NamedArea(NamedTuple):
    """One area: a code, or the place as printed."""

    points: float
    start: int
    end: int
    area: str


def find_areas(reading: Reading) -> list[NamedArea]:
    """Return every area in which the notice says that applicants sit or projects run."""
    found: list[NamedArea] = []
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
        match = _PLACE.match(reading.text, seat.end, limit)
        if match is not None:
            place = match["place"]
            words = place.split()
            while words and words[-1] in _SMALL:
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
