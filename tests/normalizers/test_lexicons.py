"""Lexicons: every file loads, and a mistake in one is a clear error."""

import re
from collections.abc import Iterator
from itertools import chain
from pathlib import Path

import pytest

from normalizers.lexicon import Lexicon, languages, load
from normalizers.lexicon_files import FILES, HERE, LexiconError, folders
from normalizers.phrases import compile_phrase
from normalizers.text.places import Words
from vocabulary.matching import normalize_for_match

SOUND = {
    "language": """
name = "Test"
words = ["i"]
zone = "UTC"
country = "XX"
""",
    "dates": """
[months]
january = ["a"]
february = ["b"]
march = ["c"]
april = ["d"]
may = ["e"]
june = ["f"]
july = ["g"]
august = ["h"]
september = ["i"]
october = ["j"]
november = ["k"]
december = ["l"]
""",
    "numbers": 'decimal = ","',
    "deadlines": """
# The last day.
deadline = [
  "rok",
]
""",
    "kinds": "",
}


def write(root: Path, **changed: str) -> Path:
    """Write a small language; each keyword is the text of one of its files."""
    folder = root / "xx"
    folder.mkdir(parents=True)
    for name, text in {**SOUND, **changed}.items():
        (folder / f"{name}.toml").write_text(text, encoding="utf-8")
    return folder


def read(root: Path, old: str, new: str) -> Lexicon:
    """Read the small language after a change in the one file that has the old words."""
    (name,) = (name for name, text in SOUND.items() if old in text)
    return Lexicon(write(root, **{name: SOUND[name].replace(old, new)}))


@pytest.mark.parametrize("code", languages())
def test_a_lexicon_loads(code: str) -> None:
    lexicon = load(code)
    assert lexicon.code == code
    assert all(lexicon.months)
    assert all(lexicon.weekdays)


def test_a_small_language_needs_few_families(tmp_path: Path) -> None:
    assert Lexicon(write(tmp_path)).zone == "UTC"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("deadline =", "deadine =",
         r"xx/deadlines.toml, line 3: no family 'deadine' here: did you mean deadline\?"),
        ("deadline =", "budget =", r"deadlines.toml, line 3: budget belongs into money.toml"),
        ("deadline =", "[line]\ndeadline =", r"line 3: no table \[line\] here: did you mean lines"),
        ("decimal =", "decimel =", r"numbers.toml, line 1: no family 'decimel' here: did you mean"),
        ('["i"]\nz', '"i"\nz', r"language.toml, line 3: words must be a list of phrases"),
        ('[\n  "rok",\n]', "3", r"deadlines.toml, line 3: deadline must be a list of phrases"),
        ('"rok"', '"rok", "(rok"', r"line 4: deadline: '\(rok': unbalanced brackets"),
        ('decimal = ","', 'decimal = ","\n[words]\n"a" = "b"', r"line 3: a must be a whole number"),
        ('zone = "UTC"', "", r"xx/language.toml: the family 'zone' is missing"),
        ('march = ["c"]', "", r"xx/dates.toml: the family 'march' is missing"),
        ('"Test"', "Test", r"xx/language.toml: not readable as TOML: .*line 2"),
    ],
)  # fmt: skip
def test_a_mistake_is_a_clear_error(tmp_path: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(LexiconError, match=message):
        read(tmp_path, old, new)


def test_a_file_that_no_lexicon_has_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match=r"xx/date.toml: .*did you mean dates\?"):
        Lexicon(write(tmp_path, date=""))


def test_an_applicant_type_that_is_none_is_a_clear_error(tmp_path: Path) -> None:
    with pytest.raises(LexiconError, match="line 1: no family 'smes' here: did you mean sme"):
        Lexicon(write(tmp_path, applicant_types='smes = ["a"]'))


def test_a_phrase_that_is_no_pattern_is_a_clear_error(tmp_path: Path) -> None:
    phrases = read(tmp_path, '"rok"', '"rok",\n"prijave (do|?od)"').phrases
    message = r"xx/deadlines.toml, line 5: deadline: 'prijave \(do\|\?od\)': not a pattern"
    with pytest.raises(LexiconError, match=message):
        phrases.check()
    with pytest.raises(LexiconError, match=message):
        list(phrases.scan(Words("rok i prijave do petka")))


@pytest.mark.parametrize("code", languages())
def test_every_phrase_is_a_pattern(code: str) -> None:
    load(code).phrases.check()


@pytest.mark.parametrize("code", languages())
def test_every_phrase_is_found_where_it_is_printed(code: str) -> None:
    lexicon = load(code)
    for name, phrases in lexicon.table["cues"].items():
        for phrase in phrases:
            for printed in printings(phrase):
                marks = lexicon.phrases.scan(Words(normalize_for_match(printed)))
                found = {mark.family for mark in marks if mark.start == 0}
                assert name.removesuffix("_weak") in found, (name, phrase, printed)


@pytest.mark.parametrize("code", languages())
def test_phrases_are_found_before_whatever_word_follows(code: str) -> None:
    """Where the next word rules phrases out beforehand, none is lost that the text has."""
    lexicon = load(code)
    cues = lexicon.table["cues"]
    patterns = [
        (name, re.compile(rf"\b(?:{'|'.join(compile_phrase(each)[1] for each in phrases)})"))
        for name, phrases in cues.items()
    ]
    printed = [next(printings(phrase)) for phrases in cues.values() for phrase in phrases]
    text = normalize_for_match(
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


def held(code: str) -> Iterator[tuple[str, str, list[str]]]:
    """Yield each family of a language with its section, its name and its phrases."""
    for section, families in load(code).table.items():
        for name, words in families.items():
            if isinstance(words, list | dict):
                yield section, name, list(words)


@pytest.mark.parametrize("code", languages())
def test_no_phrase_stands_twice_in_a_family(code: str) -> None:
    """Nor twice but for diacritics and case, where those are folded before anything is matched."""
    for section, name, words in held(code):
        as_printed = section in ("language", "inside", "codes")
        plain = words if as_printed else [normalize_for_match(word.strip()) for word in words]
        twice = sorted({word for word in plain if plain.count(word) > 1})
        assert not twice, (section, name)


@pytest.mark.parametrize("code", languages())
def test_no_weak_phrase_is_a_strong_one_too(code: str) -> None:
    families = {(section, name): words for section, name, words in held(code)}
    for (section, name), words in families.items():
        strong = families.get((section, name.removesuffix("_weak")), [])
        if name.endswith("_weak"):
            assert not {*map(normalize_for_match, words)} & {*map(normalize_for_match, strong)}, (
                section,
                name,
            )
    language = load(code).table["language"]
    assert not {*language["words"]} & {*language.get("weak_words", ())}


@pytest.mark.parametrize("code", languages())
def test_phrases_stand_one_a_line(code: str) -> None:
    for path in sorted(folders()[code].glob("*.toml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            assert line.startswith("#") or line.count('",') <= 1, (path.name, number)


@pytest.mark.parametrize("code", languages())
def test_the_example_above_a_family_has_one_of_its_phrases(code: str) -> None:
    lexicon = load(code)
    for path in sorted(folders()[code].glob("*.toml")):
        text = path.read_text(encoding="utf-8")
        for example, name in re.findall(r"^# Example: (.+)\n(\w+) = ", text, re.MULTILINE):
            marks = lexicon.phrases.scan(Words(normalize_for_match(example)))
            assert name in {mark.family for mark in marks}, (path.name, example)


def test_the_template_is_a_lexicon_with_every_family() -> None:
    template = HERE / "_template"
    Lexicon(template).phrases.check()
    text = {path.stem: path.read_text(encoding="utf-8") for path in template.glob("*.toml")}
    assert set(text) == set(FILES)
    for name, tables in FILES.items():
        for table in tables.values():
            for family in table.families or ():
                usual = not family.endswith(("_weak", "_not")) or family == "job_not"
                assert not usual or re.search(rf"^{family} = ", text[name], re.MULTILINE), family


def test_the_template_numbers_what_matters_first() -> None:
    texts = [path.read_text(encoding="utf-8") for path in (HERE / "_template").glob("*.toml")]
    numbers = [
        int(each) for text in texts for each in re.findall(r"^# First (\d+)\.", text, re.MULTILINE)
    ]
    assert sorted(numbers) == list(range(1, 13))


def test_the_template_is_no_language() -> None:
    assert all(len(code) in (2, 3) for code in languages())
