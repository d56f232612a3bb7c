"""Find the smallest partnership that may apply: how many partners, from how many countries."""

import re
from functools import lru_cache

from normalizers.annotation import AnnotatedText
from normalizers.claims import Candidate, Claim
from normalizers.context import Context
from normalizers.lexicon import Lexicon
from normalizers.text.places import ByWord, matches_at
from schema.calls import Consortium
from vocabulary.matching import normalize_for_match


@lru_cache(maxsize=16)
def _grammar(
    lexicon: Lexicon,
) -> tuple[ByWord[bool], re.Pattern[str], re.Pattern[str], dict[str, int]]:
    """Return the first words of a partnership, its pattern, that of countries, and numbers."""
    words = {k: int(v) for k, v in lexicon.mapping("numbers", "words").items() if v <= 30}
    number = rf"(?P<n>\d{{1,2}}(?![\d%.])|{'|'.join(sorted(map(re.escape, words), key=len, reverse=True)) or '(?!)'})(?:\s?\(\d{{1,2}}\))?"  # noqa: E501
    least = lexicon.alternatives("min_word")
    member, country = _stems(lexicon, "partner_noun"), _stems(lexicon, "country_noun")
    gap = r"\W{1,3}(?:\w+\W{1,3}){0,3}?"
    return (
        lexicon.beginnings("min_word"),
        re.compile(rf"(?<!\w)(?:{least})\W{{1,3}}(?:\w{{1,4}}\W{{1,3}})?{number}{gap}(?:{member})"),
        re.compile(
            rf"(?<!\w)(?:(?:{least})\W{{1,3}})?(?:\w{{1,5}}\W{{1,3}})?(?<!\w){number}{gap}(?:{country})"
        ),
        words,
    )


def _stems(lexicon: Lexicon, name: str) -> str:
    stems = [normalize_for_match(w).rstrip("*") for w in lexicon.table["cues"].get(name, ())]
    return "|".join(re.escape(s) for s in sorted(stems, key=len, reverse=True)) or "(?!)"


def claim_consortium(context: Context) -> Claim[Consortium | None]:
    """Claim the smallest partnership that may apply."""
    found = find_consortium(context.annotated)
    if found is None:
        return Claim(None)
    return Claim(found.value, (context.evidence_of(found),))


def find_consortium(annotated: AnnotatedText) -> Candidate[Consortium] | None:
    """Return the first minimum partnership that is printed.

    Countries count only in the sentence that asks for a partnership.
    """
    first_words, partners, countries, words = _grammar(annotated.lexicon)
    places = annotated.words.places(first_words)
    for match in matches_at(places, partners, annotated.normalized):
        sentence = annotated.sentence_at(match.start())
        end = match.end()
        abroad = countries.search(
            annotated.normalized, match.end(), min(sentence.end, match.end() + 120)
        )
        least = None
        if abroad is not None:
            least = _number(abroad["n"], words)
            end = abroad.end()
        smallest = Consortium(_number(match["n"], words), least)
        return Candidate(1.0, match.start(), end, smallest, "consortium")
    return None


def _number(printed: str, words: dict[str, int]) -> int | None:
    return int(printed) if printed.isdigit() else words.get(printed)
