"""Say what each amount is, and choose the envelope and the bounds of one grant.

The surprise: an amount that is called a project's cost, a turnover or a part of the envelope is
claimed by that cue and so never competes for the field that it resembles.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from normalizers.cues import Cue, cues_around
from normalizers.money import MAXIMUM, MINIMUM, PrintedAmount
from normalizers.reading import Reading
from normalizers.weights import weights

GRANTS = ("grant", "per_project")
FAMILIES = ("budget", "grant_max", "grant_min", *GRANTS, "cost", "part", "own")


@dataclass(slots=True)
class AmountRole:
    """An amount with what the notice says it is."""

    amount: PrintedAmount
    role: str
    """``budget``, ``grant_max``, ``grant_min``, or the family that claimed it."""
    points: float
    cue: Cue | None
    why: str


def weigh_amounts(reading: Reading, amounts: Sequence[PrintedAmount]) -> list[AmountRole]:
    """Return every role that each amount may have."""
    found: list[AmountRole] = []
    weigh = weights("amounts")
    for item in amounts:
        partners = {id(item.low), id(item.high)}
        places = [other.start for other in amounts if id(other) not in partners]
        roles: dict[str, AmountRole] = {}

        def offer(
            role: str,
            points: float,
            cue: Cue | None,
            item: PrintedAmount = item,
            roles: dict[str, AmountRole] = roles,
        ) -> None:
            if "no_currency" in item.features:
                points -= weigh["no_currency"]
            known = roles.get(role)
            if known is None or points > known.points:
                roles[role] = AmountRole(item, role, points, cue, _why(reading, cue, item))

        cues = cues_around(reading, item.start, item.end, FAMILIES, places)
        for cue in cues:
            for role, points in _roles(cue, item):
                offer(role, points, cue)
        if item.high is not None or item.low is not None:
            offer("grant_min" if item.high is not None else "grant_max", weigh["bare_range"], None)
        elif item.limit == MAXIMUM:
            offer("grant_max", weigh["bare_maximum"], None)
        elif item.limit == MINIMUM:
            offer("grant_min", weigh["bare_minimum"], None)
        found += roles.values()
    return found


def _roles(cue: Cue, item: PrintedAmount) -> list[tuple[str, float]]:
    weigh = weights("amounts")
    points, family = cue.points, cue.family
    if family == "budget":
        against = weigh["limit"] if item.limit is not None or item.high or item.low else 0.0
        return [("budget", points - against)]
    if family in ("grant_max", "grant_min"):
        if item.high is not None:
            return [("grant_min", points)]
        if item.low is not None:
            return [("grant_max", points)]
        opposite = {"grant_max": MINIMUM, "grant_min": MAXIMUM}[family]
        if item.limit == opposite:
            other = "grant_min" if family == "grant_max" else "grant_max"
            return [(other, points)]
        return [(family, points)]
    if family in GRANTS:
        if item.high is not None:
            return [("grant_min", points + weigh["range"])]
        if item.low is not None:
            return [("grant_max", points + weigh["range"])]
        if item.limit == MAXIMUM:
            return [("grant_max", points + weigh["limit"])]
        if item.limit == MINIMUM:
            return [("grant_min", points + weigh["limit"])]
        fixed = points - weigh["fixed"]
        return [("grant_max", fixed), ("grant_min", fixed - 0.01)]
    return [(family, points)]


def _why(reading: Reading, cue: Cue | None, item: PrintedAmount) -> str:
    parts = []
    if cue is not None:
        words = reading.text[cue.mark.start : cue.mark.end]
        parts.append(f"{cue.family} “{' '.join(words.split())}” {cue.place}")
    if item.limit is not None:
        parts.append(item.limit)
    if item.high is not None or item.low is not None:
        parts.append("range")
    return ", ".join(parts)


def best_amounts(roles: Sequence[AmountRole]) -> dict[int, float]:
    """Return the points of the winning role of each amount, by its place."""
    best: dict[int, float] = {}
    for role in roles:
        start = role.amount.start
        best[start] = max(best.get(start, role.points), role.points)
    return best


def find_role(roles: Sequence[AmountRole], name: str) -> list[AmountRole]:
    """Return the amounts that win in a role, the best first."""
    best = best_amounts(roles)
    threshold = weights("amounts")["threshold"]
    found = [
        role
        for role in roles
        if role.role == name
        and role.points >= threshold
        and role.points >= best[role.amount.start] - 0.02
        and not role.amount.misprint
    ]
    return sorted(found, key=lambda role: (-role.points, role.amount.start))


def choose_budget(roles: Sequence[AmountRole]) -> AmountRole | None:
    """Return the whole envelope: of the well-named amounts, the best named, then the largest."""
    found = find_role(roles, "budget")
    if not found:
        return None
    best = found[0].points
    close = [role for role in found if role.points >= best - weights("amounts")["close"]]
    return max(close, key=lambda role: role.amount.amount)


def choose_grant(roles: Sequence[AmountRole]) -> tuple[AmountRole | None, AmountRole | None]:
    """Return the lowest minimum and the highest maximum of one grant."""
    spread = weights("amounts")["spread"]

    def close(found: list[AmountRole]) -> list[AmountRole]:
        currency = found[0].amount.currency
        return [
            role
            for role in found
            if role.points >= found[0].points - spread and role.amount.currency == currency
        ]

    lows, highs = find_role(roles, "grant_min"), find_role(roles, "grant_max")
    low = min(close(lows), key=lambda role: role.amount.amount) if lows else None
    high = max(close(highs), key=lambda role: role.amount.amount) if highs else None
    if low is not None and high is not None and low.amount.amount > high.amount.amount:
        low = None
    return low, high
