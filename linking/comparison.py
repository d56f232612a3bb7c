"""Two notices side by side: the same call, an edition, a suggestion, or neither, and why."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from rapidfuzz.fuzz import token_set_ratio

from linking import codes
from linking.profiles import Corpus, NoticeProfile
from linking.titles import Likeness, compare_titles
from linking.weights import weights
from vocabulary.matching import words_for_match

ISSUER_ALIKE = 90
"""Likeness (0..100) from which two issuers' names are one."""
CERTAIN_SCORE = 100.0
"""Above every sum of points, so that codes are joined before anything else."""
SHOWN_MARKS = 3
"""Marks that a reason names; more would not fit a line."""


class MatchDecision(StrEnum):
    """The result of a comparison."""

    CERTAIN = "certain"
    STRONG = "strong"
    WEAK = "weak"
    """Worth a person's look; never merged."""
    EDITION = "edition"
    """The same call of another year or round."""
    APART = "apart"
    UNRELATED = "unrelated"
    """Nothing speaks for a link, and nothing speaks against one."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The outcome for one pair, with its explanation."""

    verdict: MatchDecision
    score: float
    reason: str
    """One line."""


def compare(one: NoticeProfile, other: NoticeProfile, corpus: Corpus) -> Comparison:
    """Compare two notices. The order of the arguments does not matter."""
    if one.notice_id > other.notice_id:
        one, other = other, one
    pair = _Pair(one, other, corpus)
    return pair.by_code() or pair.by_score()


def conflict(one: NoticeProfile, other: NoticeProfile, corpus: Corpus) -> bool:
    """Tell whether two notices may not stand in one cluster, not even through a third one."""
    return compare(one, other, corpus).verdict in (MatchDecision.APART, MatchDecision.EDITION)


class _Pair:
    def __init__(self, one: NoticeProfile, other: NoticeProfile, corpus: Corpus) -> None:
        self.one, self.other, self.corpus = one, other, corpus
        self.points: float = 0
        self.reasons: list[str] = []
        self.likeness = self._titles()

    # -- exact keys ---------------------------------------------------------------------------

    def by_code(self) -> Comparison | None:
        """Judge by codes alone, or return None where no code that names one call is shared."""
        mine = self.one.codes - self.corpus.parents
        yours = self.other.codes - self.corpus.parents
        shared = sorted(mine & yours)
        if not shared:
            if codes.conflict(mine, yours):
                return self._edition_or_apart("other codes")
            return None
        why = f"same code {', '.join(shared)}"
        doubt = self._doubt_of_code(shared)
        if doubt is not None:
            return Comparison(doubt[0], 0, f"{why}, but {doubt[1]}")
        return Comparison(MatchDecision.CERTAIN, CERTAIN_SCORE, why)

    def _doubt_of_code(self, shared: list[str]) -> tuple[MatchDecision, str] | None:
        """Return what speaks against identity although a code is shared."""
        one_years, other_years = self.one.title.years, self.other.title.years
        if one_years and other_years and one_years.isdisjoint(other_years):
            return MatchDecision.EDITION, "another year in the title"
        gap = _gap(self.one.deadlines, self.other.deadlines) or 0
        alike = self.likeness.score >= weights().thresholds["title"]
        if gap > weights().days["deadline_window"] and not alike:
            return MatchDecision.APART, f"deadlines {gap} days apart and other titles"
        if gap > weights().days["deadline_edition"] and self._windows_apart():
            return MatchDecision.EDITION, f"deadlines {gap} days apart"
        if all(codes.is_bare_number(code) for code in shared) and not alike:
            return (
                MatchDecision.WEAK,
                "it is a bare number, perhaps counted twice, and the titles differ",
            )
        return None

    # -- evidence -----------------------------------------------------------------------------

    def by_score(self) -> Comparison:
        """Judge by everything else."""
        against = self._veto()
        if against is not None:
            return against
        thresholds = weights().thresholds
        if self.likeness.score < thresholds["title_suggestion"]:
            return Comparison(MatchDecision.UNRELATED, 0, "titles differ")
        self._add_programme()
        marks = self._add_marks()
        timely = self._add_times()
        deadline = self._add_deadlines()
        budget = self._add_budgets()
        diverging = self._add_divergence()
        self._add(self.likeness.score * weights().points["title"], "title")
        self._add_issuer_and_parents()
        corroborated = marks >= thresholds["marks"] or budget > 0
        gates = {
            "titles too different": self.likeness.score >= thresholds["title"],
            "nothing but the title": corroborated or deadline > 0,
            # Calls of one programme close on one day: a date alone needs a title that agrees.
            "little but the deadline": corroborated
            or self.likeness.score >= thresholds["title_with_deadline"],
            "no sign of the same time": timely or deadline > 0,
            "deadlines differ": deadline >= 0,
            "budgets differ": budget >= 0,
            "titles diverge": not diverging,
            "one portal": self.one.portal != self.other.portal,
            "a number in one title only": (
                bool(self.one.title.numbers) == bool(self.other.title.numbers) or deadline > 0
            ),
        }
        closed = [name for name, is_open in gates.items() if not is_open]
        score = round(self.points, 3)
        reason = "; ".join([*self.reasons, f"title {self.likeness.score:.2f}"])
        if score >= thresholds["strong"] and not closed:
            return Comparison(MatchDecision.STRONG, score, reason)
        if score >= thresholds["weak"]:
            return Comparison(MatchDecision.WEAK, score, "; but ".join([reason, *closed[:1]]))
        return Comparison(MatchDecision.UNRELATED, score, reason)

    def _veto(self) -> Comparison | None:
        days = weights().days
        one, other = self.one, self.other
        if one.years and other.years and one.years.isdisjoint(other.years):
            return self._edition_or_apart("other edition year")
        mine, yours = one.title.numbers, other.title.numbers
        if mine and yours and mine.isdisjoint(yours):
            return self._edition_or_apart("other number in the title")
        gap = _gap(one.deadlines, other.deadlines)
        if gap is not None and gap > days["deadline_window"]:
            return self._edition_or_apart(f"deadlines {gap} days apart")
        apart = _days_apart(one.published_on, other.published_on)
        if apart is not None and apart > days["published_veto"] and gap != 0:
            return self._edition_or_apart(f"published {apart} days apart")
        if self._windows_apart():
            return self._edition_or_apart("published after the other had closed")
        return None

    def _edition_or_apart(self, why: str) -> Comparison:
        alike = self.likeness.score >= weights().thresholds["title_edition"]
        if alike and not self._diverge() and not self._programmes_differ() and self._named_apart():
            return Comparison(MatchDecision.EDITION, 0, f"title {self.likeness.score:.2f}; {why}")
        return Comparison(MatchDecision.APART, 0, why)

    def _named_apart(self) -> bool:
        """Tell whether years, numbers or times, not just codes, set the two apart."""
        one, other = self.one, self.other
        gap = _gap(one.deadlines, other.deadlines) or 0
        apart = _days_apart(one.published_on, other.published_on) or 0
        return (
            (bool(one.years and other.years) and one.years.isdisjoint(other.years))
            or (
                bool(one.title.numbers and other.title.numbers)
                and one.title.numbers.isdisjoint(other.title.numbers)
            )
            or max(gap, apart) > weights().days["published_far"]
        )

    def _windows_apart(self) -> bool:
        """Tell whether one was published well after the other had closed."""
        for early, late in ((self.one, self.other), (self.other, self.one)):
            if early.deadlines and late.published_on is not None:
                after = (late.published_on - max(early.deadlines)).days
                if after > weights().days["after_deadline"]:
                    return True
        return False

    def _titles(self) -> Likeness:
        weight = self.corpus.term_weight
        likeness = compare_titles(self.one.title, self.other.title, weight)
        if self.one.english and self.other.english:
            english = compare_titles(self.one.english, self.other.english, weight)
            likeness = max(likeness, english, key=lambda each: each.score)
        return likeness

    def _add(self, points: float, reason: str) -> None:
        self.points += points
        if reason and reason != "title":
            self.reasons.append(reason)

    def _programmes_differ(self) -> bool:
        one, other = self.one.programme, self.other.programme
        return bool(one and other and one.isdisjoint(other))

    def _add_programme(self) -> None:
        shared = self.one.programme & self.other.programme
        years = sorted(self.one.years & self.other.years)
        if shared:
            named = min(self.one.programme_name, self.other.programme_name, key=_short_first)
            self._add(weights().points["programme"], f"programme {named}")
        elif self._programmes_differ():
            self._add(weights().points["programme_differs"], "programmes differ")
        if years:
            self._add(weights().points["year"], f"edition {years[0]}")

    def _add_marks(self) -> float:
        """Add shared marks; what both titles or programmes say is no new evidence."""
        told = self.one.title_words & self.other.title_words
        found = [
            (self.corpus.mark_rarity(mark), self.one.marks[mark])
            for mark in sorted(self.one.marks.keys() & self.other.marks.keys())
            if not told.issuperset(words_for_match(mark.folded))
        ]
        ranked = sorted(((worth, word) for worth, word in found if worth > 0), reverse=True)
        share = min(1.0, sum(worth for worth, _ in ranked) / weights().thresholds["marks_full"])
        if ranked:
            shown = ", ".join(sorted(word for _, word in ranked[:SHOWN_MARKS]))
            more = f" and {len(ranked) - SHOWN_MARKS} more" if len(ranked) > SHOWN_MARKS else ""
            self._add(share * weights().points["marks"], f"shares {shown}{more}")
        return share

    def _add_times(self) -> bool:
        """Add closeness of publication; tell whether anything shows the same time."""
        apart = _days_apart(self.one.published_on, self.other.published_on)
        if apart is not None and apart <= weights().days["published_near"]:
            self._add(weights().points["published_near"], f"published {apart} days apart")
        if apart is not None and apart > weights().days["published_far"]:
            return False
        return apart is not None or not self.one.years.isdisjoint(self.other.years)

    def _add_deadlines(self) -> float:
        """Add deadlines; return above 0 for a shared one, below 0 for a difference, else 0."""
        one, other = self.one.deadlines, self.other.deadlines
        if not one or not other:
            return 0
        shared = sorted(one & other)
        if not shared:
            self._add(weights().points["deadline_differs"], "deadlines differ")
            return -1
        rarity = max(self.corpus.value_rarity(f"deadline {day}") for day in shared)
        self._add(rarity * weights().points["deadline"], f"same deadline {shared[-1]}")
        return rarity

    def _add_budgets(self) -> float:
        """Add budgets; return above 0 for the same one, below 0 for a difference, else 0."""
        one, other = self.one.budget, self.other.budget
        if one is None or other is None or self.one.currency != self.other.currency:
            return 0
        within = float(max(one, other)) * weights().thresholds["budget_tolerance"]
        if abs(float(one - other)) > within:
            self._add(weights().points["budget_differs"], "budgets differ")
            return -1
        key = f"budget {one.normalize():f} {self.one.currency}"
        rarity = self.corpus.value_rarity(key)
        amount = f"{one:,.2f}".removesuffix(".00")
        self._add(rarity * weights().points["budget"], f"same budget {amount} {self.one.currency}")
        return rarity

    def _add_divergence(self) -> bool:
        if not self._diverge():
            return False
        self._add(weights().points["titles_diverge"], "titles diverge")
        return True

    def _diverge(self) -> bool:
        """Tell whether each title names something that the other does not.

        Between languages only words of the glossary count: the others may just be untranslated.
        """
        english = self.one.english is not None and self.other.english is not None
        comparable = self.one.language == self.other.language or english
        unmatched = self.likeness.unmatched if comparable else self.likeness.unmatched_concepts
        return min(unmatched) > weights().thresholds["diverging"]

    def _add_issuer_and_parents(self) -> None:
        one, other = self.one.issuer, self.other.issuer
        if one and other and token_set_ratio(one, other) >= ISSUER_ALIKE:
            self._add(weights().points["issuer"], "same issuer")
        parents = sorted(self.one.codes & self.other.codes & self.corpus.parents)
        if parents:
            self._add(weights().points["parent_code"], f"same parent code {parents[0]}")


def _short_first(name: str) -> tuple[int, str]:
    return len(name), name


def _gap(one: frozenset[date], other: frozenset[date]) -> int | None:
    """Return the days between the nearest deadlines, or None where either side has none."""
    if not one or not other:
        return None
    return min(abs((mine - yours).days) for mine in one for yours in other)


def _days_apart(one: date | None, other: date | None) -> int | None:
    return None if one is None or other is None else abs((one - other).days)
