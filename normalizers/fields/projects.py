"""Find how many projects a call expects to fund."""

import re
from functools import lru_cache

from normalizers.annotation import AnnotatedText
from normalizers.claims import Candidate, Claim, prevailing, rank
from normalizers.context import Context
from normalizers.lexicon import Lexicon
from normalizers.values.labels import read_count
from vocabulary.matching import normalize_for_match

_RULE = "projects"


def claim_projects(context: Context) -> Claim[int | None]:
    """Claim the number of projects that a call expects to fund."""
    told = find_projects(context.annotated)
    labelled = context.labelled("expected_projects", read_count)
    return context.claim_best(prevailing(labelled, told), rank(labelled, told))


@lru_cache(maxsize=16)
def _grammar(lexicon: Lexicon) -> tuple[re.Pattern[str], dict[str, int]]:
    words = {
        key: int(value)
        for key, value in lexicon.mapping("numbers", "words").items()
        if value < 1000
    }
    word = "|".join(sorted(map(re.escape, words), key=len, reverse=True)) or "(?!)"
    number = rf"(?P<n>\d{{1,4}}|\d\.\d{{3}})|(?P<w>{word})(?!\w)"
    joiner = (
        "|".join(
            re.escape(normalize_for_match(w)) for w in lexicon.table["numbers"].get("range", ())
        )
        or "(?!)"
    )
    return (
        re.compile(
            rf"(?<![\w.,/])(?:\d{{1,4}}\s?(?:-|{joiner})\s?)?(?:{number})(?:\s?\(\d{{1,4}}\))?(?![\d%€$£/]|[.,]\d)"
        ),
        words,
    )


def find_projects(annotated: AnnotatedText) -> list[Candidate[int]]:
    """Return every number of projects, the best first.

    A number counts where it stands right before the noun (``12 progetti``) in a sentence that
    says projects will be funded, or after a label that asks for it (``broj projekata: 20``).
    """
    pattern, words = _grammar(annotated.lexicon)
    normalized = annotated.normalized
    found = []
    for label in annotated.marks_of("projects"):
        sentence = annotated.sentence_at(label.start)
        limit = min(sentence.end, label.end + 70)
        for match in pattern.finditer(normalized, label.end, limit):
            number = _number(match, words)
            if number is None or number < 2:
                continue
            noun = annotated.marks_in(match.end(), match.end() + 34, "project_noun")
            if noun and noun[0].start - match.end() <= 26:
                why = "number of projects funded"
                found.append(Candidate(3.0, match.start(), noun[0].end, number, _RULE, why))
                break
            if (
                match.start() - label.end <= 12
                and label.strong
                and ":" in normalized[label.end : match.start()]
            ):
                found.append(Candidate(3.2, label.start, match.end(), number, _RULE, "label"))
                break
            if match.start() - label.end > 40:
                break
    return sorted(found, key=lambda item: (-item.points, item.start))


def _number(match: re.Match[str], words: dict[str, int]) -> int | None:
    if match["n"]:
        number = int(match["n"].replace(".", ""))
        return None if 1990 <= number <= 2060 else number
    return words.get(match["w"])
