"""Values come through verbatim, and what is wrong with a sentence is found."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.support.translating import FakeEngine, english
from translators.checks import find_faults, is_english
from translators.protection import (
    find_invented,
    find_terms,
    is_value_only,
    restore,
    split_label,
)


@pytest.mark.parametrize(
    ("sentence", "terms"),
    [
        ("Scade il 02/02/2021, ore 17:00.", ["02/02/2021", "17:00"]),
        ("Iznos je 1.000.000,00 HRK ili 75 %.", ["1.000.000,00 HRK", "75 %"]),
        ("Do 31. prosinca 2024. godine", ["31", "2024"]),
        ("Dotazione: € 250.000 o 10 000 000,00 kn", ["€ 250.000", "10 000 000,00 kn"]),
        ("COS-CLUSTER-2020-3-03 (RLA12020034211).", ["COS-CLUSTER-2020-3-03", "RLA12020034211"]),
        ("KK.03.2.1.19 i NPOO.C1.6.R1-I2.01", ["KK.03.2.1.19", "NPOO.C1.6.R1-I2.01"]),
        ("Art. 5 L.R. 33/2019, misura 6.3.1.", ["5", "33/2019", "6.3.1"]),
        ("Na ime_prezime@x.hr ili https://x.hr/a_b.", ["ime_prezime@x.hr", "https://x.hr/a_b"]),
        ("Pišite @ED_Lombardia", ["@ED_Lombardia"]),
        ("Suradnja B2B i C2C", ["B2B", "C2C"]),
        ("Business2Business i ref2021/33", ["Business2Business", "ref2021", "33"]),
        ("Nema ničega.", []),
    ],
)
def test_what_is_protected(sentence: str, terms: list[str]) -> None:
    assert [term.text for term in find_terms(sentence)] == terms


@pytest.mark.parametrize(
    ("source", "given", "mended", "missing"),
    [
        ("na ime_prezime@x.hr", "to ime prezime @ x . hr", "to ime_prezime@x.hr", []),
        ("KK.03.2.1.19", "Kk.03.2.1.19", "KK.03.2.1.19", []),
        ("75 % i 2014-2020", "75% and 2014–2020", "75 % and 2014-2020", []),
        ("12 i 12", "12 and 2012", "12 and 2012", ["12"]),
        ("15. rujna", "15th of September", "15th of September", []),
        ("do 2.2.2021", "by 2.2.2012", "by 2.2.2012", ["2.2.2021"]),
        ("10 kn i 10", "10 and 10 kn", "10 and 10 kn", []),
    ],
)
def test_values_are_put_back_as_printed(
    source: str, given: str, mended: str, missing: list[str]
) -> None:
    assert restore(source, given) == (mended, missing)


@pytest.mark.parametrize(
    ("source", "given", "mended"),
    [
        ("6.000.000,00 EUR", "EUR 6,000,000.00", "6.000.000,00 EUR"),
        ("6.000.000,00 EUR", "6,000,000 euros", "6.000.000,00 EUR"),
        ("€ 250.000", "EUR 250,000", "€ 250.000"),
        ("1.000.000,50 kn", "HRK 1,000,000.50", "1.000.000,50 kn"),
        ("do 2.2.2021.", "by 2 February 2021.", "by 2.2.2021."),
        ("entro il 02/02/2021", "by February 2nd, 2021", "by 02/02/2021"),
    ],
)
def test_values_in_english_shape_stand_as_printed_again(
    source: str, given: str, mended: str
) -> None:
    assert restore(source, given) == (mended, [])


@pytest.mark.parametrize(
    ("source", "given"),
    [
        ("1.000", "1,0000"),
        ("123.456.789", "123,456"),
        ("2.2.2021", "2 March 2021"),
        ("1.000.000,50 kn", "HRK 1,000,000.05"),
    ],
)
def test_another_value_is_not_taken_for_the_printed_one(source: str, given: str) -> None:
    assert restore(source, given) == (given, [source])


def test_values_that_the_source_does_not_have_are_found() -> None:
    assert find_invented("do 2.2.2021", "by 2.2.2012 for 12") == ["2.2.2012"]
    assert find_invented("dvanaest projekata 2021.", "12 projects 2021") == []
    assert find_invented("38,8 %", "388%") == ["388%"]


@given(st.text(max_size=80), st.text(max_size=80))
def test_restoring_never_fails_and_keeps_what_it_claims(source: str, english_text: str) -> None:
    result, missing = restore(source, english_text)
    terms = [term.text for term in find_terms(source)]
    assert set(missing) <= set(terms)
    for term in set(terms) - set(missing):
        assert term in result


def test_labels_and_values() -> None:
    assert split_label("Scade il: 02/02/2021") == ("Scade il", ": 02/02/2021")
    assert split_label("Scade alle 17:00") == ("Scade alle 17:00", "")
    assert split_label("Nota: leggere bene") == ("Nota: leggere bene", "")
    assert split_label("https://x.example/a") == ("https://x.example/a", "")
    assert split_label("Više na https://x.hr/a") == ("Više na https://x.hr/a", "")
    assert is_value_only("02/02/2021 – 6.000.000,00 EUR")
    assert not is_value_only("ore 12")


@pytest.mark.parametrize(
    ("source", "given", "faults"),
    [
        ("Natječaj je otvoren.", "The call is open.", []),
        ("Natječaj je otvoren.", " ", ["empty"]),
        ("Natječaj je otvoren.", "......", ["garbled"]),
        ("Natječaj je otvoren danas.", "Natječaj je otvoren danas.", ["untranslated"]),
        ("Natječaj je otvoren.", "Poziv se može naći na stranici koja je ovdje", ["untranslated"]),
        (
            "Akcija potiče rast malih tvrtki",
            "Action potiče rast malih companies",
            ["unknown-words"],
        ),
        ("Europe Direct Lombardia", "Europe Direct Lombardia", []),
        ("Natječaj je otvoren danas.", "the call " * 9, ["repetition"]),
        ("Natječaj je otvoren.", "open open open open now", ["repetition"]),
        ("Rok", "Deadline " + "and a much longer story of it ".strip() * 1, []),
        ("jedan " * 3 + "dva tri četiri pet šest sedam osam devet deset", "one", ["length"]),
    ],
)
def test_faults_of_a_sentence(source: str, given: str, faults: list[str]) -> None:
    assert find_faults(source, given, "hr") == faults


def test_english_is_recognised_only_when_it_is() -> None:
    assert is_english("COSME - European Cluster Excellence Programme, call 2020")
    assert not is_english("Programa social rural digital")
    assert not is_english("Bando per il programma European cluster")
    assert not is_english("Natječaj")


VALUES = st.one_of(
    st.dates().map(lambda day: day.strftime("%d.%m.%Y")),
    st.integers(1, 10**9).map(lambda n: f"{n:,}".replace(",", ".") + ",00 EUR"),
    st.integers(1, 100).map(lambda n: f"{n} %"),
    st.from_regex(r"[A-Z]{2,4}\.[0-9]{2}\.[0-9]\.[0-9]", fullmatch=True),
    st.from_regex(r"COS-[A-Z]{4,8}-20[0-9]{2}-[0-9]-[0-9]{2}", fullmatch=True),
    st.from_regex(r"[a-h]{3,8}_[a-h]{3,8}@[a-h]{3,8}\.hr", fullmatch=True),
    st.from_regex(r"https://[a-h]{3,8}\.hr/[a-h]{2,5}_[0-9]{1,3}", fullmatch=True),
)
OTHER_LETTERS = str.maketrans("ijklmnoprstuvz", "jilknmposrutzv")
"""Makes other words of the source's, as a translation does; no value of the test has them."""
PROSE = st.sampled_from(["prijave do", "u iznosu od", "šalju se na", "prema pozivu", "odnosno"])


@settings(max_examples=150)
@given(st.lists(st.tuples(PROSE, VALUES), min_size=1, max_size=5), st.randoms())
def test_no_value_is_ever_lost_or_altered(
    parts: list[tuple[str, str]], chance: random.Random
) -> None:
    """Whatever an engine does to digits and signs, each value stands verbatim in the result."""

    def spoil(sentence: str) -> str:
        kept = [c for c in sentence if not (c.isdigit() or c in "._-@/") or chance.random() < 0.8]
        return "Translated: " + "".join(kept).translate(OTHER_LETTERS)

    source = "Natječaj " + " ".join(f"{prose} {value}" for prose, value in parts) + " kraj."
    result = english(source, FakeEngine(spoil))
    assert result.english is not None
    for value in {value for _, value in parts}:
        wanted = sum(value == other for _, other in parts)
        assert result.english.count(value) >= wanted, value
