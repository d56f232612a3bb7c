"""Sentences end where a reader ends them, and nothing is lost."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from translators.protection import restore, split_label
from translators.sentences import MAX_CHARACTERS, split_sentences


@pytest.mark.parametrize(
    ("language", "text", "count"),
    [
        ("hr", "Prijave do 31. prosinca 2024. godine. Ostalo kasnije.", 2),
        ("hr", "Rok je 2021. Prijavite se!", 2),
        ("hr", "Prema čl. 5. Zakona i st. 2. Pravilnika vrijedi npr. Rok.", 1),
        ("hr", "Tvrtka Primjer d.o.o. Zagreb prijavljuje projekt.", 1),
        ("it", "Ai sensi dell'art. 12 del D.Lgs. n. 33 si applica. Le domande seguono.", 2),
        ("it", "Il termine è il giorno 31. Le domande seguono.", 2),
        ("de", "Am 15. Dezember endet die Frist, z.B. Nr. 4. Danach nicht.", 1),
        ("de", "Die Frist endet. Danach nicht.", 2),
        ("fr", "Voir l'art. 3. Qui peut déposer ? Les associations !", 3),
        ("en", "Grants of approx. £500 are made by J. Smith. Apply now.", 2),
        ("es", "Véase la pág. 4. El plazo termina.", 2),
        ("pl", "Zgodnie z art. 2 ust. 3 wnioski składa się np. Pocztą. Koniec.", 2),
        ("xx", "One. Two. Three.", 3),
        ("hr", "1. Aktivnosti\n2. Troškovi", 2),
        ("hr", "Rekao je: „Prijavite se.“ Zatim je otišao.", 2),
        ("it", "Contributi... fino a esaurimento", 1),
    ],
)
def test_sentences_end_where_a_reader_ends_them(language: str, text: str, count: int) -> None:
    found = [sentence.text for sentence in split_sentences(text, language)]
    assert len(found) == count, found


@settings(max_examples=300)
@given(st.text(alphabet="aB1.!? \n\t\u2028-„“šč)…", max_size=200) | st.text(max_size=200))
def test_splitting_loses_nothing(text: str) -> None:
    parts = split_sentences(text, "hr")
    assert "".join(each.before + each.text + each.after for each in parts) == text
    assert all(each.text == each.text.strip() for each in parts)


@pytest.mark.parametrize("piece", ["x", "a.", "1", "ab ", ".", "a: ", "B2-", "@", "9 9", "www."])
def test_a_megabyte_in_one_line_takes_no_time(piece: str) -> None:
    line = piece * (1_000_000 // len(piece))
    started = time.process_time()
    sentences = split_sentences(line, "hr")
    assert max(len(each.text) for each in sentences) <= MAX_CHARACTERS
    for sentence in sentences[:200]:
        restore(sentence.text, sentence.text)
        split_label(sentence.text)
    assert time.process_time() - started < 5
