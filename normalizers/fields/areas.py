"""Find where applicants must sit: names of the Union and its states as codes, else as printed."""

import re
from collections.abc import Sequence
from functools import lru_cache

from normalizers.absences import why_empty
from normalizers.annotation import AnnotatedText
from normalizers.claims import Candidate, Claim, prevailing, rank
from normalizers.context import Context
from normalizers.lexicon import Lexicon
from normalizers.text.letters import CAPITALS, SMALL_LETTERS
from normalizers.values.labels import SHORT, read_words
from schema.spans import Span

_AREA_CODE = re.compile(r"[A-Z]{2}\d?[0-9A-Z]{0,3}(?=\s?[-–]\s)")
"""A NUTS or country code before a dash."""
_RULE = "area"


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


def claim_areas(context: Context) -> Claim[tuple[str, ...]]:
    """Claim the areas: all that stand under labels, else those of the best named place."""
    found = find_areas(context.annotated)
    labelled = context.labelled_items("eligible_areas", _read_areas)
    chosen = prevailing(labelled, choose_areas(found))
    return Claim(
        tuple(dict.fromkeys(each.value for each in chosen)),
        context.evidence_of_all(chosen),
        why_empty(context.annotated),
        candidates=rank(labelled, found),
        chosen=chosen,
    )


def _read_areas(annotated: AnnotatedText, span: Span) -> tuple[str, ...] | None:
    """Read places between semicolons."""
    words = read_words(annotated, span)
    if len(words) > SHORT:
        return None
    places = [" ".join(part.split()) for part in words.split(";")]
    codes = [_AREA_CODE.match(place) for place in places]
    found = [code[0] if code else place for place, code in zip(places, codes, strict=True)]
    return tuple(place for place in found if place) or None


def find_areas(annotated: AnnotatedText) -> list[Candidate[str]]:
    """Return every area in which the notice says that applicants sit or projects run.

    An area is a code, or the place as printed.
    """
    found: list[Candidate[str]] = []
    place_of, small = _grammar(annotated.lexicon)
    seats = [*annotated.marks_of("seat"), *annotated.marks_of("area_label")]
    for seat in seats:
        sentence = annotated.sentence_at(seat.start)
        limit = min(max(sentence.end, seat.end), seat.end + 90)
        coded = False
        for family in annotated.marks:
            if family.startswith("name.area_"):
                for mark in annotated.marks_in(seat.start, limit, family):
                    code = family.removeprefix("name.area_").upper()
                    points = 2.0 - 0.01 * (mark.start - seat.end)
                    found.append(Candidate(points, mark.start, mark.end, code, _RULE))
                    coded = True
        if coded:
            continue
        match = place_of.match(annotated.text, seat.end, limit)
        if match is not None:
            place = match["place"]
            words = place.split()
            while words and words[-1] in small:
                words.pop()
            place = " ".join(words)
            if len(place) > 2:
                start = match.start("place")
                end = start + len(place)
                found.append(Candidate(1.4, start, end, annotated.text[start:end], _RULE))
    return sorted(found, key=lambda item: (-item.points, item.start))


def choose_areas(found: Sequence[Candidate[str]]) -> list[Candidate[str]]:
    """Return the areas of the best named place; codes before places."""
    if not found:
        return []
    best = [item for item in found if item.points >= found[0].points - 0.3]
    chosen: dict[str, Candidate[str]] = {}
    for item in best:
        chosen.setdefault(item.value, item)
    return list(chosen.values())[:6]
