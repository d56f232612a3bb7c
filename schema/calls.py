"""The call: a funding opportunity in one schema, every value with the words it came from."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from schema.findings import Basis, Evidence
from schema.issues import Issue
from schema.money import Money


class DeadlineKind(StrEnum):
    """How a call closes."""

    FIXED = "fixed"
    MULTIPLE = "multiple"
    ROLLING = "rolling"
    UNTIL_EXHAUSTED = "until_exhausted"
    NONE = "none"
    """The notice says nothing about closing."""

    @property
    def is_open_ended(self) -> bool:
        """Tell whether a call of this kind stands open without a last day."""
        return self in (DeadlineKind.ROLLING, DeadlineKind.UNTIL_EXHAUSTED)


class DeadlineRole(StrEnum):
    """What one deadline is for."""

    SINGLE = "single"
    STAGE_1 = "stage-1"
    STAGE_2 = "stage-2"
    CUT_OFF = "cut-off"
    EXPRESSION = "expression"
    """Expression of interest, ahead of the application itself."""


class Status(StrEnum):
    """Where a call stands today. Computed on read from dates and events; never stored."""

    FORTHCOMING = "forthcoming"
    OPEN = "open"
    CLOSED = "closed"
    UNKNOWN = "unknown"
    """No date, and no word of the portal, tells."""


class Absence(StrEnum):
    """Why a key field is empty."""

    NOT_PUBLISHED = "not_published"
    """The notice says that it is not (yet) published, or refers to a document that was not read."""
    NOT_FOUND = "not_found"
    """The whole text was read and names no such value."""
    NOT_APPLICABLE = "not_applicable"
    """The kind of call excludes it: a rolling call has no deadline."""
    FAILED = "failed"
    """Something is printed there that could not be read; an Issue says what."""


class TextStatus(StrEnum):
    """How the English of a text stands to its original."""

    ORIGINAL = "original"
    """The original is English; nothing was translated."""
    TRANSLATED = "translated"
    PARTIAL = "partial"
    """Some sentences failed and stand in their own language, in brackets."""
    GIST = "gist"
    """A rough rendering: enough for the topic, not for eligibility."""
    PENDING = "pending"
    """No engine has been able to try yet."""
    FAILED = "failed"


class ApplicantType(StrEnum):
    """Who may apply (not who benefits, and not who may only join as a partner)."""

    SME = "sme"
    LARGE_ENTERPRISE = "large_enterprise"
    STARTUP = "startup"
    ENTERPRISE_ANY = "enterprise_any"
    CRAFT_OR_SOLE_TRADER = "craft_or_sole_trader"
    NGO = "ngo"
    PUBLIC_BODY = "public_body"
    LOCAL_AUTHORITY = "local_authority"
    UNIVERSITY = "university"
    RESEARCH_ORG = "research_org"
    SCHOOL = "school"
    INDIVIDUAL = "individual"
    FARMER = "farmer"
    COOPERATIVE = "cooperative"
    CLUSTER = "cluster"
    SOCIAL_ENTERPRISE = "social_enterprise"
    RELIGIOUS_ORG = "religious_org"
    SPORTS_CLUB = "sports_club"
    CULTURAL_ORG = "cultural_org"
    MEDIA = "media"
    CONSORTIUM = "consortium"
    ANY_LEGAL_ENTITY = "any_legal_entity"


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, with the local time where one is printed, in the zone that the notice means."""

    on: date
    at: time | None = None
    """Local wall-clock time; ``None`` when no hour is printed (a printed 00:00 is a form's
    default, not an hour)."""
    zone: str = "UTC"
    """IANA name, e.g. ``Europe/Zagreb``."""

    def isoformat(self) -> str:
        """Return ``2021-02-02``, or ``2021-02-02T17:00`` when an hour is printed."""
        return self.on.isoformat() if self.at is None else f"{self.on}T{self.at:%H:%M}"

    def starts_at(self) -> datetime:
        """Return the first instant, in UTC: the printed hour, else the start of the day."""
        return self._instant(self.on, self.at or time())

    def ends_at(self) -> datetime:
        """Return the last instant, in UTC: the hour if printed, else the end of the local day."""
        if self.at is not None:
            return self._instant(self.on, self.at)
        if self.on == date.max:  # "31/12/9999": portals print it for "no end"
            return _END_OF_TIME
        return self._instant(self.on + timedelta(days=1), time()) - timedelta(seconds=1)

    def _instant(self, day: date, at: time) -> datetime:
        try:
            return datetime.combine(day, at, ZoneInfo(self.zone)).astimezone(UTC)
        except OverflowError:
            return _END_OF_TIME if day.year == date.max.year else _START_OF_TIME


_START_OF_TIME = datetime.min.replace(tzinfo=UTC)
_END_OF_TIME = datetime.max.replace(microsecond=0, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Deadline:
    """One date by which applications must be in."""

    moment: Moment
    role: DeadlineRole = DeadlineRole.SINGLE
    basis: Basis = Basis.STATED


@dataclass(frozen=True, slots=True)
class Consortium:
    """The smallest partnership that may apply."""

    min_partners: int | None = None
    min_countries: int | None = None


@dataclass(frozen=True, slots=True)
class Text:
    """A text in its original language and, where it could be made, in English beside it."""

    original: str
    language: str
    """BCP 47."""
    english: str | None = None
    engine: str | None = None
    """Engine, model and version, e.g. ``argos hr-en 1.0``; several where several had a part."""
    status: TextStatus = TextStatus.PENDING
    translated_at: datetime | None = None
    """Aware; when its latest sentence was translated."""
    checks: tuple[str, ...] = ()
    """What the checks found: ``missing:2021-02-02``, ``repetition``; ``term:natječaj`` where the
    glossary has another word."""

    @property
    def english_tag(self) -> str | None:
        """Return the BCP 47 tag of the English: ``en-t-hr`` is transformed from Croatian."""
        if self.status is TextStatus.ORIGINAL:
            return self.language
        return f"en-t-{self.language.replace('_', '-').lower()}" if self.english else None


@dataclass(frozen=True, slots=True)
class Document:
    """An attachment of a call."""

    label: str
    url: str | None = None
    role: str | None = None
    language: str | None = None
    sha256: str | None = None
    name: Text | None = None
    """The label with its English beside it, once someone has tried to translate it."""


@dataclass(frozen=True, slots=True)
class Call:
    """What is known of one funding opportunity.

    ``schema/fields.py`` says how each field is compared, merged, stored and shown.
    ``normalise`` makes one from a single notice; ``linking.merge`` makes one from all notices of
    a call, and then each :class:`Evidence` names its notice.
    """

    is_call: bool
    is_call_reason: str
    """Why it is, or is not, a call: ``call``, ``result``, ``job``, ``procurement``,
    ``consultation`` …"""
    language: str
    """BCP 47 of the body."""
    title: Text
    summary: Text | None = None
    codes: tuple[str, ...] = ()
    programme: str | None = None
    issuer: str | None = None
    published_on: date | None = None
    opens_at: Moment | None = None
    deadlines: tuple[Deadline, ...] = ()
    deadline_kind: DeadlineKind = DeadlineKind.NONE
    budget_total: Money | None = None
    grant_min: Money | None = None
    grant_max: Money | None = None
    intensity_max_pct: float | None = None
    expected_projects: int | None = None
    applicant_types: tuple[ApplicantType, ...] = ()
    eligible_areas: tuple[str, ...] = ()
    consortium: Consortium | None = None
    conditions: tuple[Text, ...] = ()
    documents: tuple[Document, ...] = ()
    contacts: tuple[str, ...] = ()
    declared_status: Status | None = None
    """What the portal itself says, by its description's ``[statuses]``; :meth:`status` weighs it
    with the dates."""
    evidence: Mapping[str, tuple[Evidence, ...]] = field(default_factory=dict)
    """By field name (those of this class); every non-empty key field has an entry."""
    absence: Mapping[str, Absence] = field(default_factory=dict)
    """By field name; every empty key field has an entry."""
    issues: tuple[Issue, ...] = ()

    def status(self, now: datetime) -> Status:
        """Tell where the call stands at an aware moment.

        Dates decide; the portal's own word counts where they are silent, and when it closes early.
        """
        if self.deadlines and now > max(deadline.moment.ends_at() for deadline in self.deadlines):
            return Status.CLOSED
        if self.declared_status is Status.CLOSED:
            return Status.CLOSED
        if self.opens_at is not None and now < self.opens_at.starts_at():
            return Status.FORTHCOMING
        if self.deadlines or self.deadline_kind.is_open_ended:
            return Status.OPEN
        return self.declared_status or Status.UNKNOWN
