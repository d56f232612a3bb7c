"""Say what each printed date is: deadline, opening, publication, or something that is not ours.

The surprise: the same phrase may open or close (``prijave se zaprimaju od … do …``), so the
preposition right before a date decides between the two.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from normalizers.annotation import AnnotatedText
from normalizers.cues import Cue, cues_around
from normalizers.values.dates import SINCE, UNTIL, PrintedDate
from normalizers.weights import weights
from schema.findings import Basis

OURS = ("deadline", "extension", "window", "opening", "published", "stamp")
OTHERS = ("event", "act", "project", "procedure")
FAMILIES = (*OURS, *OTHERS)
_BESIDE = 3


@dataclass(slots=True)
class DatedRole:
    """A date with what the notice says it is."""

    date: PrintedDate
    role: str
    """``deadline``, ``opening``, ``published``, ``stamp``, or the family that claimed it."""
    points: float
    cue: Cue | None
    why: str

    @property
    def words(self) -> tuple[int, int]:
        """Where the date stands, with the preposition and the hour around it."""
        start, quoted = self.date.start, self.date.quote_start
        return (min(quoted, start) if quoted >= 0 else start), self.date.end

    @property
    def shown(self) -> str:
        """The day; ``--03-15`` where its year is not known."""
        return str(self.date.on or f"--{self.date.month:02}-{self.date.day:02}")

    @property
    def rule(self) -> str:
        """What the evidence says has read it: a cue, or its place on the page."""
        return f"{self.cue.family}-{self.cue.place}" if self.cue else "place"

    @property
    def basis(self) -> Basis:
        """Whether the date is printed in full."""
        derived = self.date.shared or "derived" in self.date.features
        return Basis.DERIVED if derived else Basis.STATED


def weigh_dates(annotated: AnnotatedText, dates: Sequence[PrintedDate]) -> list[DatedRole]:
    """Return every role that each date may have, the best first for each date."""
    found: list[DatedRole] = []
    last_of_group = {item.group: item.start for item in dates}
    # a range or list counts once as "another value in between": by its last date
    places = [i.start for i in dates if i.group < 0 or last_of_group[i.group] == i.start]
    ends = {id(item.range_end) for item in dates if item.range_end is not None}
    for item in dates:
        if "bare" in item.features and item.preposition is None and item.group < 0:
            continue
        roles: dict[str, DatedRole] = {}
        for cue in cues_around(annotated, item.start, item.end, FAMILIES, places, OTHERS):
            for role, points in _roles(cue, item):
                struck = weights("dates")["struck"] if "struck" in item.features else 0.0
                known = roles.get(role)
                if known is None or points - struck > known.points:
                    why = _why(annotated, cue, item)
                    roles[role] = DatedRole(item, role, points - struck, cue, why)
        if (
            not roles
            or max(role.points for role in roles.values()) < weights("dates")["bare_until"]
        ):
            window = _bare_window(item, last=id(item) in ends)
            if window is not None:
                roles[window.role] = window
        found += sorted(roles.values(), key=lambda role: -role.points)
    return found


def _bare_window(item: PrintedDate, *, last: bool) -> DatedRole | None:
    """Read a range that nothing names as the window for applications: little else has two ends."""
    points = weights("dates")["bare_window"]
    if "struck" in item.features:
        return None
    if item.range_end is not None and item.preposition == SINCE:
        return DatedRole(item, "opening", points, None, "first day of an unnamed range")
    if last:
        return DatedRole(item, "deadline", points, None, "last day of an unnamed range")
    return None


def _roles(cue: Cue, item: PrintedDate) -> list[tuple[str, float]]:  # noqa: PLR0911, PLR0912 - one answer a case
    weigh = weights("dates")
    points, family = cue.points, cue.family
    preposition = item.preposition
    if family in ("deadline", "extension"):
        if preposition == SINCE:
            if family == "deadline":
                alone = 0.0 if item.range_end is not None else weigh["alone"]
                return [
                    ("opening", points - 0.4 - alone),
                    ("deadline", points - weigh["since"]),
                ]
            shifted = family == "extension" and item.range_end is not None
            if shifted:  # "prorogato dal 12 al 28 febbraio": the old term, not an opening
                return [("superseded", points + weigh["until"])]
            return [("deadline", points - weigh["since"])]
        bonus = weigh["until"] if preposition == UNTIL else 0.0
        return [("deadline" if family == "deadline" else "extension", points + bonus)]
    if family == "window":
        if preposition == UNTIL:
            return [("deadline", points + 0.4)]
        if preposition == SINCE:
            return [("opening", points + 0.4)]
        return [("deadline", points - 1.6), ("opening", points - 1.9)]
    if family == "opening":
        if preposition == UNTIL and "clock" in item.features and _governs(cue, item):
            return [("opening", points)]  # "apre alle 10 di martedì 17": the hour's preposition
        if preposition == UNTIL:
            return [("deadline", points - 0.2)]
        return [("opening", points + (0.4 if preposition == SINCE else 0.0))]
    if family == "published":
        if preposition == UNTIL:
            return [("published", points - 2.5)]
        beside = cue.place == "before" and item.start - cue.mark.end <= 4
        if preposition == SINCE and item.range_end is not None and not beside:
            return [("published", points - 1.5)]
        return [("published", points)]
    if family == "act" and preposition == UNTIL:
        return [(family, points - weigh["until"])]  # an act has a date, not a term
    return [(family, points)]


def _governs(cue: Cue, item: PrintedDate) -> bool:
    """Tell whether a cue stands right before the words that introduce a date."""
    return cue.place == "before" and 0 <= item.quote_start - cue.mark.end <= _BESIDE


def _why(annotated: AnnotatedText, cue: Cue, item: PrintedDate) -> str:
    words = annotated.text[cue.mark.start : cue.mark.end]
    parts = [f"{cue.family} “{' '.join(words.split())}” {cue.place}"]
    if item.preposition:
        parts.append(item.preposition)
    return ", ".join(parts)


def best_roles(roles: Sequence[DatedRole]) -> dict[int, DatedRole]:
    """Return the winning role of each date, by the place where the date begins."""
    best: dict[int, DatedRole] = {}
    for role in roles:
        known = best.get(role.date.start)
        if known is None or role.points > known.points:
            best[role.date.start] = role
    return best
