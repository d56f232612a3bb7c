"""What a finder claims of its field: a value with its evidence, or the reason why there is none.

A claim keeps every candidate that was weighed, not only those that were chosen, so that
``callboard extract --why`` can show what lost and why.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, fields
from datetime import date
from typing import Generic, NamedTuple, Protocol, TypeVar

from schema.calls import (
    Absence,
    ApplicantType,
    Consortium,
    Deadline,
    DeadlineKind,
    Moment,
    Status,
    Text,
)
from schema.findings import Evidence
from schema.issues import Issue
from schema.money import Money

Value = TypeVar("Value", covariant=True)  # noqa: PLC0105 - of a candidate, of a claim


LABEL = "label"
"""The rule of a candidate that stands alone under a label that the portal explains."""


class Weighed(Protocol):
    """A candidate of a field: printed words, what they may mean, and how much speaks for it."""

    @property
    def points(self) -> float:
        """How much speaks for it; candidates of one field share a scale."""

    @property
    def why(self) -> str:
        """What speaks for it, in a few words."""

    @property
    def words(self) -> tuple[int, int]:
        """Where the words stand in the text."""

    @property
    def shown(self) -> str:
        """Its value in one line; empty where the words say it all."""


AnyWeighed = TypeVar("AnyWeighed", bound=Weighed)
OtherWeighed = TypeVar("OtherWeighed", bound=Weighed)


class Candidate(NamedTuple, Generic[Value]):
    """A value that stands at one place of the text."""

    points: float
    start: int
    end: int
    value: Value
    rule: str
    """The last part of the evidence's rule, behind the language."""
    why: str = ""

    @property
    def words(self) -> tuple[int, int]:
        """Where the words stand in the text."""
        return self.start, self.end

    @property
    def shown(self) -> str:
        """The value in one line."""
        return self.value.isoformat() if isinstance(self.value, Moment) else str(self.value)


def rank(
    one: Sequence[AnyWeighed], other: Sequence[OtherWeighed]
) -> Sequence[AnyWeighed | OtherWeighed]:
    """Return the candidates of two groups in which the best comes first, all in that order.

    Of equals, the one of the first group comes first.
    """
    if not one:
        return other
    return sorted([*one, *other], key=lambda candidate: -candidate.points) if other else one


def prevailing(
    labelled: Sequence[AnyWeighed], told: Sequence[OtherWeighed]
) -> Sequence[AnyWeighed | OtherWeighed]:
    """Return what labels give or what was chosen of the text, whichever has the weightier best."""
    if not labelled:
        return told
    heaviest = max((each.points for each in told), default=float("-inf"))
    return labelled if any(each.points > heaviest for each in labelled) else told


class Claim(NamedTuple, Generic[Value]):
    """What the notice says of one field of :class:`schema.calls.Call`."""

    value: Value
    """``None`` or ``()`` where there is none."""
    evidence: tuple[Evidence, ...] = ()
    absence: Absence = Absence.NOT_FOUND
    """Why there is no value; means nothing where there is one."""
    issues: tuple[Issue, ...] = ()
    candidates: Sequence[Weighed] = ()
    """All that were weighed, the best first."""
    chosen: Sequence[Weighed] = ()
    """Those of them that the value was made of."""
    in_prose: bool = False
    """Whether the words of the notice tell it plainly, whatever a label or the portal says. The
    weights of :mod:`normalizers.fields.kinds` were fitted on notices without labels."""

    @property
    def is_empty(self) -> bool:
        """Whether there is no value."""
        return self.value is None or (isinstance(self.value, (tuple, str)) and not self.value)


@dataclass(slots=True)
class Claims:
    """The claims of all fields of one call, each named like the field of :class:`Call`.

    The steps of :mod:`normalizers.normalise` fill it one by one. No attribute has a default, so a
    finder that asks for a claim before its step has run raises :class:`AttributeError`.
    """

    title: Claim[Text] = field(init=False)
    declared_status: Claim[Status | None] = field(init=False)
    is_call: Claim[bool] = field(init=False)
    is_call_reason: Claim[str] = field(init=False)
    codes: Claim[tuple[str, ...]] = field(init=False)
    published_on: Claim[date | None] = field(init=False)
    programme: Claim[str | None] = field(init=False)
    issuer: Claim[str | None] = field(init=False)
    opens_at: Claim[Moment | None] = field(init=False)
    deadlines: Claim[tuple[Deadline, ...]] = field(init=False)
    deadline_kind: Claim[DeadlineKind] = field(init=False)
    budget_total: Claim[Money | None] = field(init=False)
    grant_min: Claim[Money | None] = field(init=False)
    grant_max: Claim[Money | None] = field(init=False)
    intensity_max_pct: Claim[float | None] = field(init=False)
    expected_projects: Claim[int | None] = field(init=False)
    applicant_types: Claim[tuple[ApplicantType, ...]] = field(init=False)
    eligible_areas: Claim[tuple[str, ...]] = field(init=False)
    consortium: Claim[Consortium | None] = field(init=False)
    conditions: Claim[tuple[Text, ...]] = field(init=False)
    summary: Claim[Text | None] = field(init=False)
    contacts: Claim[tuple[str, ...]] = field(init=False)

    def by_field(self) -> Iterator[tuple[str, Claim[object]]]:
        """Yield the name and the claim of every field."""
        for name in _FIELDS:
            claim: Claim[object] = getattr(self, name)
            yield name, claim


_FIELDS = tuple(each.name for each in fields(Claims))
