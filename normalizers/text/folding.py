"""Fold text for matching: lower case, no diacritics, plain quotes and dashes.

The surprise: one character always folds to exactly one character, so a span found in the folded
text is the same span in the original.
"""

import re
import unicodedata

from normalizers.text.places import ByWord

_DOUBLED = re.compile(r"(['’])\1(?<=\w..)(?=\w)")

_LETTERS = [chr(code) for code in range(0x530) if chr(code).isalpha()]
CAPITALS = "".join(filter(str.isupper, _LETTERS))
"""Latin, Greek and Cyrillic capitals, for use in a set of a pattern."""
SMALL_LETTERS = "".join(filter(str.islower, _LETTERS))
"""Their small letters."""

_SPECIAL = {
    "ß": "s", "ẞ": "s", "æ": "a", "œ": "o", "đ": "d", "Đ": "d", "ð": "d", "ł": "l", "Ł": "l",
    "ø": "o", "Ø": "o", "ı": "i", "İ": "i", "þ": "t", "ħ": "h", "º": "°",
    "’": "'", "‘": "'", "ʼ": "'", "´": "'", "`": "'", "′": "'",
    "“": '"', "”": '"', "„": '"', "«": '"', "»": '"', "‟": '"', "″": '"',
    "–": "-", "—": "-", "−": "-", "‐": "-", "‑": "-", "‒": "-", "―": "-",
    "\u00ad": "-", "\u200b": " ", "\u200c": " ", "\u200d": " ", "\ufeff": " ",
    "\t": " ", "\r": " ", "\v": " ", "\f": " ", "\u2028": "\n", "\u2029": "\n", "\x85": "\n",
    "\x1c": " ", "\x1d": " ", "\x1e": " ",
}  # fmt: skip


def _fold_character(character: str) -> str:
    special = _SPECIAL.get(character)
    if special is not None:
        return special
    if character.isspace():
        return "\n" if character == "\n" else " "
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else character


class _Table(dict[int, str]):
    """A translation table that fills itself with the characters it meets."""

    def __missing__(self, code: int) -> str:
        folded = self[code] = _fold_character(chr(code))
        return folded


_TABLE = _Table()
_FOLDED = ByWord(lambda run: run.translate(_TABLE).lower())
_OTHER = re.compile(r"([^\n -_a-~][^\n -_a-~]*)")
"""All but the letters of ASCII and the signs that fold to themselves."""


def fold(text: str) -> str:
    """Return the text folded for matching, of the same length as the original."""
    parts = _OTHER.split(text)  # lower() is fast for those of ASCII, and slow for the whole
    parts[::2] = map(str.lower, parts[::2])
    parts[1::2] = map(_FOLDED.__getitem__, parts[1::2])
    return "".join(parts)


def shown_words(text: str) -> str:
    """Return words as a person should read them: a doubled apostrophe (``dell''arte``) is one."""
    return _DOUBLED.sub(r"\1", text)
