"""Find percentages and choose the highest co-financing rate.

The surprise: most percentages of a notice are something else (own share, savings, advance, fund
split), so a percentage needs a cue of the rate, and a rival cue takes it away.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

from normalizers import limits
from normalizers.absences import why_empty
from normalizers.annotation import AnnotatedText
from normalizers.claims import Candidate, Claim, prevailing, rank
from normalizers.context import Context
from normalizers.cues import Cue, cues_around
from normalizers.lexicon import Lexicon
from normalizers.text.places import matches_at
from normalizers.values.labels import read_percentage
from normalizers.weights import weights
from schema.findings import Evidence
from vocabulary.matching import normalize_for_match

FAMILIES = ("rate", "rate_context", "rate_not")
_BESIDE = 2


@dataclass(slots=True)
class RateRole:
    """A percentage with what the notice says it is."""

    start: int
    end: int
    value: float
    points: float
    cue: Cue | None
    why: str

    @property
    def words(self) -> tuple[int, int]:
        """Where the percentage stands."""
        return self.start, self.end

    @property
    def shown(self) -> str:
        """The percentage as a number."""
        return str(self.value)


def claim_rate(context: Context) -> Claim[float | None]:
    """Claim the highest co-financing rate."""
    annotated = context.annotated
    found = find_rates(annotated)
    told = choose_rate(found)
    labelled = context.labelled("intensity_max_pct", read_percentage)
    best = next(iter(prevailing(labelled, [told] if told else [])), None)
    proofs: tuple[Evidence, ...] = ()
    if isinstance(best, Candidate):
        proofs = (context.evidence_of(best),)
    elif best is not None:
        proofs = (context.evidence_with_cue(best.words, best.cue, "rate"),)
    candidates: Sequence[Candidate[float] | RateRole] = rank(labelled, found)
    return Claim(
        best.value if best else None,
        proofs,
        why_empty(annotated, "rate"),
        candidates=candidates,
        chosen=(best,) if best else (),
        in_prose=told is not None,
    )


@lru_cache(maxsize=16)
def _grammar(lexicon: Lexicon) -> tuple[tuple[str, ...], re.Pattern[str], re.Pattern[str]]:
    """Return what a percentage ends with, its pattern, and that of the words of a limit."""
    numbers = lexicon.table["numbers"]
    words = lexicon.strings("numbers", "percent")
    percent = "|".join(map(re.escape, words)) or "(?!)"
    joiner = (
        "|".join(re.escape(normalize_for_match(word)) for word in numbers.get("range", ()))
        or "(?!)"
    )
    value = r"\d{1,3}(?:[.,]\d{1,2})?"
    pattern = rf"(?<![\w.,])(?:(?P<low>{value})\s?%?\s{{0,2}}(?:{joiner}|-)\s{{0,2}})?(?P<v>{value})\s{{0,2}}(?:%|(?:{percent})(?!\w))"  # noqa: E501
    limit = lexicon.alternatives("max_word")
    return (
        ("%", *words),
        re.compile(pattern),
        re.compile(rf"(?<!\w)(?:{limit})(?:\W{{1,3}}[a-z]{{1,4}})?\W{{1,3}}$"),
    )


def find_rates(annotated: AnnotatedText) -> list[RateRole]:
    """Return every percentage with its points as a co-financing rate, the best first."""
    signs, pattern, limit = _grammar(annotated.lexicon)
    if not any(sign in annotated.normalized for sign in signs):
        return []
    weigh = weights("rates")
    printed = matches_at(annotated.numbers, pattern, annotated.normalized)
    matches = list(islice(printed, limits.RATES + 1))
    if len(matches) > limits.RATES:
        annotated.limits["rates"] = None
        matches.pop()
    places = [match.start() for match in matches]
    found = []
    for match in matches:
        value = float(match["v"].replace(",", "."))
        if not 0 < value <= 100:
            continue
        cues = {
            c.family: c
            for c in cues_around(annotated, match.start(), match.end(), FAMILIES, places)
        }
        rate, context, rival = cues.get("rate"), cues.get("rate_context"), cues.get("rate_not")
        points = rate.points if rate else 0.0
        if context is not None and context.place in ("before", "behind") and context.points > 0:
            points += weigh["context"]
        if limit.search(annotated.normalized[max(0, match.start() - 48) : match.start()]):
            points += weigh["limit"]
        if rival is not None and rival.points > (rate.points if rate else 0.0) - weigh["rival"]:
            points = min(points, 0.0)
        if rival is not None and rival.place == "behind":
            beside = rival.mark.start - match.end() <= _BESIDE
            points = min(points, 0.0) if beside else points  # "30% delle risorse"
        why = " + ".join(
            f"{c.family} “{' '.join(annotated.text[c.mark.start : c.mark.end].split())}” {c.place}"
            for c in (rate, context, rival)
            if c is not None
        )
        found.append(RateRole(match.start(), match.end(), value, points, rate or context, why))
    return sorted(found, key=lambda role: (-role.points, role.start))


def choose_rate(found: Sequence[RateRole]) -> RateRole | None:
    """Return the highest rate among the well-named percentages."""
    weigh = weights("rates")
    good = [role for role in found if role.points >= weigh["threshold"]]
    if not good:
        return None
    best = max(role.points for role in good)
    good = [role for role in good if role.points >= best - weigh["spread"]]
    return max(good, key=lambda role: role.value)
