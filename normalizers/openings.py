"""Choose the first day on which applications are accepted."""

from collections.abc import Sequence

from normalizers.moments import DatedRole, best_roles
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


def choose_opening(found: Sequence[DatedRole]) -> DatedRole | None:
    """Return the best candidate; of several as good, the first that is printed."""
    return found[0] if found else None
