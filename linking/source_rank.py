"""Roles: which notice is believed first when several announce one call."""

from dataclasses import dataclass
from datetime import date

from schema.calls import Call
from schema.fields import KEY_FIELDS
from schema.findings import Basis
from vocabulary.matching import words_for_match

ROLES = ("original", "register", "relay")
"""The issuer's page, an official list, anyone else; the first is believed before the next."""


@dataclass(frozen=True, slots=True)
class SourceRank:
    """What decides the rank of one notice."""

    portal_role: str
    is_issuer: bool
    """The portal is an original one, and the notice names its owner as the issuer; or it is one of
    the Union's own, which publish no one else's calls."""
    is_union: bool
    stated: int
    """Key fields that the notice states in words of its own."""
    published_on: date | None

    def role(self, *, issuer_speaks: bool) -> str:
        """Return the notice's role for this call.

        Portals that publish calls of their own also pass on others'; beside the issuer's own page
        such a notice is a relay.
        """
        if self.portal_role == "original" and issuer_speaks and not self.is_issuer:
            return "relay"
        return self.portal_role

    def rank(self, *, issuer_speaks: bool) -> tuple[int, bool, int, int, date]:
        """Return the key by which notices are ordered, the leading one least.

        By role; the Union before a region that announces its call as if it were its own; then the
        portal's own role; then who states more; then who published first.
        """
        return (
            ROLES.index(self.role(issuer_speaks=issuer_speaks)),
            not self.is_union,
            ROLES.index(self.portal_role),
            -self.stated,
            self.published_on or date.max,
        )


def source_rank(portal: str, role: str, call: Call) -> SourceRank:
    """Return the source_rank of a notice; raises ``ValueError`` for a role that does not exist."""
    if role not in ROLES:
        raise ValueError(f"{portal}: role {role!r} is none of {', '.join(ROLES)}")
    stated = sum(
        any(evidence.basis is Basis.STATED for evidence in call.evidence.get(field, ()))
        for field in KEY_FIELDS
    )
    is_union = portal.startswith("eu_") and role == "original"
    is_issuer = is_union or (role == "original" and _names(portal, call))
    return SourceRank(role, is_issuer, is_union, stated, call.published_on)


def _names(portal: str, call: Call) -> bool:
    """Tell whether the issuer's name contains the owner in the portal's stem ``cc_owner``."""
    owner = [word for word in portal.split("_")[1:] if word]
    issuer = set(words_for_match(call.issuer or ""))
    return bool(owner) and issuer.issuperset(owner[:1])
