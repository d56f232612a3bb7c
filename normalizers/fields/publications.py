"""Choose the day on which the call was published: its own words first, then the page's stamp."""

import re
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from normalizers.absences import why_empty
from normalizers.annotation import AnnotatedText
from normalizers.claims import Candidate, Claim, rank
from normalizers.context import Context
from normalizers.text.blocks import BlockKind
from normalizers.values.dates import PrintedDate
from normalizers.values.moments import DatedRole, best_roles
from normalizers.values.years import reference_day
from normalizers.weights import weights
from schema.calls import Moment
from schema.spans import Span

_HEADER = re.compile(r"^\W*(?:date\W{1,3})?(20\d{2}-\d{2}-\d{2})\b")
_PLACE = re.compile(r"(?:^|\n)[ ]*[^\W\d_][\w' -]{2,28}(?:,|\s-)\s{0,2}(?:\w{2,9}\s)?$")
_GAZETTE = 1.2
_GAZETTE_LINE = 130
_STAMP = 0.9
_TOP = 400
_LABEL = 40
_BOTTOM = 60
"""Characters that may follow a stamp at the end: a copyright line."""
_BESIDE = 4
_NEARLY = 0.2
_OWN = ("published", "stamp")


class Publication(NamedTuple):
    """When the notice was published, and what that tells of its other dates."""

    claim: Claim[date | None]
    written_on: date | None
    """The day from which dates without a year are counted, as the text itself tells it."""
    stamps: frozenset[int]
    """Where dates stand that may be the page's own stamp."""


def claim_publication(context: Context) -> Publication:
    """Claim the day of publication.

    A day of the text that stands under the label of another field is dropped after the choice: no
    runner-up takes its place.
    """
    annotated, name = context.annotated, "published_on"
    told = find_published(annotated, context.dates, context.date_roles)
    found: Sequence[Candidate[Moment] | DatedRole] = rank(context.labelled_dates[name], told)
    best = found[0] if found else None
    value, proof = None, None
    if isinstance(best, Candidate):
        value, proof = best.value.on, context.evidence_of(best)
    elif best is not None:
        value, proof = best.date.on, context.evidence_of_date(best)
        if context.belongs_elsewhere(name, proof):
            best = value = proof = None
    claim = Claim(
        value,
        (proof,) if proof else (),
        why_empty(annotated, misprinted=name in context.misprinted_dates),
        context.misprinted_date(name),
        candidates=found,
        chosen=(best,) if best else (),
    )
    return Publication(
        claim,
        reference_day(annotated, told[0].date.on if told else None, context.hints.today),
        frozenset(role.date.start for role in told if role.cue is None),
    )


def find_published(
    annotated: AnnotatedText, dates: Sequence[PrintedDate], roles: Sequence[DatedRole]
) -> list[DatedRole]:
    """Return every date that may be the publication, the best first."""
    threshold = weights("dates")["threshold"]
    best = best_roles(roles)
    found = []
    for role in roles:
        rival = best[role.date.start]
        if role.date.on is None:
            continue
        if rival.points > role.points + 0.01 and not _same_words(rival, role):
            continue
        if role.role == "published" and role.points >= threshold:
            early = 0.3 if role.date.start < _TOP else 0.0
            found.append(DatedRole(role.date, "published", role.points + early, role.cue, role.why))
        elif role.role == "stamp" and role.points >= threshold:
            found.append(DatedRole(role.date, "published", 0.5 * role.points, role.cue, role.why))
    for item in dates:
        if item.on is not None and _in_gazette(annotated, item):
            found.append(DatedRole(item, "published", _GAZETTE, None, "the gazette's date"))
            continue
        placed = _placed(annotated, item, best.get(item.start))
        if placed is not None and item.on is not None:
            found.append(DatedRole(item, "published", placed[0], None, placed[1]))
    return sorted(found, key=lambda role: (-role.points, role.date.start))


def _same_words(rival: DatedRole, role: DatedRole) -> bool:
    """Tell whether a date is both.

    ``Lansat la data de`` publishes and opens; so does ``inicia-se no dia da publicação, 8 de …``.
    """
    if rival.role != "opening" or rival.cue is None or role.cue is None:
        return False
    left, right = rival.cue.mark, role.cue.mark
    beside = role.cue.place == "before" and role.date.start - right.end <= _BESIDE
    beside = beside and role.points >= rival.points - _NEARLY
    return beside or (left.start < right.end and right.start < left.end)


def _in_gazette(annotated: AnnotatedText, item: PrintedDate) -> bool:
    """Tell whether a date at the top is that of the gazette that printed the notice."""
    sentence = annotated.sentence_at(item.start)
    return (
        item.start < _TOP
        and sentence.end - sentence.start < _GAZETTE_LINE
        and annotated.has(sentence.start, item.start, "gazette")
        and item.preposition is None
    )


def _placed(  # noqa: PLR0911 - one answer a case
    annotated: AnnotatedText, item: PrintedDate, rival: DatedRole | None
) -> tuple[float, str] | None:
    """Recognise a date by where it stands: alone on a line near the top, or after a place."""
    if item.preposition is not None or item.group >= 0:
        return None
    claimed = (
        rival is not None and rival.cue is not None and rival.cue.place in ("before", "behind")
    )
    if claimed and rival is not None and rival.points >= 1.6 and rival.role not in _OWN:
        return None
    sentence = annotated.sentence_at(item.start)
    start = min(item.quote_start, item.start)
    before = annotated.normalized[max(0, item.start - 34) : item.start]
    if item.start < 14 and _HEADER.match(annotated.normalized):
        return 1.4, "the date that heads the text"
    alone = len(annotated.normalized[sentence.start : start].strip(" -|,•()")) <= 10
    rest = annotated.normalized[item.end : sentence.end].strip(" .-|,()")
    top = item.start < max(_TOP, len(annotated.normalized) // 3)
    if alone and sentence.lead is not None and _labels_a_date(annotated, sentence.lead):
        return None
    if alone and len(rest) <= 12 and top and sentence.kind is not BlockKind.ITEM:
        near = 0.3 if item.start < _TOP else 0.0
        return _STAMP + near + 0.25 * (item.at is not None), "a date alone on a line near the top"
    if (
        alone
        and item.at is None
        and len(rest) <= 3
        and len(annotated.normalized) - item.end <= _BOTTOM
    ):
        return _STAMP, "a date alone at the end"
    if alone and top and annotated.normalized[item.end : item.end + 2].strip()[:1] in (":", "-"):
        return _STAMP, "a date that heads a line"
    if _PLACE.search(before) and (
        len(rest) <= 3
        or (top and annotated.normalized[item.end : item.end + 3].strip()[:1] in ("-", ""))
    ):
        return _STAMP + 0.2, "place and date"
    return None


def _labels_a_date(annotated: AnnotatedText, lead: Span) -> bool:
    """Tell whether the line above is a label for this date, not the page's title."""
    if annotated.normalized[lead.end - 1] == ":":
        return True
    short = lead.end - lead.start <= _LABEL
    return short and annotated.has(lead.start, lead.end, "deadline", "opening", "window")
