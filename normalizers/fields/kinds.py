"""Tell whether a notice is a call, and if not, what it is.

A linear score over counted facts, with weights fitted on notices: the words of a call speak for
it, the words of another kind of notice against it, more loudly in the title and the first lines.
The reason given is the kind whose words weigh most.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from normalizers.annotation import AnnotatedText
from normalizers.claims import Claim, Claims
from normalizers.context import Context
from normalizers.phrases import Mark
from normalizers.weights import weights
from schema.spans import Span

HARD = ("job", "procurement", "consultation", "closed", "plan", "questions")
"""Kinds whose own words hardly ever stand in a call."""
SOFT = ("result", "event", "amendment", "howto", "overview")
"""Kinds whose words a call may also use."""
_MOST_CALL, _MOST_OTHER = 5, 4
_AUDIBLE = 0.05


@dataclass(frozen=True, slots=True)
class CallClassification:
    """Whether it is a call, why, and the words that decided."""

    is_call: bool
    reason: str
    """``call``, or the kind of notice: ``result``, ``job``, ``procurement`` …"""
    points: float
    said: tuple[int, int] | None
    """Where the words stand that decided."""
    shares: Mapping[str, float]
    """What each counted fact added to the points."""

    @property
    def words(self) -> tuple[int, int]:
        """Where the words stand that decided."""
        return self.said or (0, 0)

    @property
    def why(self) -> str:
        """The facts that added or took most, the loudest first."""
        loud = sorted(self.shares.items(), key=lambda item: -abs(item[1]))
        return ", ".join(f"{name} {share:+.1f}" for name, share in loud if abs(share) >= _AUDIBLE)

    @property
    def shown(self) -> str:
        """The verdict in one line."""
        return f"{self.is_call} {self.reason}"


class Kind(NamedTuple):
    """The claims of the two fields that say what a notice is."""

    is_call: Claim[bool]
    is_call_reason: Claim[str]


def claim_kind(context: Context) -> Kind:
    """Claim whether the notice is a call; of a portal that publishes nothing else, it is one."""
    verdict = judge(context.annotated, context.title, facts_of(context.claims))
    proofs = (context.evidence(*verdict.said, verdict.reason),) if verdict.said else ()
    told = context.hints.only_calls and not verdict.is_call
    is_call = verdict.is_call or told
    return Kind(
        Claim(is_call, proofs, candidates=(verdict,), chosen=(verdict,)),
        Claim("portal" if told else verdict.reason),
    )


def facts_of(claims: Claims) -> dict[str, bool]:
    """Return which fields the notice tells in its own words."""
    return {
        "deadline": claims.deadlines.in_prose,
        "budget": claims.budget_total.in_prose,
        "grant": claims.grant_min.in_prose or claims.grant_max.in_prose,
        "rate": claims.intensity_max_pct.in_prose,
        "applicants": claims.applicant_types.in_prose,
        "codes": claims.codes.in_prose,
        "opening": claims.opens_at.in_prose,
        "kind": claims.deadline_kind.in_prose,
    }


def features(
    annotated: AnnotatedText, title: Span | None, facts: Mapping[str, bool]
) -> dict[str, float]:
    """Return the counted facts that the score weighs; ``facts`` says which fields were found."""
    top = _top(annotated, title)
    calls = annotated.marks_of("call")
    counted = {
        "bias": 1.0,
        "call": min(_MOST_CALL, len(calls)) / _MOST_CALL,
        "call_top": float(any(mark.start < top for mark in calls)),
        "no_call": float(not calls),
        "fields": sum(facts.values()) / len(facts),
        **{f"has_{name}": float(present) for name, present in facts.items()},
    }
    for group, kinds in (("hard", HARD), ("soft", SOFT)):
        strong = weak = 0
        in_top = False
        for kind in kinds:
            marks = _marks(annotated, kind)
            if not marks:
                continue
            loud = sum(mark.strong for mark in marks)
            strong += loud
            weak += len(marks) - loud
            in_top = in_top or any(mark.strong and mark.start < top for mark in marks)
        counted[f"{group}_words"] = min(_MOST_OTHER, strong) / _MOST_OTHER
        counted[f"{group}_weak"] = min(_MOST_OTHER, weak) / _MOST_OTHER
        counted[f"{group}_top"] = float(in_top)
    return counted


def judge(
    annotated: AnnotatedText, title: Span | None, facts: Mapping[str, bool]
) -> CallClassification:
    """Weigh the words for and against; ``facts`` says which fields of a call were found."""
    weigh = weights("kinds")
    shares = {
        name: weigh.get(name, 0.0) * value
        for name, value in features(annotated, title, facts).items()
    }
    points = sum(shares.values())
    if points >= 0:
        calls = annotated.marks_of("call")
        return CallClassification(True, "call", points, _place(calls[:1]), shares)
    reason, marks = _loudest(annotated, _top(annotated, title))
    return CallClassification(False, reason, points, _place(marks), shares)


def _marks(annotated: AnnotatedText, kind: str) -> list[Mark]:
    """Return the words of a kind, unless the notice says that they are its subject.

    Money for employers speaks of contracts and full time as a vacancy does.
    """
    marks = annotated.marks.get(f"kind.{kind}")
    return [] if not marks or f"kind.{kind}_not" in annotated.marks else marks


def _loudest(annotated: AnnotatedText, top: int) -> tuple[str, list[Mark]]:
    best: tuple[float, str, list[Mark]] = (0.0, "not_recognised", [])
    for kind in (*HARD, *SOFT):
        marks = _marks(annotated, kind)
        loudness = sum(
            (2.0 if mark.start < top else 1.0) * (1.0 if mark.strong else 0.5) for mark in marks
        )
        if loudness > best[0]:
            best = (loudness, kind, marks)
    return best[1], best[2][:1]


def _place(marks: list[Mark]) -> tuple[int, int] | None:
    return (marks[0].start, marks[0].end) if marks else None


def _top(annotated: AnnotatedText, title: Span | None) -> int:
    if title is not None:
        return max(title.end, min(160, len(annotated.normalized)))
    return annotated.sentences[0].end
