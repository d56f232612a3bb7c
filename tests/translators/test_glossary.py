"""The field's terms: found whatever their ending, a table of labels, a fallback and a check."""

import os
import re
import subprocess
import sys
import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from translators.glossary import also_right, glossary, languages

ROOT = Path(__file__).parents[2]
FEWEST = {
    "hr": 300, "it": 300,
    "ca": 100, "de": 100, "es": 100, "fr": 100, "pl": 100, "pt": 100, "ro": 100, "sl": 100,
}  # fmt: skip


def test_there_are_enough_terms_and_each_has_a_source() -> None:
    assert languages() == sorted(FEWEST)
    for language, fewest in FEWEST.items():
        terms = glossary(language).terms
        assert len(terms) >= fewest, language
        assert all(term.source.strip() and term.english.strip() for term in terms)


def test_no_term_stands_twice_in_a_language() -> None:
    for language in languages():
        words = [term.word.casefold() for term in glossary(language).terms]
        assert len(words) == len(set(words)), language


def test_what_counts_as_right_belongs_to_a_term() -> None:
    used = {term.english for language in languages() for term in glossary(language).terms}
    assert set(also_right()) <= used


def test_every_source_is_used_and_every_group_has_one() -> None:
    for language in languages():
        file = files("translators").joinpath("terms", f"{language}.toml")
        data = tomllib.loads(file.read_text(encoding="utf-8"))
        assert data["sources"].keys() == data["terms"].keys()


@pytest.mark.parametrize(
    ("language", "text", "terms"),
    [
        ("hr", "Prijavitelji šalju prijave.", ["prijavitelj", "prijava"]),
        ("hr", "za malim i srednjim poduzećima", ["mala i srednja poduzeća"]),
        (
            "hr",
            "Otvoren je poziv na dostavu projektnih prijedloga.",
            ["otvoren", "poziv na dostavu projektnih prijedloga"],
        ),
        ("it", "contributi a fondo perduto per la banda larga", ["a fondo perduto", "banda larga"]),
        ("it", "entro il 31", []),
        ("de", "Die Antragsfrist endet; Antragsteller sind Gemeinden.", None),
        ("ca", "Les persones sol·licitants han de ser pimes.", ["persona sol·licitant", "pimes"]),
        ("xx", "prijava", []),
    ],
)
def test_terms_are_found_whatever_their_ending(
    language: str, text: str, terms: list[str] | None
) -> None:
    found = [use.term.word for use in glossary(language).uses(text)]
    if terms is None:
        assert found == ["Antragsfrist", "Antragsteller", "Gemeinde"]
    elif "a fondo perduto" in terms:
        assert found[-1] == "banda larga"
        assert any("fondo perduto" in each for each in found)
    else:
        assert found == terms


@pytest.mark.parametrize(
    ("text", "english"),
    [
        ("Rok za prijavu", "Application deadline"),
        ("rok za prijavu:", "application deadline:"),
        ("• Prihvatljive Aktivnosti:", "• Eligible activities:"),
        ("OPIS POZIVA", "Description of the call"),
        ("Rok za prijavu je kratak", None),
        ("", None),
        (":", None),
    ],
)
def test_labels(text: str, english: str | None) -> None:
    assert glossary("hr").label(text) == english


def test_terms_translated_otherwise_are_told() -> None:
    terms = glossary("hr")
    source = "Prijavitelji su mala i srednja poduzeća."
    assert terms.translated_otherwise(source, "The applicants are SMEs.") == []
    assert terms.translated_otherwise(source, "Candidates are little and central firms.") == [
        "mala i srednja poduzeća"
    ]
    assert terms.translated_otherwise("Natječaj", "The competitions") == []


def test_words_left_in_the_source_language_are_filled_in() -> None:
    terms = glossary("hr")
    source = "Prihvatljivi prijavitelji su udruge."
    assert terms.fill(source, "Acceptable prijavitelji are udruge.") == (
        "Acceptable applicant are association."
    )
    assert terms.fill(source, "The applicants of a prijava") == "The applicants of a prijava"


def test_the_same_terms_are_found_in_every_process() -> None:
    """Python orders sets otherwise in each: what was found once would differ from run to run."""
    code = (
        "from scripts.english_quality import read_pairs\n"
        "from translators.glossary import glossary\n"
        "for language in ('hr', 'it'):\n"
        "    for source, _ in read_pairs(language):\n"
        "        print([use.term.word for use in glossary(language).uses(source)])\n"
        "print([use.term.word for use in glossary('ca').uses('Les pimes i empreses; ajuts')])"
    )
    said = {
        subprocess.run(
            [sys.executable, "-c", code], capture_output=True, text=True, check=True,
            cwd=ROOT, env={**os.environ, "PYTHONHASHSEED": str(seed)},
        ).stdout
        for seed in range(1, 5)
    }  # fmt: skip
    assert len(said) == 1


@given(st.sampled_from(["hr", "it", "de"]), st.text(max_size=60), st.text(max_size=60))
def test_any_text_passes(language: str, source: str, english: str) -> None:
    terms = glossary(language)
    for use in terms.uses(source):
        assert source[use.start : use.end].strip()
    terms.fill(source, english)
    terms.translated_otherwise(source, english)
    assert re.search(r"\S", terms.label(source) or "x")
