"""Say why a key field is empty.

A notice may itself say that a value is yet to come or stands in the full text; that counts only
for the field that the same sentence, or the heading above it, speaks of.
"""

from collections.abc import Mapping

from normalizers.annotation import AnnotatedText
from normalizers.claims import Claim
from schema.calls import Absence
from schema.fields import KEY_FIELDS


def why_empty(annotated: AnnotatedText, *cues: str, misprinted: bool = False) -> Absence:
    """Return why a finder has no value; ``cues`` are the families that speak of its field.

    ``misprinted`` tells that a value is printed that can't be read.
    """
    if misprinted:
        return Absence.FAILED
    promised = "unpublished" in annotated.marks and cues and _is_promised(annotated, cues)
    return Absence.NOT_PUBLISHED if promised else Absence.NOT_FOUND


def explain_absences(claims: Mapping[str, Claim[object]], *, is_call: bool) -> dict[str, Absence]:
    """Return the reason of every empty key field: its finder's, and none applies to no call."""
    return {
        name: claims[name].absence if is_call else Absence.NOT_APPLICABLE
        for name in KEY_FIELDS
        if claims[name].is_empty
    }


def _is_promised(annotated: AnnotatedText, cues: tuple[str, ...]) -> bool:
    """Tell whether the notice says that the value is elsewhere or yet to come."""
    for mark in annotated.marks_of("unpublished"):
        sentence = annotated.sentence_at(mark.start)
        places = [(sentence.start, sentence.end)]
        if sentence.lead is not None:
            places.append((sentence.lead.start, sentence.lead.end))
        for start, end in places:
            if any(cue.strong for cue in annotated.marks_in(start, end, *cues)):
                return True
    return False
