"""Lexicons: every file loads, and a mistake in one is a clear error."""

import pytest

from normalizers.lexicon import LANGUAGES, LexiconError, compile_phrase, load, parse

SOUND = """
[language]
name = "Test"
words = ["i"]
zone = "UTC"
country = "XX"
[dates]
months = [["a"],["b"],["c"],["d"],["e"],["f"],["g"],["h"],["i"],["j"],["k"],["l"]]
weekdays = [[],[],[],[],[],[],[]]
[numbers]
decimal = ","
[cues]
deadline = ["rok"]
[applicants]
[kinds]
"""


@pytest.mark.parametrize("code", LANGUAGES)
def test_a_lexicon_loads(code: str) -> None:
    lexicon = load(code)
    assert lexicon.code == code
    assert len(lexicon.table["dates"]["months"]) == 12
    assert len(lexicon.table["dates"]["weekdays"]) == 7


def test_a_sound_text_is_a_lexicon() -> None:
    assert parse("xx", SOUND).zone == "UTC"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("[cues]", "[cuse]", r"unknown section \[cuse\]"),
        ("[cues]\ndeadline", "[other]\ndeadline", "section"),
        ("decimal =", "decimel =", "has no key 'decimel'"),
        ('["rok"]', '"rok"', "must be a list of phrases"),
        ('["rok"]', '["(rok"]', "unbalanced brackets"),
        ("[applicants]", '[applicants]\nsmes = ["a"]', "smes is no applicant type"),
        ('zone = "UTC"', "", "'zone'"),
        ('"Test"', "Test", "not readable as TOML"),
    ],
)
def test_a_mistake_is_a_clear_error(old: str, new: str, message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        parse("xx", SOUND.replace(old, new))


def test_an_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(LexiconError, match="hr, it"):
        load("xx")


@pytest.mark.parametrize("phrase", ["", "*", "a*", "(a|b", "§ 5"])
def test_a_phrase_that_cannot_be_found_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        compile_phrase(phrase)
