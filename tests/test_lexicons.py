"""Lexicons: every file loads, and a mistake in one is a clear error."""

import re
from collections.abc import Iterator
from itertools import chain

import pytest

from normalizers.lexicon import LANGUAGES, LexiconError, compile_phrase, load, parse
from normalizers.text.folding import fold
from normalizers.text.places import Words

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


def test_a_phrase_that_is_no_pattern_is_a_clear_error() -> None:
    phrases = parse("xx", SOUND.replace('["rok"]', '["rok", "prijave (do|?od)"]')).phrases
    message = r"lexicons/xx.toml: deadline: 'prijave \(do\|\?od\)': not a pattern"
    with pytest.raises(LexiconError, match=message):
        phrases.check()
    with pytest.raises(LexiconError, match=message):
        list(phrases.scan(Words("rok i prijave do petka")))


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_phrase_is_a_pattern(code: str) -> None:
    load(code).phrases.check()


@pytest.mark.parametrize("code", LANGUAGES)
def test_every_phrase_is_found_where_it_is_printed(code: str) -> None:
    lexicon = load(code)
    for name, phrases in lexicon.table["cues"].items():
        for phrase in phrases:
            for printed in printings(phrase):
                marks = lexicon.phrases.scan(Words(fold(printed)))
                found = {mark.family for mark in marks if mark.start == 0}
                assert name.removesuffix("_weak") in found, (name, phrase, printed)


@pytest.mark.parametrize("code", LANGUAGES)
def test_phrases_are_found_before_whatever_word_follows(code: str) -> None:
    """Where the next word rules phrases out beforehand, none is lost that the text has."""
    lexicon = load(code)
    cues = lexicon.table["cues"]
    patterns = [
        (name, re.compile(rf"\b(?:{'|'.join(compile_phrase(each)[1] for each in phrases)})"))
        for name, phrases in cues.items()
    ]
    printed = [next(printings(phrase)) for phrases in cues.values() for phrase in phrases]
    text = fold(
        " ".join(chain.from_iterable(zip(printed, printed[7:], printed[19:], strict=False)))
    )
    marks = list(lexicon.phrases.scan(Words(text)))
    for name, pattern in patterns:
        family = name.removesuffix("_weak")
        covered = {i for m in marks if m.family == family for i in range(m.start, m.end)}
        for found in pattern.finditer(text):
            assert found.start() in covered, (name, found[0])


def printings(phrase: str) -> Iterator[str]:
    """Yield ways to print a phrase: each alternative in turn, with and without what is optional."""
    inner = re.search(r"\(([^()]*)\)(\??)", phrase)
    if inner is None:
        for ending in ("", "o"):
            yield phrase.replace("*", ending).replace("_", "nove")
        return
    options = [*inner[1].split("|"), *([""] if inner[2] else [])]
    for option in (options[0], options[-1]):
        yield from printings(phrase[: inner.start()] + option + phrase[inner.end() :])


def test_an_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(LexiconError, match="hr, it"):
        load("xx")


@pytest.mark.parametrize("phrase", ["", "*", "a*", "(a|b", "§ 5", "rok?", "(a(b|c)|d) e", "_ rok"])
def test_a_phrase_that_cannot_be_found_is_refused(phrase: str) -> None:
    with pytest.raises(ValueError, match=r".+"):
        compile_phrase(phrase)
