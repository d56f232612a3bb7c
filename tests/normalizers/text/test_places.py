"""Searching only where a match can begin finds what a search of the whole text finds."""

import re

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from normalizers.fields import codes, programmes, rates
from normalizers.lexicon import languages, load
from normalizers.text.places import ByWord, Words, head, matches_at
from normalizers.values import money
from normalizers.values.date_grammar import date_grammar
from vocabulary.matching import normalize_for_match

TOKENS = """
1 12 31 2024 24 0 . / - : , ° % ( ) gennaio maja mars do al e i per cento ore h X X. a _ é ª
RLA12020034211 KK.03.2.1 IP-2026-01 IP-2026 EACEA/12/2020 AGEF 2301 HORIZON-CL5-2024-D3
RPLD.01.02-IP.03/24 2SUB-EVO23 NORTE-2024-12 x.RLA12020034211
€ EUR us$ k€ kn m€ $ un due duecentomila milioni mila mil. eine Million 1.500,00 000 zwei euro
dvadeset dvije milijuna september may 2021 COSME Horizon Europe Life H2020 ERDF
"""
PIECES = st.lists(st.sampled_from([*TOKENS.split(), " ", " ", "\n"]), max_size=14).map("".join)


def spans(matches: object) -> list[tuple[int, int]]:
    return [match.span() for match in matches]  # type: ignore[attr-defined]


@given(PIECES, st.sampled_from(languages()))
def test_dates_and_rates_begin_at_numbers(text: str, language: str) -> None:
    lexicon = load(language)
    normalized = normalize_for_match(text)
    grammar = date_grammar(lexicon)
    _, rate, _ = rates._grammar(lexicon)
    for pattern in (grammar.numeric, grammar.worded, grammar.bare, rate):
        found = matches_at(Words(normalized).numbers(), pattern, normalized)
        assert spans(found) == spans(pattern.finditer(normalized))


@given(PIECES)
def test_codes_begin_at_numbers_or_capitals(text: str) -> None:
    any_family, families = codes._families()
    places = [match.start() for match in codes._BEGINNING.finditer(text)]
    for _, pattern, _ in families:
        found = spans(pattern.finditer(text))
        assert spans(matches_at(places, pattern, text)) == found
        assert all(any_family.match(text, start) for start, _ in found)


@pytest.mark.parametrize(
    "code",
    ["HORIZON-CL5-2024-D3-01", "EACEA/12/2020", "KK.03.2.1.19", "IP-2026", "IP-2026-01",
     "RLA12020034211", "AGEF 2301", "RPLD.01.02-IP.03/24", "FELD.01.02-IP.03-001/23",
     "12SUB-EVO23", "NORTE-2024-12", "12/SI/2024"],
)  # fmt: skip
def test_a_code_of_each_family_is_begun_where_it_stands(code: str) -> None:
    any_family, _ = codes._families()
    match = any_family.match(code)
    assert match is not None
    assert match[0] == code
    assert codes._BEGINNING.match(code)


def test_every_programme_begins_with_one_of_the_first_words() -> None:
    pattern, names, first_words, _ = programmes._table()
    for name in names:
        assert pattern.fullmatch(name), name
        assert first_words[re.match(r"\w+", name)[0]]  # type: ignore[index]


@given(PIECES, st.sampled_from(languages()))
@example("unmilijuna", "es")  # "un" before "mil" only begins the word
def test_amounts_months_and_programmes_begin_with_their_words(text: str, language: str) -> None:
    lexicon = load(language)
    normalized = normalize_for_match(text)
    words = Words(normalized)
    numbers = words.numbers()
    calendar, amounts, table = date_grammar(lexicon), money._grammar(lexicon), programmes._table()
    for places, pattern in (
        (words.places(calendar.month_words), calendar.month_first),
        (money._places(words, numbers, amounts), amounts.amount),
        (words.places(table[2]), table[0]),
    ):
        assert spans(matches_at(places, pattern, normalized)) == spans(pattern.finditer(normalized))


@given(st.text())
def test_words_stand_where_they_are_said_to_begin(text: str) -> None:
    words = Words(text)
    assert words.words == re.findall(r"\w+", text)
    for word, start in zip(words.words, words.starts, strict=True):
        assert text.startswith(word, start)
        assert text.startswith(head(word), start)
        assert start == 0 or not re.match(r"\w", text[start - 1])


def test_what_is_said_of_a_word_is_remembered_and_never_too_much() -> None:
    asked: list[str] = []

    def tell(word: str) -> int:
        asked.append(word)
        return len(word)

    table = ByWord(tell)
    assert [table["rok"], table["rok"], table["do"]] == [3, 3, 2]
    assert asked == ["rok", "do"]
    assert max(table[str(number)] for number in range(40_000)) == 5
    assert len(table) < 40_000
