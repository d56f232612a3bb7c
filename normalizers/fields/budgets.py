"""Say what each amount is, and choose the envelope and the bounds of one grant.

The surprise: an amount that is called a project's cost, a turnover or a part of the envelope is
claimed by that cue and so never competes for the field that it resembles.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from normalizers.absences import why_empty
from normalizers.annotation import AnnotatedText
from normalizers.claims import Candidate, Claim, prevailing, rank
from normalizers.context import Context
from normalizers.cues import Cue, cues_around
from normalizers.lexicon import Lexicon
from normalizers.values.money import LARGEST, MAXIMUM, MINIMUM, PrintedAmount, to_money
from normalizers.weights import weights
from schema.findings import Basis, Evidence
from schema.issues import Issue
from schema.money import Money

_HARD = frozenset(("EUR", "GBP", "USD", "CHF", "HRK", "PLN", "RON"))
GRANTS = ("grant", "per_project")
FAMILIES = ("budget", "grant_max", "grant_min", *GRANTS, "cost", "part", "own")
_AID_CEILING = "aid_ceiling"
"""What one company may have of all aid in some years: the same figure in every call."""
_ROLES = ("budget", "grant_min", "grant_max")
_MOST_ISSUES = 5


@dataclass(slots=True)
class AmountRole:
    """An amount with what the notice says it is."""

    amount: PrintedAmount
    role: str
    """``budget``, ``grant_max``, ``grant_min``, or the family that claimed it."""
    points: float
    cue: Cue | None
    why: str
    fixed: bool = False
    """Whether the amount is a minimum only because a grant without bounds is a fixed one."""

    @property
    def words(self) -> tuple[int, int]:
        """Where the amount stands, with the words of its limit."""
        start, quoted = self.amount.start, self.amount.quote_start
        return (min(quoted, start) if quoted >= 0 else start), self.amount.end

    @property
    def shown(self) -> str:
        """Nothing: the words say it."""
        return ""

    @property
    def rule(self) -> str:
        """What the evidence says has read it: a cue, or the words of a limit."""
        return f"{self.cue.family}-{self.cue.place}" if self.cue else "limit"


class Amounts(NamedTuple):
    """The claims of the three fields that are amounts."""

    budget_total: Claim[Money | None]
    grant_min: Claim[Money | None]
    grant_max: Claim[Money | None]


def claim_amounts(context: Context) -> Amounts:
    """Claim the envelope and the bounds of one grant."""
    annotated = context.annotated
    roles = weigh_amounts(annotated, context.amounts)
    best = best_amounts(roles)
    budgets, lows, highs = (find_role(roles, best, name) for name in _ROLES)
    low, high = choose_grant(lows, highs)
    budget = choose_budget(annotated, budgets)
    labelled = context.labelled_amounts
    smallest = sorted(labelled["grant_min"], key=lambda each: each.value.amount)[:1]
    largest = sorted(labelled["grant_max"], key=lambda each: -each.value.amount)[:1]
    return Amounts(
        _claim(context, "budget_total", labelled["budget_total"], budgets, budget, "budget"),
        _claim(context, "grant_min", smallest, lows, low, "grant_min", "grant_max", "grant"),
        _claim(context, "grant_max", largest, highs, high, "grant_max", "grant"),
    )


def _claim(
    context: Context,
    name: str,
    labelled: Sequence[Candidate[Money]],
    found: Sequence[AmountRole],
    told: AmountRole | None,
    *cues: str,
) -> Claim[Money | None]:
    """Claim what the labels give, else what was chosen of the amounts that the text tells.

    The latter is dropped, without a runner-up, where it stands under another field's label.
    """
    chosen = prevailing(labelled, [told] if told else [])
    value: Money | None = None
    proofs: tuple[Evidence, ...] = ()
    if chosen is labelled:
        value, proofs = _settle(context, labelled)
    elif told is not None:
        proof = context.evidence_with_cue(told.words, told.cue, told.rule)
        if context.belongs_elsewhere(name, proof):
            chosen = ()
        else:
            value, proofs = to_money(told.amount), (proof,)
    candidates: Sequence[Candidate[Money] | AmountRole] = rank(labelled, found)
    return Claim(
        value,
        proofs,
        why_empty(context.annotated, *cues, misprinted=bool(context.misprinted_amounts)),
        _misprints(context) if name == "grant_max" else (),
        candidates,
        chosen,
        in_prose=told is not None,
    )


def _settle(
    context: Context, labelled: Sequence[Candidate[Money]]
) -> tuple[Money, tuple[Evidence, ...]]:
    """Return the sum of labelled amounts in one currency: budgets are printed year by year."""
    first = labelled[0].value
    if len(labelled) == 1 or any(each.value.currency != first.currency for each in labelled):
        return first, (context.evidence_of(labelled[0]),)
    total = sum((each.value.amount for each in labelled), Decimal(0))
    if total >= LARGEST:
        return first, (context.evidence_of(labelled[0]),)
    proofs = tuple(context.evidence_of(each, basis=Basis.DERIVED) for each in labelled)
    return Money(total, first.currency), proofs


def _misprints(context: Context) -> tuple[Issue, ...]:
    message = "an amount of money is misprinted and was not read:"
    return tuple(
        context.issue("misprinted_amount", f"{message} {item.amount}", field="grant_max")
        for item in context.misprinted_amounts[:_MOST_ISSUES]
    )


def weigh_amounts(annotated: AnnotatedText, amounts: Sequence[PrintedAmount]) -> list[AmountRole]:
    """Return every role that each amount may have."""
    found: list[AmountRole] = []
    weigh = weights("amounts")
    before: dict[str, AmountRole] = {}
    places = [item.start for item in amounts if item.high is None]  # a range counts once
    for item in amounts:
        roles: dict[str, AmountRole] = {}

        def offer(
            role: str,
            points: float,
            cue: Cue | None,
            fixed: bool = False,
            item: PrintedAmount = item,
            roles: dict[str, AmountRole] = roles,
        ) -> None:
            if "no_currency" in item.features:
                points -= weigh["no_currency"]
            known = roles.get(role)
            if known is None or points > known.points:
                roles[role] = AmountRole(item, role, points, cue, _why(annotated, cue, item), fixed)

        sentence = annotated.sentence_at(item.start)
        if item.limit != MINIMUM and annotated.has(sentence.start, sentence.end, _AID_CEILING):
            found.append(AmountRole(item, _AID_CEILING, 0.0, None, _AID_CEILING))
            continue
        cues = cues_around(annotated, item.start, item.end, FAMILIES, places)
        for cue in cues:
            for role, points, fixed in _roles(cue, item):
                offer(role, points, cue, fixed)
        if item.high is not None or item.low is not None:
            offer("grant_min" if item.high is not None else "grant_max", weigh["bare_range"], None)
        elif item.limit is None and item.amount >= weigh["large"] and item.currency in _HARD:
            offer("budget", weigh["bare_large"], None)
        elif item.limit == MAXIMUM and item.amount >= 20 * weigh["large"]:
            offer("budget", weigh["bare_maximum"], None)
        elif item.limit == MAXIMUM:
            offer("grant_max", weigh["bare_maximum"], None)
        elif item.limit == MINIMUM:
            offer("grant_min", weigh["bare_minimum"], None)
        if before and not any(each.points >= weigh["threshold"] for each in roles.values()):
            for same in _as_the_one_before(annotated, before, item):
                offer(same.role, same.points, same.cue, same.fixed)
        found += roles.values()
        before = roles
    return found


def _as_the_one_before(
    annotated: AnnotatedText, before: Mapping[str, AmountRole], item: PrintedAmount
) -> list[AmountRole]:
    """Return the roles of a fixed grant for the one added to it: ``di 500 € e di 900 € per …``."""
    fixed = [role for role in before.values() if role.fixed]
    if not fixed or item.currency != fixed[0].amount.currency:
        return []
    end = fixed[0].amount.end
    added = _and(annotated.lexicon).search(annotated.normalized, end, item.start)
    near = annotated.sentence_at(end) is annotated.sentence_at(item.start)
    claimed = annotated.has(end, item.start, *FAMILIES)
    return fixed if added and near and not claimed else []


@lru_cache(maxsize=16)
def _and(lexicon: Lexicon) -> re.Pattern[str]:
    words = "|".join(map(re.escape, lexicon.strings("numbers", "plus"))) or "(?!)"
    return re.compile(rf"(?<!\w)(?:{words})(?![\w'])")


def _roles(cue: Cue, item: PrintedAmount) -> list[tuple[str, float, bool]]:  # noqa: PLR0911 - one answer a case
    weigh = weights("amounts")
    points, family = cue.points, cue.family
    ranged = item.high is not None or item.low is not None
    if family == "budget":
        against = weigh["limit"] if item.limit is not None or ranged else 0.0
        return [("budget", points - against, False)]
    if family == "cost" and item.limit == MINIMUM and cue.place == "before":
        return [(family, points + weigh["limit"], False)]  # what a project must cost at least
    if family not in ("grant_max", "grant_min", *GRANTS):
        return [(family, points, False)]
    support = 1.0 if cue.place == "before" and family in GRANTS else 0.0
    if item.high is not None:
        return [("grant_min", points + support * weigh["range"], False)]
    if item.low is not None:
        return [("grant_max", points + support * weigh["range"], False)]
    if item.limit == MAXIMUM:
        return [("grant_max", points + support * weigh["limit"], False)]
    if item.limit == MINIMUM:
        return [("grant_min", points + support * weigh["limit"], False)]
    if family in ("grant_max", "grant_min"):
        return [(family, points, False)]
    fixed = points - weigh["fixed"]
    if family == "grant" and item.amount >= 2 * weigh["large"]:
        return [("budget", fixed, False)]  # no single grant: "contributi per 8 milioni"
    return [("grant_max", fixed, True), ("grant_min", fixed - 0.01, True)]


def _why(annotated: AnnotatedText, cue: Cue | None, item: PrintedAmount) -> str:
    parts = []
    if cue is not None:
        words = annotated.text[cue.mark.start : cue.mark.end]
        parts.append(f"{cue.family} “{' '.join(words.split())}” {cue.place}")
    if item.limit is not None:
        parts.append(item.limit)
    if item.high is not None or item.low is not None:
        parts.append("range")
    return ", ".join(parts) or "large amount"


def best_amounts(roles: Sequence[AmountRole]) -> dict[int, float]:
    """Return the points of the winning role of each amount, by its place."""
    best: dict[int, float] = {}
    for role in roles:
        start = role.amount.start
        best[start] = max(best.get(start, role.points), role.points)
    return best


def find_role(
    roles: Sequence[AmountRole], best: Mapping[int, float], name: str
) -> list[AmountRole]:
    """Return the amounts that win in a role, the best first; ``best`` as of the function above."""
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


def choose_budget(annotated: AnnotatedText, found: Sequence[AmountRole]) -> AmountRole | None:
    """Return the whole envelope: of the well-named amounts, the best named, then the largest."""
    weigh = weights("amounts")
    found = [role for role in found if role.amount.limit != MINIMUM]
    if not found:
        return None

    def points(role: AmountRole) -> float:
        own = (
            role.amount.currency == annotated.lexicon.currency or annotated.lexicon.currency is None
        )
        return role.points if own else role.points - weigh["foreign"]

    best = max(points(role) for role in found)
    close = [role for role in found if points(role) >= best - weigh["close"]]
    if _are_parts(close):
        return None
    return max(close, key=lambda role: role.amount.amount)


def _are_parts(roles: Sequence[AmountRole]) -> bool:
    """Tell whether one line introduces several amounts alike: parts of a total not printed."""
    cues = {role.cue.mark if role.cue and role.cue.place == "lead" else None for role in roles}
    return len(roles) >= 3 and len(cues) == 1 and None not in cues


def choose_grant(
    lows: Sequence[AmountRole], highs: Sequence[AmountRole]
) -> tuple[AmountRole | None, AmountRole | None]:
    """Return the lowest minimum and the highest maximum of one grant.

    A grant without bounds is a fixed one, both minimum and maximum, unless any bound is printed.
    """
    bounded = any(not role.fixed for role in (*lows, *highs))
    if bounded:
        lows = [role for role in lows if not role.fixed]
        highs = [role for role in highs if not role.fixed] or highs
    low = min(_close(lows), key=lambda role: role.amount.amount) if lows else None
    high = max(_close(highs), key=lambda role: role.amount.amount) if highs else None
    if low is not None and high is not None and low.amount.amount > high.amount.amount:
        low = None
    return low, high


def _close(found: Sequence[AmountRole]) -> list[AmountRole]:
    """Return the amounts that are named nearly as well as the best, in its currency."""
    best = found[0]
    spread = weights("amounts")["spread"]
    return [
        role
        for role in found
        if role.points >= best.points - spread and role.amount.currency == best.amount.currency
    ]
