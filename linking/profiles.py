"""What linking compares of a notice, taken from it once."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from linking import codes
from linking.rare_tokens import RareToken, find_rare_tokens
from linking.titles import Title, is_generic, read_title
from linking.weights import weights
from schema.calls import Call, Text, TextStatus
from vocabulary.matching import normalize_composed, words_for_match


@dataclass(frozen=True, slots=True)
class NoticeProfile:
    """One notice, ready to be compared."""

    notice_id: str
    portal: str
    language: str
    codes: frozenset[str]
    """Specific codes, folded; parents among them."""
    title: Title
    english: Title | None
    title_words: frozenset[str]
    """Folded words of the title and the programme's name."""
    marks: dict[RareToken, str]
    """Marks with the words as printed."""
    programme: frozenset[str]
    """Distinctive terms of the programme's name."""
    programme_name: str
    issuer: str
    published_on: date | None
    deadlines: frozenset[date]
    budget: Decimal | None
    """In euro where a fixed rate exists, else as printed."""
    currency: str | None

    @property
    def years(self) -> frozenset[int]:
        """Return the edition years that the title names, or else the codes."""
        return self.title.years or codes.years(self.codes)

    @property
    def values(self) -> frozenset[str]:
        """Return the exact values whose rarity counts, as keys for counting."""
        found = {f"deadline {day}" for day in self.deadlines}
        if self.budget is not None:
            found.add(f"budget {self.budget.normalize():f} {self.currency}")
        return frozenset(found)


def profile(notice_id: str, portal: str, call: Call, text: str) -> NoticeProfile:
    """Take from a notice what is compared."""
    title = read_title(_without(call.title.original, call.codes))
    programme = read_title(call.programme or "").terms
    budget = call.budget_total and (call.budget_total.in_eur() or call.budget_total)
    folded = frozenset(codes.fold_code(code) for code in call.codes)
    marks = find_rare_tokens(text)
    return NoticeProfile(
        notice_id=notice_id,
        portal=portal,
        language=call.language.split("-")[0].casefold(),
        codes=frozenset(code for code in folded if codes.is_specific(code)),
        title=title,
        english=_english(call.title),
        title_words=frozenset(words_for_match(f"{call.title.original} {call.programme or ''}")),
        marks={m: words for m, words in marks.items() if codes.fold_code(words) not in folded},
        programme=frozenset(term for term in programme if not is_generic(term)),
        programme_name=call.programme or "",
        issuer=normalize_composed(call.issuer or ""),
        published_on=call.published_on,
        deadlines=frozenset(deadline.moment.on for deadline in call.deadlines),
        budget=budget.amount if budget else None,
        currency=budget.currency if budget else None,
    )


def _without(title: str, printed_codes: tuple[str, ...]) -> str:
    """Return a title without codes: their parts are no numbers of editions."""
    for code in printed_codes:
        title = title.replace(code, " ")
    return title


def _english(title: Text) -> Title | None:
    if title.status is TextStatus.ORIGINAL:
        return read_title(title.english or title.original)
    if title.status is TextStatus.TRANSLATED and title.english:
        return read_title(title.english)
    return None


class Corpus:
    """All notices in view: how rare each term, mark and value is among them."""

    def __init__(self, profiles: Sequence[NoticeProfile]) -> None:
        self.terms: Counter[str] = Counter()
        self.marks: Counter[RareToken] = Counter()
        self.values: Counter[str] = Counter()
        for each in profiles:
            english = each.english.terms if each.english else frozenset[str]()
            self.terms.update(each.title.terms | english)
            self.marks.update(each.marks.keys())
            self.values.update(each.values)
        self._size = max(len(profiles), weights().rarity["background"])
        self._log_size = math.log(self._size)
        self.term_weight = {term: self._rarity(count) for term, count in self.terms.items()}
        cap = weights().rarity["code"]
        self.parents = codes.shared_by_calls({p.notice_id: p.codes for p in profiles}, cap)

    def mark_rarity(self, mark: RareToken) -> float:
        """Return the weight, 0..1, of sharing this mark, by its kind and rarity."""
        count = self.marks[mark]
        if count > weights().rarity["mark"]:
            return 0.0
        return self._rarity(count) * weights().kinds[mark.kind]

    def value_rarity(self, value: str) -> float:
        """Return the weight, 0..1, of sharing this deadline or amount."""
        return self._rarity(self.values[value])

    def _rarity(self, count: int) -> float:
        """Return 1 for what only one or two notices have, falling to 0 for what all have."""
        return max(0.0, 1 - math.log(max(count / 2, 1)) / self._log_size)
