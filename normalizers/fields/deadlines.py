"""Choose the deadlines, and how the call closes.

The surprise: a deadline whose year cannot be told gives no date, but the call still closes on a
fixed day.
"""

from collections.abc import Container, Sequence
from dataclasses import dataclass, replace
from datetime import date

from normalizers.annotation import AnnotatedText
from normalizers.claims import Candidate
from normalizers.values.dates import UNTIL, PrintedDate
from normalizers.values.moments import DatedRole, best_roles
from normalizers.weights import weights
from schema.calls import Deadline, DeadlineKind, DeadlineRole, Moment
from schema.spans import Span

DEADLINE_MODELS = {
    "single-stage": (DeadlineRole.SINGLE,),
    "two-stage": (DeadlineRole.STAGE_1, DeadlineRole.STAGE_2),
    "multiple cut-off": (DeadlineRole.CUT_OFF,),
}
"""``deadlineModel`` of the EU Funding & Tenders portal, to the roles of its deadlines in order."""


@dataclass(frozen=True, slots=True)
class Closing:
    """How a call closes, with the words that say so."""

    kind: DeadlineKind
    said: tuple[int, int] | None
    why: str
    points: float = 0.0
    """There is only ever one."""

    @property
    def words(self) -> tuple[int, int]:
        """Where the words stand that say so."""
        return self.said or (0, 0)

    @property
    def shown(self) -> str:
        """The kind in one word."""
        return self.kind.value


def find_deadlines(
    dates: Sequence[PrintedDate],
    roles: Sequence[DatedRole],
    stamps: Container[int] = (),
) -> list[DatedRole]:
    """Return every date that may be a deadline, the best first.

    ``stamps`` are the places of dates that stand alone as a page's stamp: the title above such a
    line does not make a deadline of it.
    """
    weigh = weights("dates")
    best = best_roles(roles)
    found: dict[int, DatedRole] = {}
    for role in roles:
        if role.role not in ("deadline", "extension") or role.points < weigh["threshold"]:
            continue
        above = role.cue is not None and role.cue.place in ("lead", "section")
        if above and role.date.start in stamps:
            continue
        rival = best[role.date.start]
        if rival.points > role.points + 0.01 and rival.role not in ("deadline", "extension"):
            continue
        known = found.get(role.date.start)
        if known is None or _preferred(role, known):
            found[role.date.start] = role
    for item in dates:  # "until", with no cue at all
        if item.start in found or item.preposition != UNTIL or "struck" in item.features:
            continue
        claim = best.get(item.start)
        if claim is None or claim.points < weigh["threshold"]:
            found[item.start] = DatedRole(item, "deadline", weigh["bare_until"], None, "“until”")
    return sorted(found.values(), key=lambda role: (-role.points, role.date.start))


def _preferred(role: DatedRole, known: DatedRole) -> bool:
    """Tell whether a role says more than another: an extension is a deadline and more."""
    lead = 1.0 if role.role == "extension" else -1.0 if known.role == "extension" else 0.0
    return role.points + lead > known.points


def choose_deadlines(found: Sequence[DatedRole]) -> list[DatedRole]:
    """Return the deadlines in order of date: the extended one instead of the old one.

    The years must have been resolved before; a date without one comes last.
    """
    if not found:
        return []
    weigh = weights("dates")
    chosen = list(found)
    extended = [role for role in found if role.role == "extension"]
    if extended:
        latest = max((role.date.on for role in extended if role.date.on), default=None)
        chosen = [r for r in found if r.date.on == latest] if latest else extended
    best = max(role.points for role in chosen)
    chosen = [role for role in chosen if role.points >= best - weigh["spread"]]
    if best > weigh["bare_until"]:
        chosen = [role for role in chosen if role.cue is not None]
    by_day: dict[date | tuple[int, int], DatedRole] = {}
    for role in chosen:
        item = role.date
        key = item.on or (item.month, item.day)
        known = by_day.get(key)
        if known is None or (known.date.at is None and item.at is not None):
            by_day[key] = role
    days = {(d.date.month, d.date.day) for d in by_day.values() if d.date.on}
    return sorted(
        (r for r in by_day.values() if r.date.on or (r.date.month, r.date.day) not in days),
        key=lambda role: (role.date.on is None, role.date.on or date.max, role.date.start),
    )


def once(labelled: Sequence[Candidate[Moment]]) -> list[Candidate[Moment]]:
    """Return each labelled moment once, where it is first printed."""
    found: dict[Moment, Candidate[Moment]] = {}
    for each in labelled:
        found.setdefault(each.value, each)
    return list(found.values())


def label_deadlines(
    labelled: Sequence[Moment], told: Sequence[Deadline], model: str
) -> list[Deadline]:
    """Return labelled deadlines in order, with the roles of their model.

    Where a label gives no hour and the text tells just one for the same day, it is that one.
    """
    moments = sorted((_with_hour(each, told) for each in labelled), key=Moment.ends_at)
    roles = DEADLINE_MODELS.get(model, ())
    rest = DeadlineRole.SINGLE if len(moments) == 1 else DeadlineRole.CUT_OFF
    return [
        Deadline(moment, roles[index] if index < len(roles) else rest)
        for index, moment in enumerate(moments)
    ]


def _with_hour(moment: Moment, told: Sequence[Deadline]) -> Moment:
    if moment.at is not None:
        return moment
    hours = {each.moment.at for each in told if each.moment.on == moment.on}
    return replace(moment, at=hours.pop()) if len(hours) == 1 else moment


def close_by_label(closing: Closing, deadlines: int) -> Closing:
    """Say how a call closes whose deadlines stand under a label."""
    if closing.kind is DeadlineKind.UNTIL_EXHAUSTED:
        return closing
    kind = DeadlineKind.MULTIPLE if deadlines > 1 else DeadlineKind.FIXED
    return Closing(kind, None, "a label gives the deadline")


def choose_kind(  # noqa: PLR0911 - one answer a case
    annotated: AnnotatedText, deadlines: Sequence[DatedRole], *, undated: bool
) -> Closing:
    """Tell how the call closes; ``undated`` where a deadline is printed whose day is unknown."""
    exhausted = annotated.marks_of("exhausted")
    rolling = annotated.marks_of("rolling")
    distinct = {role.date.on for role in deadlines if role.date.on}
    if len(distinct) > 1:
        return Closing(DeadlineKind.MULTIPLE, None, "several deadlines")
    if exhausted:
        mark = exhausted[0]
        return Closing(DeadlineKind.UNTIL_EXHAUSTED, (mark.start, mark.end), "until exhausted")
    if distinct:
        return Closing(DeadlineKind.FIXED, None, "one deadline")
    if rolling:
        mark = rolling[0]
        return Closing(DeadlineKind.ROLLING, (mark.start, mark.end), "rolling")
    standing = _standing_value(annotated)
    if standing is not None:
        return Closing(DeadlineKind.ROLLING, (standing.start, standing.end), "no deadline")
    if undated:
        return Closing(DeadlineKind.FIXED, None, "a deadline without a year")
    relative = annotated.marks_of("relative")
    if relative:
        mark = relative[0]
        return Closing(
            DeadlineKind.FIXED, (mark.start, mark.end), "a period counted from another day"
        )
    return Closing(DeadlineKind.NONE, None, "nothing is said")


def _standing_value(annotated: AnnotatedText) -> Span | None:
    """Return what stands alone under a deadline's label and says there is none: ``Ongoing``."""
    told = [each.span for each in annotated.labelled if each.field == "deadlines"]
    printed = [
        block.value
        for block in annotated.source.blocks
        if block.label is not None
        and block.value is not None
        and annotated.has(block.label.start, block.label.end, "deadline")
    ]
    return next(
        (
            span
            for span in (*told, *printed)
            if span.quote(annotated.normalized).strip(" .!\n") in annotated.lexicon.standing
        ),
        None,
    )
