"""A portal's description, as its TOML states it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from schema.calls import Status


@dataclass(frozen=True, slots=True)
class Expectation:
    """What a complete crawl of the portal should bring; a crawl is judged by it (law 5)."""

    notices: tuple[int, int]
    """Smallest and largest plausible number of notices."""
    filled: Mapping[str, float] = field(default_factory=dict)
    """Least share of notices in which a field is filled, 0..1, by field of ``RawNotice`` or
    printed label."""
    silent_days: int = 30
    """Days without anything new after which silence is suspicious."""


@dataclass(frozen=True, slots=True)
class Licence:
    """What may be done with the portal's text and data."""

    name: str
    """An SPDX identifier where one fits, else the licence's own name, else ``unknown``."""
    attribution: str
    republish: bool
    """Whether texts may be shown in exports."""
    translate: bool
    """Whether a translation may be shown in exports (a no-derivatives text may not)."""


class DocumentPolicy(StrEnum):
    """Which of the documents that a portal's notices link are fetched and read."""

    GUIDELINES = "guidelines"
    """Those whose names promise the rules of a call: its text, guidelines."""
    NEVER = "never"


@dataclass(frozen=True, slots=True)
class Portal:
    """One portal, as its ``<stem>.toml`` states it."""

    stem: str
    title: str
    publisher: str
    publisher_local: str
    country: str
    """ISO 3166-1 alpha-2, ``EU`` for the Union."""
    languages: tuple[str, ...]
    """Configured languages (BCP 47), the commonest first."""
    zone: str
    """IANA zone in which the portal prints its hours."""
    home: str
    access: str
    """The route taken: ``sitemap``, ``wordpress``, ``sedia``, ``socrata`` …"""
    role: str
    """What its notices are to a call: ``original`` (the issuer), ``register`` (an official list),
    ``relay``."""
    schedule: str
    """Five-field cron expression, local time of the operator's machine."""
    licence: Licence
    expect: Expectation
    status: str = "trial"
    """``trial``, ``released``, ``refused`` or ``retired``."""
    scope: str = ""
    """What of the portal is left out on purpose, and why; empty where all of it is read."""
    robots_note: str = ""
    terms: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    """Labels the portal prints, to fields of ``Call``; ``ignore`` for those known to carry
    nothing."""
    statuses: Mapping[str, Status] = field(default_factory=dict)
    """Status words the portal prints. A word that is not here is an Issue (law 1)."""
    documents: DocumentPolicy = DocumentPolicy.GUIDELINES
    document_hosts: tuple[str, ...] = ()
    """Hosts, besides the portal's own, on which its documents lie and may be asked for."""
    only_calls: bool = False
    """Whether the portal lists nothing but calls; else each notice must say itself that it is."""
    issuer: str | None = None
    """The issuer of every notice, where the portal publishes only its own."""

    @property
    def period(self) -> timedelta:
        """Return the longest regular time between two crawls that the schedule plans."""
        _, _, day_of_month, month, day_of_week = self.schedule.split()
        if month != "*":
            return timedelta(days=366)
        if day_of_month != "*":
            return timedelta(days=31)
        return timedelta(days=1 if day_of_week == "*" else 7)

    @property
    def rhythm(self) -> str:
        """Return the period in a word: ``daily``, ``weekly``, ``monthly`` or ``yearly``."""
        words = {1: "daily", 7: "weekly", 31: "monthly"}
        return words.get(self.period.days, "yearly")
