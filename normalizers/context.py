"""What a finder of a field is given: the text, what is printed in it, and the claims before it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from normalizers.absences import why_empty
from normalizers.annotation import AnnotatedText
from normalizers.claims import LABEL, Candidate, Claim, Claims
from normalizers.cues import Cue
from normalizers.languages import FoundLanguage
from normalizers.values.dates import PrintedDate, find_dates
from normalizers.values.labels import find_labelled_values, read_moment, read_money
from normalizers.values.moments import DatedRole, best_roles, weigh_dates
from normalizers.values.money import PrintedAmount, find_amounts
from normalizers.weights import weights
from schema.calls import Moment, Status, TextStatus
from schema.findings import Basis, Evidence
from schema.issues import Issue
from schema.money import Money
from schema.spans import Span

T = TypeVar("T")

DATES = ("published_on", "opens_at", "deadlines")
AMOUNTS = ("budget_total", "grant_min", "grant_max")
_FIELDS = {
    "deadline": "deadlines",
    "extension": "deadlines",
    "opening": "opens_at",
    "published": "published_on",
}
"""The field of each role that a date may have."""
_BESIDE = 160
"""Characters before a value within which its cue is part of the evidence."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What is known of a notice besides its text."""

    language: str | None = None
    """What page or portal declares: a hint."""
    languages: tuple[str, ...] = ()
    """Configured for the portal; empty means all."""
    today: date | None = None
    """Only to resolve dates without a year; ``None`` means never guess."""
    zone: str | None = None
    """IANA zone; ``None``: the language's default."""
    labels: Mapping[str, str] = field(default_factory=dict)
    """The portal's ``[labels]``: printed label to field of :class:`Call`, or ``ignore``."""
    statuses: Mapping[str, Status] = field(default_factory=dict)
    issuer: str | None = None
    only_calls: bool = False
    """Whether the portal publishes nothing but calls, so that no words need to say so."""
    portal: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Context:
    """One notice with all that was found in it before any field was chosen."""

    annotated: AnnotatedText
    language: FoundLanguage
    hints: Hints
    zone: str
    """IANA zone of its hours."""
    dates: Sequence[PrintedDate]
    date_roles: Sequence[DatedRole]
    """Every role that each date may have."""
    misprinted_dates: Mapping[str, PrintedDate]
    """The first date that no calendar has, by the field that it would have filled."""
    amounts: Sequence[PrintedAmount]
    misprinted_amounts: Sequence[PrintedAmount]
    """Those of them whose figure can't be read."""
    labelled_dates: Mapping[str, Sequence[Candidate[Moment]]]
    """What stands alone under the labels of :data:`DATES`."""
    labelled_amounts: Mapping[str, Sequence[Candidate[Money]]]
    """What stands alone under the labels of :data:`AMOUNTS`."""
    claims: Claims = field(default_factory=Claims)
    """Those made so far."""

    @property
    def title(self) -> Span | None:
        """Where the title stands, once it is claimed."""
        proofs = self.claims.title.evidence
        return proofs[0].span if proofs else None

    def labelled(
        self, name: str, read: Callable[[AnnotatedText, Span], T | None], weight: str = "value"
    ) -> list[Candidate[T]]:
        """Return what stands alone under the labels of a field, in the order of the page."""
        if not self.annotated.labelled:
            return []
        return find_labelled_values(self.annotated, name, read, weights("labels")[weight])

    def labelled_items(
        self, name: str, read: Callable[[AnnotatedText, Span], Sequence[T] | None]
    ) -> list[Candidate[T]]:
        """Return every item of the lists that stand alone under the labels of a field."""
        return [
            Candidate(each.points, each.start, each.end, item, each.rule, each.why)
            for each in self.labelled(name, read)
            for item in each.value
        ]

    def belongs_elsewhere(self, name: str, proof: Evidence) -> bool:
        """Tell whether a date's or an amount's words stand alone under another field's label."""
        if not self.annotated.labelled:
            return False
        return any(
            other != name and Span(each.start, each.end).overlaps(proof.span)
            for found in (self.labelled_dates, self.labelled_amounts)
            for other, values in found.items()
            for each in values
        )

    def evidence(self, start: int, end: int, rule: str, *, basis: Basis = Basis.STATED) -> Evidence:
        """Return the words between two places as evidence of a rule of the notice's language."""
        return self.annotated.evidence(start, end, f"{self.language.code}:{rule}", basis=basis)

    def evidence_of(self, candidate: Candidate[object], *, basis: Basis = Basis.STATED) -> Evidence:
        """Return the words of a candidate as evidence: of a labelled one, label and value."""
        labelled = candidate.rule == LABEL
        code = self.annotated.lexicon.code if labelled else self.language.code
        rule = f"{code}:{candidate.rule}"
        return self.annotated.evidence(candidate.start, candidate.end, rule, basis=basis)

    def evidence_of_all(self, candidates: Sequence[Candidate[object]]) -> tuple[Evidence, ...]:
        """Return the words of candidates as evidence, each once: a label may give several."""
        places = {(each.start, each.end, each.rule): each for each in candidates}
        return tuple(self.evidence_of(each) for each in places.values())

    def evidence_with_cue(
        self, words: tuple[int, int], cue: Cue | None, rule: str, *, basis: Basis = Basis.STATED
    ) -> Evidence:
        """Return a value's words as evidence, from the cue on where that stands shortly before."""
        start, end = words
        if cue is not None and cue.place == "before" and start - cue.mark.start < _BESIDE:
            start = min(start, cue.mark.start)
        return self.evidence(start, end, rule, basis=basis)

    def evidence_of_date(self, role: DatedRole) -> Evidence:
        """Return a date as evidence of its role."""
        return self.evidence_with_cue(role.words, role.cue, role.rule, basis=role.basis)

    def claim_best(
        self, chosen: Sequence[Candidate[T]], candidates: Sequence[Candidate[T]], *cues: str
    ) -> Claim[T | None]:
        """Return the claim of the first of the chosen candidates; ``cues`` speak of the field."""
        if not chosen:
            return Claim(None, (), why_empty(self.annotated, *cues), candidates=candidates)
        best = chosen[0]
        proof = self.evidence_of(best)
        return Claim(best.value, (proof,), candidates=candidates, chosen=(best,))

    def text_status(self, language: str | None = None) -> TextStatus:
        """Return how the English of a text of the notice stands to it before any translation."""
        english = (language or self.language.code) == "en"
        return TextStatus.ORIGINAL if english else TextStatus.PENDING

    def issue(
        self, kind: str, message: str, *, field: str | None = None, detail: str | None = None
    ) -> Issue:
        """Return an issue of this notice."""
        portal, url = self.hints.portal, self.hints.url
        return Issue(kind, message, portal=portal, url=url, field=field, detail=detail)

    def misprinted_date(self, name: str) -> tuple[Issue, ...]:
        """Return the issue of the misprinted date that a field would have had, if there is one."""
        item = self.misprinted_dates.get(name)
        if item is None:
            return ()
        printed = f"{item.day}. {item.month}. {item.year}"
        message = f"a date is misprinted and was not read: {printed}"
        return (self.issue("misprinted_date", message, field=name),)


def prepare_context(annotated: AnnotatedText, language: FoundLanguage, hints: Hints) -> Context:
    """Find every date and every amount, and what stands alone under a date's or amount's label."""
    zone = hints.zone or annotated.lexicon.zone
    dates, misprinted = find_dates(annotated)

    def moment(given: AnnotatedText, span: Span) -> Moment | None:
        return read_moment(given, span, dates, zone)

    amounts = find_amounts(annotated)
    weight = weights("labels")["value"]
    return Context(
        annotated=annotated,
        language=language,
        hints=hints,
        zone=zone,
        dates=dates,
        date_roles=weigh_dates(annotated, dates),
        misprinted_dates=_by_field(annotated, misprinted),
        amounts=amounts,
        misprinted_amounts=[item for item in amounts if item.misprint],
        labelled_dates={
            name: find_labelled_values(annotated, name, moment, weight) for name in DATES
        },
        labelled_amounts={
            name: find_labelled_values(annotated, name, read_money, weight) for name in AMOUNTS
        },
    )


def _by_field(
    annotated: AnnotatedText, misprinted: Sequence[PrintedDate]
) -> dict[str, PrintedDate]:
    """Return the first misprinted date of each field that it would have filled."""
    found: dict[str, PrintedDate] = {}
    for role in best_roles(weigh_dates(annotated, misprinted)).values() if misprinted else ():
        if role.role in _FIELDS:
            found.setdefault(_FIELDS[role.role], role.date)
    return found
