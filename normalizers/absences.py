"""Say why a key field is empty.

The surprise: a notice may itself say that a value is yet to come or stands in the full text; that
counts only for the field that the same sentence, or the heading above it, speaks of.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from normalizers.reading import Reading
from normalizers.values.dates import PrintedDate
from normalizers.values.moments import best_roles, weigh_dates
from schema.calls import Absence, Call, DeadlineKind
from schema.fields import KEY_FIELDS

AMOUNTS = ("budget_total", "grant_min", "grant_max")
_FIELDS = {
    "deadline": "deadlines",
    "extension": "deadlines",
    "opening": "opens_at",
    "published": "published_on",
}
"""The field of each role that a date may have."""
_CUES = {
    "deadlines": ("deadline", "window"),
    "opens_at": ("opening", "window"),
    "budget_total": ("budget",),
    "grant_min": ("grant_min", "grant_max", "grant"),
    "grant_max": ("grant_max", "grant"),
    "intensity_max_pct": ("rate",),
    "applicant_types": ("applicants",),
}
"""The families of phrases that speak of a field."""


def weigh_misprinted(reading: Reading, dates: Sequence[PrintedDate]) -> dict[str, PrintedDate]:
    """Return the first misprinted date of each field that it would have filled."""
    found: dict[str, PrintedDate] = {}
    for role in best_roles(weigh_dates(reading, dates)).values() if dates else ():
        if role.role in _FIELDS:
            found.setdefault(_FIELDS[role.role], role.date)
    return found


def explain_absences(
    call: Call, reading: Reading, misprinted: AbstractSet[str]
) -> dict[str, Absence]:
    """Give every empty key field its reason; ``misprinted`` are fields with an unreadable value."""
    promised = set(_promised(reading)) if call.is_call else set()
    reasons: dict[str, Absence] = {}
    for name in KEY_FIELDS:
        if getattr(call, name) not in (None, (), ""):
            continue
        if not call.is_call or (name == "deadlines" and call.deadline_kind.is_open_ended):
            reasons[name] = Absence.NOT_APPLICABLE
        elif name in misprinted:
            reasons[name] = Absence.FAILED
        elif name in promised:
            reasons[name] = Absence.NOT_PUBLISHED
        elif name == "deadlines" and call.deadline_kind is DeadlineKind.FIXED:
            reasons[name] = Absence.FAILED
        else:
            reasons[name] = Absence.NOT_FOUND
    return reasons


def _promised(reading: Reading) -> Iterator[str]:
    """Yield the fields of which the notice says that the value is elsewhere or yet to come."""
    for mark in reading.marks_of("unpublished"):
        sentence = reading.sentence_at(mark.start)
        places = [(sentence.start, sentence.end)]
        if sentence.lead is not None:
            places.append((sentence.lead.start, sentence.lead.end))
        for name, families in _CUES.items():
            for start, end in places:
                if any(cue.strong for cue in reading.marks_in(start, end, *families)):
                    yield name
