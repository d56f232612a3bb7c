"""Candidate pairs: only notices that share a rare key are compared, so that work stays linear."""

from collections import defaultdict
from collections.abc import Hashable, Iterator, Mapping
from itertools import combinations

from linking.profiles import Corpus, NoticeProfile
from linking.titles import block_form, is_generic
from linking.weights import weights


def candidate_pairs(
    profiles: Mapping[str, NoticeProfile], corpus: Corpus
) -> Iterator[tuple[str, str]]:
    """Yield each pair of notice ids worth comparing once, in order.

    A block holds the notices that share a key. One larger than the limit is skipped: its key is
    too common, and pairs that belong together share a rarer one.
    """
    blocks: dict[Hashable, list[str]] = defaultdict(list)
    for notice_id in sorted(profiles):
        for key in _keys(profiles[notice_id], corpus):
            blocks[key].append(notice_id)
    seen: set[tuple[str, str]] = set()
    for members in blocks.values():
        if len(members) <= weights().blocks["size"]:
            seen.update(combinations(members, 2))
    yield from sorted(seen)


def _keys(profile: NoticeProfile, corpus: Corpus) -> set[Hashable]:
    limits = weights().blocks
    keys: set[Hashable] = {("code", code) for code in profile.codes}
    rare = [mark for mark in profile.marks if 1 < corpus.marks[mark] <= weights().rarity["mark"]]
    rare.sort(key=lambda mark: (corpus.marks[mark], mark))
    keys.update(("mark", mark) for mark in rare[: limits["marks"]])
    english = profile.english.terms if profile.english else frozenset[str]()
    terms = sorted(
        (term for term in profile.title.terms | english if not is_generic(term)),
        key=lambda term: (corpus.terms[term], term),
    )
    forms = sorted({block_form(term) for term in terms[: limits["terms"]]})
    keys.update(("terms", *two) for two in combinations(forms, 2))
    keys.update(("value", value, form) for value in profile.values for form in forms)
    if profile.budget is not None:
        keys.add(("budget", profile.budget.normalize(), profile.currency))
    for year in profile.years:
        keys.update(("programme", term, year) for term in profile.programme)
    return keys
