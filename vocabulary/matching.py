"""One normal form of words for whoever compares them: extraction, linking and search alike.

Lower case, no diacritics (``đ``, ``ł`` and ``ø`` too, which Unicode does not decompose), plain
quotes, dashes and spaces. The surprise: one character always becomes exactly one character, so a
place in the normalised text is the same place in the original.
"""

import re
import unicodedata

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
_OTHER = re.compile(r"([^\n -_a-~][^\n -_a-~]*)")
"""All but the letters of ASCII and the signs that are normal already."""
_WORD = re.compile(r"\w+")


class _Characters(dict[int, str]):
    """A translation table that fills itself with the characters it meets."""

    def __missing__(self, code: int) -> str:
        normal = self[code] = _normalize_character(chr(code))
        return normal


class _Runs(dict[str, str]):
    """The normal forms of runs of other characters: few, and met again and again."""

    MOST = 1 << 14

    def __missing__(self, run: str) -> str:
        if len(self) >= self.MOST:
            self.clear()
        normal = self[run] = run.translate(_CHARACTERS).lower()
        return normal


def _normalize_character(character: str) -> str:
    special = _SPECIAL.get(character)
    if special is not None:
        return special
    if character.isspace():
        return "\n" if character == "\n" else " "
    base = unicodedata.normalize("NFD", character)[0].lower()
    return base if len(base) == 1 else character


_CHARACTERS = _Characters()
_RUNS = _Runs()


def normalize_for_match(text: str) -> str:
    """Return the text as words are compared, of the same length as the original.

    Letters that are written as a base and a combining mark stay two characters; where places do
    not matter, :func:`normalize_composed` makes one of them.
    """
    parts = _OTHER.split(text)  # lower() is fast for those of ASCII, and slow for the whole
    parts[::2] = map(str.lower, parts[::2])
    parts[1::2] = map(_RUNS.__getitem__, parts[1::2])
    return "".join(parts)


def normalize_composed(text: str) -> str:
    """Return the text as words are compared, composed first (NFKC): its length may change."""
    return normalize_for_match(unicodedata.normalize("NFKC", text))


def words_for_match(text: str) -> list[str]:
    """Return the words and numbers of a text in the form in which they are compared, in order."""
    return _WORD.findall(normalize_composed(text))
