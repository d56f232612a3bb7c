"""Choose the first day on which applications are accepted."""

from collections.abc import Sequence
from datetime import date

from normalizers.values.moments import DatedRole, best_roles
from normalizers.weights import weights


def find_openings(roles: Sequence[DatedRole]) -> list[DatedRole]:
    """Return every date that may open the call, the best first."""
    threshold = weights("dates")["threshold"]
    best = best_roles(roles)
    found = [
        role
        for role in roles
        if role.role == "opening"
        and role.points >= threshold
        and best[role.date.start].points <= role.points + 0.01
    ]
    return sorted(found, key=lambda role: (-role.points, role.date.start))


def choose_opening(found: Sequence[DatedRole], last: date | None) -> DatedRole | None:
    """Return the best candidate that does not open after the last deadline.

    A window's first day is better than a day alone; of several as good, the first printed wins.
    """
    fitting = [
        role for role in found if last is None or role.date.on is None or role.date.on <= last
    ]
    bonus = weights("dates")["window"]
    return max(
        fitting,
        key=lambda role: (
            role.points + bonus * (role.date.range_end is not None),
            -role.date.start,
        ),
        default=None,
    )
