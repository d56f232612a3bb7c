"""The engine keeps no language: no word of one stands in the code of the normalizers.

English is left out, in which names and messages of the code are written; so a word that English
shares with another language is not seen here.
"""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import normalizers
from normalizers.lexicon import languages, load

FOLDER = Path(normalizers.__file__).parent
LETTERS = frozenset("ºªƒ")
"""Signs that Python calls letters: of ordinals, and a bullet."""
NAMES = {
    "und": "BCP 47 for a language that is not known",
    "del": "an element of HTML and of WordprocessingML",
    "euro": "the name of a currency, alike in all languages",
    "en": "BCP 47 for English, into which texts are put",
    **dict.fromkeys(("cents", "date", "do", "list", "no", "per", "plus", "set"), "English"),
    **dict.fromkeys(("mo", "sep"), "groups of a pattern: month, separator"),
}


def literals() -> Iterator[tuple[str, str]]:
    """Yield every text in the code that is no docstring, with its place."""
    for path in sorted(FOLDER.rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        told = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr)}
        for node in ast.walk(tree):
            value = node.value if isinstance(node, ast.Constant) else None
            if isinstance(value, str) and id(node) not in told:
                yield f"{path.relative_to(FOLDER)}:{node.lineno}", value


def common_words() -> set[str]:
    """Return small words, months, numbers and prepositions of every language but English."""
    found: dict[str, set[str]] = {}
    for code in languages():
        table = load(code).table
        told = [*table["language"]["words"], *table["language"].get("weak_words", ())]
        told += (*table["numbers"]["words"], *table["numbers"]["scales"])
        for name in ("until", "since", "joiner", "of", "year_word"):
            told += table["dates"].get(name, ())
        for families in (table["months"], table["weekdays"], table["inside"]):
            told += (word for words in families.values() for word in words)
        found[code] = {word.lower() for word in told}
    english = found.pop("en") | NAMES.keys()
    return set().union(*found.values()) - english


def test_no_letters_of_a_language_stand_in_code() -> None:
    for place, text in literals():
        strange = {each for each in text if each.isalpha() and not each.isascii()} - LETTERS
        assert not strange, (place, strange)


def test_no_common_words_of_a_language_stand_in_code() -> None:
    common = common_words()
    for place, text in literals():
        if re.fullmatch(r"[a-z_ ]+", text) and place.startswith("lexicon_files.py"):
            continue  # names of families
        # without escapes, names of groups and ranges of letters
        plain = re.sub(r"\\.|\?P<\w+>|A-Z|a-z|0-9", " ", text)
        words = {word.lower() for word in re.findall(r"[^\W\d_]{2,}", plain)}
        assert not words & common, (place, words & common)
