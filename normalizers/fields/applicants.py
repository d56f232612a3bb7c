"""Find who may apply: the vocabulary's words, inside the places that speak of applicants.

The surprise: the same words name target groups, partners and the excluded; only a place opened by
an applicant cue counts, and ``osim``, ``ad eccezione di``, ``ne mogu biti`` close it. Who stands
before ``non sono ammessi`` is as excluded as who stands behind it.
"""

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain, islice
from typing import NamedTuple

from normalizers.absences import why_empty
from normalizers.annotation import AnnotatedText, Sentence
from normalizers.claims import Candidate, Claim, prevailing, rank
from normalizers.context import Context
from normalizers.lexicon import Lexicon
from normalizers.phrases import Mark
from normalizers.text.blocks import BlockKind
from normalizers.values.labels import SHORT, read_words
from schema.calls import ApplicantType
from schema.spans import Span

_PLACES = ("applicant.local_authority", "applicant.public_body")
"""Types whose words also begin the names of places: ``Comune di``, ``Regioni Abruzzo``."""
_TYPES = {f"applicant.{each}": each for each in ApplicantType}
"""The type that each family of the vocabulary's marks names."""
_NAMES = 400
_MOST = 80
"""More places that speak of applicants than any notice has."""
_LOUD = 5
"""Letters that a word and the place that it names have at least where all is in capitals."""
_AROUND = 48
"""Characters that a phrase may reach back from the word that it makes no applicant."""
_LIST_BLOCKS = 16
_LIST_LENGTH = 1800
_LIST_PARAGRAPHS = 2
_ENDS_A_LIST = (
    "targets",
    "excluded",
    "partners",
    "applicants",
    "deadline",
    "budget",
    "rate",
    "grant",
    "opening",
)
"""Families of phrases with which a heading below a list begins something else."""
_OTHER_LABELS = (
    "targets",
    "excluded",
    "deadline",
    "budget",
    "rate",
    "opening",
    "partners",
    "published",
)
"""Families of phrases in a label that is no item of the list."""
_LABEL = 50
_WELL_NAMED = 2.0


class Zone(NamedTuple):
    """A stretch of text that says who may apply."""

    start: int
    end: int
    points: float
    cue: Mark


def claim_applicants(context: Context) -> Claim[tuple[ApplicantType, ...]]:
    """Claim the types of applicants: all that stand under labels, else those that the text names.

    For the verdict the text counts as naming them where the first one chosen is well named.
    """
    found = find_applicants(context.annotated, context.title)
    told = choose_applicants(found)
    labelled = context.labelled_items("applicant_types", _read_types)
    chosen = prevailing(labelled, told)
    return Claim(
        tuple(dict.fromkeys(each.value for each in chosen)),
        context.evidence_of_all(chosen),
        why_empty(context.annotated, "applicants"),
        candidates=rank(labelled, found),
        chosen=chosen,
        in_prose=bool(told) and told[0].points >= _WELL_NAMED,
    )


def _read_types(annotated: AnnotatedText, span: Span) -> tuple[ApplicantType, ...] | None:
    """Read a short list of kinds of applicants; a sentence is prose, with its exceptions."""
    if len(read_words(annotated, span)) > SHORT:
        return None
    if annotated.has(span.start, span.end, "excluded", "excluded_before"):
        return None
    named = [
        (mark.start, ApplicantType(family.removeprefix("applicant.")))
        for family in annotated.marks
        if family.startswith("applicant.")
        for mark in annotated.marks_in(span.start, span.end, family)
    ]
    return tuple(dict.fromkeys(kind for _, kind in sorted(named))) or None


def find_applicants(annotated: AnnotatedText, title: Span | None) -> list[Candidate[ApplicantType]]:
    """Return every applicant type that the notice names in a place that speaks of applicants."""
    vocabulary = _vocabulary(annotated)
    names = _names(annotated, vocabulary)
    if not names:
        return []
    spoken = [mark.start for mark in vocabulary]
    for low, high in (*_excluded(annotated, spoken), *_excluded_before(annotated, names)):
        names = [mark for mark in names if not low <= mark.start < high]
    found: list[Candidate[ApplicantType]] = []
    starts = [mark.start for mark in names]
    for zone in islice(_zones(annotated, spoken), _MOST):
        inside = names[bisect_left(starts, zone.start) : bisect_left(starts, zone.end)]
        if inside:
            words = " ".join(annotated.text[zone.cue.start : zone.cue.end].split())
            found += (_candidate(mark, zone.points, f"“{words}”") for mark in inside)
    for mark in annotated.marks_of("consortium"):
        if mark.strong:
            words = " ".join(annotated.text[mark.start : mark.end].split())
            kind = ApplicantType.CONSORTIUM
            found.append(
                Candidate(3.0, mark.start, mark.end, kind, f"applicant.{kind}", f"“{words}”")
            )
    if title is not None:
        for mark in names:
            if title.start <= mark.start < title.end and mark.strong:
                found.append(_candidate(mark, 0.6, "named in the title"))
    return sorted(found, key=lambda item: (-item.points, item.start))


def _candidate(mark: Mark, points: float, why: str) -> Candidate[ApplicantType]:
    return Candidate(points, mark.start, mark.end, _TYPES[mark.family], mark.family, why)


def choose_applicants(
    found: Sequence[Candidate[ApplicantType]],
) -> list[Candidate[ApplicantType]]:
    """Return one finding a type, from the best places that name any."""
    if not found:
        return []
    best = found[0].points
    floor = 2.4 if best >= 2.4 else best - 0.01
    chosen: dict[ApplicantType, Candidate[ApplicantType]] = {}
    for item in found:
        if item.points >= floor:
            chosen.setdefault(item.value, item)
    if ApplicantType.SME in chosen and ApplicantType.LARGE_ENTERPRISE not in chosen:
        chosen.pop(ApplicantType.ENTERPRISE_ANY, None)  # "imprese" beside "PMI" are the PMI
    return sorted(chosen.values(), key=lambda item: item.start)


def _vocabulary(annotated: AnnotatedText) -> list[Mark]:
    """Return the marks of all types of applicants, the longer of two that begin together first."""
    families = (marks for name, marks in annotated.marks.items() if name in _TYPES)
    return sorted(chain.from_iterable(families), key=lambda mark: (mark.start, -mark.end))


def _names(annotated: AnnotatedText, vocabulary: Sequence[Mark]) -> list[Mark]:
    """Return the vocabulary's marks, a longer one instead of those inside it."""
    others = "applicants_not" in annotated.marks
    kept: list[Mark] = []
    reach = 0
    for mark in vocabulary:
        if others and _inside(annotated, mark):
            continue
        if mark.end <= reach and any(
            mark.end <= other.end and other.end - other.start > mark.end - mark.start
            for other in kept[-4:]
        ):
            continue
        kept.append(mark)
        reach = max(reach, mark.end)
        if len(kept) >= _NAMES:
            break
    return [
        mark
        for index, mark in enumerate(kept)
        if not _is_name(annotated, mark, kept[index + 1 : index + 2])
    ]


def _inside(annotated: AnnotatedText, mark: Mark) -> bool:
    """Tell whether a word is part of a phrase that is no applicant: ``diploma di scuola``."""
    around = annotated.marks_in(mark.start - _AROUND, mark.start + 1, "applicants_not")
    return any(mark.start < other.end for other in around)


def _is_name(annotated: AnnotatedText, mark: Mark, following: Sequence[Mark]) -> bool:
    """Tell whether a word is not the type that it looks like.

    ``Občina Krško``, ``OPĆINE DRAGALIĆ`` and ``z terenu gminy`` are places; in ``pravne osobe
    vjerskih zajednica`` the next words say which legal persons.
    """
    if mark.family in _PLACES:
        named = _place_after(annotated.lexicon).match(annotated.normalized, mark.end)
        if named is not None:
            word = annotated.text[mark.start : mark.end]
            place = annotated.text[named.start("place") : named.end("place")]
            if place[0].isupper() and not word.isupper():
                return True
            # In a line of capitals only a longer word tells: not ``JLS``, not ``OPĆINAMA ZA``.
            if min(len(word), len(place)) >= _LOUD and place.isupper():
                return True
        return annotated.has(max(0, mark.start - 36), mark.start, "seat") or any(
            seat.start <= mark.start < seat.end for seat in annotated.marks_of("seat")
        )
    if mark.family == "applicant.any_legal_entity" and following:
        between = annotated.normalized[mark.end : following[0].start]
        return len(between) <= 24 and not _parting(annotated.lexicon).search(between)
    return False


@lru_cache(maxsize=16)
def _place_after(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of the name that may follow a place's word: ``Milano``, ``di Milano``."""
    of = "|".join(re.escape(word) for word in lexicon.strings("dates", "of")) or "(?!)"
    return re.compile(rf"(?:\s(?:{of})(?:\s|(?<='))| )(?P<place>[^\W\d_]+)")


@lru_cache(maxsize=64)
def _parting(lexicon: Lexicon) -> re.Pattern[str]:
    """Return the pattern of what parts two names of a list: a sign, or ``and``."""
    both = "|".join(map(re.escape, lexicon.strings("inside", "and"))) or "(?!)"
    return re.compile(rf"[,;.:\n]|\b(?:{both})\b")


def _zones(annotated: AnnotatedText, spoken: Sequence[int]) -> Iterator[Zone]:
    for mark in annotated.marks_of("applicants", "applicants_second"):
        index = annotated.sentence_index(mark.start)
        sentence = annotated.sentences[index]
        points = 1.2 if not mark.strong else 3.0 if mark.family == "applicants" else 2.0
        rivals = annotated.marks_in(sentence.start, mark.start, "partners", "excluded")
        if rivals and rivals[-1].end >= mark.start - 12:
            continue
        end = _sentence_zone(annotated, sentence, mark)
        yield Zone(mark.start, end, points, mark)
        if _opens_list(annotated, sentence, mark):
            low, high = _list_zone(annotated, index, spoken)
            if high > low:
                yield Zone(low, high, points, mark)
    for mark in annotated.marks_of("applicants_before"):
        sentence = annotated.sentence_at(mark.start)
        if not annotated.has(sentence.start, mark.start, "targets", "partners"):
            yield Zone(sentence.start, mark.start, 2.5 if mark.strong else 1.2, mark)


def _sentence_zone(annotated: AnnotatedText, sentence: Sentence, mark: Mark) -> int:
    end = sentence.end
    index = annotated.sentence_index(mark.start) + 1
    for following in annotated.sentences[index : index + _MOST]:
        if following.block != sentence.block or ";" not in annotated.normalized[end - 3 : end]:
            break
        end = following.end
    stops = annotated.marks_in(mark.end, end, "partners", "purpose", "excluded")
    return stops[0].start if stops else end


def _opens_list(annotated: AnnotatedText, sentence: Sentence, mark: Mark) -> bool:
    if annotated.normalized[sentence.start : sentence.end].rstrip().endswith(":"):
        return True
    if sentence.kind in (BlockKind.HEADING, BlockKind.LABEL):
        return mark.start - sentence.start <= 30
    return False


def _list_zone(annotated: AnnotatedText, index: int, spoken: Sequence[int]) -> tuple[int, int]:
    """Return the places of the list or paragraph that follows a heading or an introduction."""
    head = annotated.sentences[index]
    start = end = head.end
    items = paragraphs = 0
    last = -1
    for sentence in annotated.sentences[index + 1 :]:
        if sentence.block == head.block:
            end = sentence.end
            continue
        new = sentence.block != last
        last = sentence.block
        if new:
            if items and sentence.kind not in (BlockKind.ITEM, BlockKind.LABELLED):
                break
            if _ends_list(annotated, sentence, spoken, begun=paragraphs + items > 0):
                break
            if sentence.kind is BlockKind.ITEM or sentence.kind is BlockKind.LABELLED:
                items += 1
            elif sentence.kind is BlockKind.PARAGRAPH:
                paragraphs += 1
                if paragraphs > _LIST_PARAGRAPHS:
                    break
            else:
                items += _speaks(sentence, spoken)
                paragraphs += 1
        if items + paragraphs > _LIST_BLOCKS or sentence.end - start > _LIST_LENGTH:
            break
        end = sentence.end
    return start, end


def _ends_list(
    annotated: AnnotatedText, sentence: Sentence, spoken: Sequence[int], *, begun: bool
) -> bool:
    """Tell whether a heading or a label begins something else than the list above it."""
    start, end = sentence.start, sentence.end
    if sentence.kind is BlockKind.LABELLED:
        return annotated.has(start, min(end, start + _LABEL), *_OTHER_LABELS)
    if not begun or sentence.kind not in (BlockKind.HEADING, BlockKind.LABEL):
        return False
    return (
        annotated.has(start, end, *_ENDS_A_LIST)
        or not _speaks(sentence, spoken)
        or annotated.normalized[start:end].endswith(":")
    )


def _speaks(sentence: Sentence, spoken: Sequence[int]) -> bool:
    """Tell whether a word of the vocabulary, whose places are ``spoken``, stands in a sentence."""
    return bisect_left(spoken, sentence.start) < bisect_left(spoken, sentence.end)


def _excluded(annotated: AnnotatedText, spoken: Sequence[int]) -> Iterator[tuple[int, int]]:
    for mark in annotated.marks_of("excluded"):
        index = annotated.sentence_index(mark.start)
        sentence = annotated.sentences[index]
        heads = annotated.normalized[sentence.start : sentence.end].rstrip().endswith(":")
        close = annotated.normalized.find(")", mark.end, sentence.end)
        opened = annotated.normalized.rfind("(", sentence.start, mark.start)
        if opened >= 0 and close >= 0 and annotated.normalized.find(")", opened, mark.start) < 0:
            yield mark.start, close
            continue
        yield mark.start, sentence.end
        if heads:
            yield _list_zone(annotated, index, spoken)


def _excluded_before(annotated: AnnotatedText, names: Sequence[Mark]) -> Iterator[tuple[int, int]]:
    """Yield the places of those who stand before the words that exclude them.

    They begin where the clause does: behind words that turn (``but``) or that say who may apply;
    where such words stand before those who may, behind the last comma. Where names follow, the
    words are about those: ``Nicht antragsberechtigt sind Gemeinden``.
    """
    starts = [mark.start for mark in names]
    for mark in annotated.marks_of("excluded_before"):
        sentence = annotated.sentence_at(mark.start)
        if bisect_left(starts, mark.end) < bisect_left(starts, sentence.end):
            continue
        if annotated.has(mark.start, mark.start + 1, "excluded_not"):
            continue  # "may not apply for more than one grant"
        start = max(sentence.start, annotated.normalized.rfind(";", sentence.start, mark.start) + 1)
        turns = annotated.marks_in(start, mark.start, "contrast", "applicants_before")
        start = turns[-1].end if turns else start
        if annotated.has(start, mark.start, "applicants"):
            start = max(start, annotated.normalized.rfind(",", start, mark.start))
        yield start, mark.start
