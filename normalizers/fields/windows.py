"""Claim when applications are accepted: from the opening until the deadlines.

The two are chosen together, because each gives the other its year: an opening comes before the
last deadline, and a deadline whose year nothing else tells comes after the opening.

Values under labels stand beside this choice, not in it: the dates that the text tells are chosen
as if there were no labels, and where a label gives the deadlines, they replace those of the text.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import NamedTuple

from normalizers.absences import why_empty
from normalizers.claims import Candidate, Claim, prevailing, rank
from normalizers.context import Context
from normalizers.fields.deadlines import (
    Closing,
    choose_deadlines,
    choose_kind,
    close_by_label,
    find_deadlines,
    label_deadlines,
    once,
)
from normalizers.fields.openings import choose_opening, find_openings
from normalizers.fields.publications import Publication
from normalizers.values.labels import words_under
from normalizers.values.moments import DatedRole
from normalizers.values.years import resolve, resolve_near
from schema.calls import Absence, Deadline, DeadlineKind, DeadlineRole, Moment
from schema.findings import Evidence

_STANDING = (DeadlineKind.ROLLING, DeadlineKind.UNTIL_EXHAUSTED)


class Window(NamedTuple):
    """The claims of the three fields that say when applications are accepted."""

    opens_at: Claim[Moment | None]
    deadlines: Claim[tuple[Deadline, ...]]
    deadline_kind: Claim[DeadlineKind]


class _Told(NamedTuple):
    """What the text tells, whatever stands under labels."""

    openings: Sequence[DatedRole]
    """All candidates, the best first."""
    opening: DatedRole | None
    """The chosen one; its year may still be unknown."""
    deadlines: Sequence[DatedRole]
    """All candidates, the best first."""
    closing_dates: Sequence[DatedRole]
    """The chosen ones whose year is known, in order of date."""
    closing: Closing


def claim_window(context: Context, publication: Publication) -> Window:
    """Claim opening, deadlines and the kind of closing."""
    told = _choose_told(context, publication)
    opens_at = _claim_opening(context, told)
    deadlines, closing = _claim_deadlines(context, told)
    said = told.closing.said
    kind = Claim(
        closing.kind,
        (context.evidence(*said, told.closing.why),) if said else (),
        candidates=(closing,),
        chosen=(closing,),
        in_prose=told.closing.kind in _STANDING,
    )
    return Window(opens_at, deadlines, kind)


def _choose_told(context: Context, publication: Publication) -> _Told:
    annotated, reference = context.annotated, publication.written_on
    found = [
        replace(role, date=resolve(role.date, annotated, reference, ahead=True) or role.date)
        for role in find_deadlines(context.dates, context.date_roles, publication.stamps)
    ]
    chosen = choose_deadlines(found)
    dated = [role for role in chosen if role.date.on]
    days = _days(dated)
    openings = find_openings(context.date_roles)
    opening = choose_opening(openings, max(days, default=None))
    if opening is not None and opening.date.on is None:
        item = resolve_near(opening.date, days, after=False) or resolve(
            opening.date, annotated, reference, ahead=False
        )
        opening = replace(opening, date=item) if item else None
    if not dated and opening is not None and opening.date.on is not None:
        dated = [
            replace(role, date=item)
            for role in chosen
            if (item := resolve_near(role.date, [opening.date.on], after=True))
        ]
    undated = not dated and (len(chosen) > 0 or "deadlines" in context.misprinted_dates)
    closing = choose_kind(annotated, dated, undated=undated)
    return _Told(openings, opening, found, dated, closing)


def _days(roles: Sequence[DatedRole]) -> list[date]:
    return [role.date.on for role in roles if role.date.on]


def _claim_opening(context: Context, told: _Told) -> Claim[Moment | None]:
    """Claim the earliest labelled opening, else the one that the text tells.

    The latter is dropped, without a runner-up, where it stands under another field's label.
    """
    name = "opens_at"
    labelled = sorted(context.labelled_dates[name], key=lambda each: each.value.starts_at())
    chosen = [told.opening] if told.opening is not None and told.opening.date.on else []
    best = next(iter(prevailing(labelled, chosen)), None)
    value: Moment | None = None
    proof: Evidence | None = None
    if isinstance(best, Candidate):
        value, proof = best.value, context.evidence_of(best)
    elif best is not None and (day := best.date.on) is not None:
        value, proof = Moment(day, best.date.at, context.zone), context.evidence_of_date(best)
        if context.belongs_elsewhere(name, proof):
            best = value = proof = None
    misprinted = name in context.misprinted_dates
    candidates: Sequence[Candidate[Moment] | DatedRole] = rank(labelled, told.openings)
    return Claim(
        value,
        (proof,) if proof else (),
        why_empty(context.annotated, "opening", "window", misprinted=misprinted),
        context.misprinted_date(name),
        candidates=candidates,
        chosen=(best,) if best else (),
        in_prose=told.opening is not None,
    )


def _claim_deadlines(context: Context, told: _Told) -> tuple[Claim[tuple[Deadline, ...]], Closing]:
    """Claim the deadlines, and say how the call closes in the light of them.

    Of those that the text tells, each one is dropped that stands under another field's label; where
    none is left, nothing is said of the closing either.
    """
    name, closing = "deadlines", told.closing
    kept: list[DatedRole] = []
    values: list[Deadline] = []
    proofs: list[Evidence] = []
    for role, deadline in _told_deadlines(told.closing_dates, context.zone):
        proof = context.evidence_of_date(role)
        if not context.belongs_elsewhere(name, proof):
            kept.append(role)
            values.append(deadline)
            proofs.append(proof)
    if told.closing_dates and not kept:
        closing = Closing(DeadlineKind.NONE, None, "nothing is said")
    labelled = once(context.labelled_dates[name])
    chosen = prevailing(labelled, kept)
    if chosen is labelled:
        model = words_under(context.annotated, "deadline_kind")
        values = label_deadlines([each.value for each in labelled], values, model)
        proofs = [context.evidence_of(each) for each in labelled]
        closing = close_by_label(closing, len(values))
    misprinted = name in context.misprinted_dates
    absence = why_empty(context.annotated, "deadline", "window", misprinted=misprinted)
    if closing.kind in _STANDING:
        absence = Absence.NOT_APPLICABLE
    elif closing.kind is DeadlineKind.FIXED and absence is Absence.NOT_FOUND:
        absence = Absence.FAILED
    candidates: Sequence[Candidate[Moment] | DatedRole] = rank(labelled, told.deadlines)
    claim = Claim(
        tuple(values),
        tuple(proofs),
        absence,
        context.misprinted_date(name),
        candidates,
        chosen,
        in_prose=bool(told.closing_dates) and told.closing_dates[0].cue is not None,
    )
    return claim, closing


def _told_deadlines(roles: Sequence[DatedRole], zone: str) -> Iterator[tuple[DatedRole, Deadline]]:
    kind = DeadlineRole.SINGLE if len(roles) == 1 else DeadlineRole.CUT_OFF
    for role in roles:
        if role.date.on is not None:
            yield role, Deadline(Moment(role.date.on, role.date.at, zone), kind, role.basis)
