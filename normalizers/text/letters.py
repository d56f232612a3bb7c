"""The letters of names, and words as they are shown to a person."""

import re

_DOUBLED = re.compile(r"(['’])\1(?<=\w..)(?=\w)")

_LETTERS = [chr(code) for code in range(0x530) if chr(code).isalpha()]
CAPITALS = "".join(filter(str.isupper, _LETTERS))
"""Latin, Greek and Cyrillic capitals, for use in a set of a pattern."""
SMALL_LETTERS = "".join(filter(str.islower, _LETTERS))
"""Their small letters."""


def shown_words(text: str) -> str:
    """Return words as a person should read them: a doubled apostrophe (``dell''arte``) is one."""
    return _DOUBLED.sub(r"\1", text)
