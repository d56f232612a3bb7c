"""Distinctive marks of a text: words that stay the same in any language, and links.

``ClusterXchange`` stands unchanged in a Croatian and an Italian page; such a mark, if it is rare
among all notices, says more about identity than a whole translated sentence.
"""

import re
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from linking.glossary import glossary
from vocabulary.matching import normalize_composed, words_for_match

_LINK = re.compile(r"(?:https?://|www\.)[^\s<>\"'“”„«»)\]]+", re.IGNORECASE)
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_WORD = re.compile(r"[^\W_](?:[\w&+]|[-./](?=\w))*")
_QUOTED = re.compile(r"[„“”«\"‘]\s*([^„“”«»\"’\n]{6,60}?)\s*[“”»\"’]")
_ENDLESS = re.compile(r"\S{501,}")
_GAP = re.compile(r"\s{21,}")
_LONGEST = 200_000
_CASE_ENDING = re.compile(r"[-’'][a-zčćšžđ]{1,4}$")


class TokenKind(StrEnum):
    """What makes a mark distinctive."""

    LINK = "link"
    NAME = "name"
    QUOTED = "quoted"
    ACRONYM = "acronym"


@dataclass(frozen=True, slots=True, order=True)
class RareToken:
    """One mark, in the form in which it is compared."""

    kind: TokenKind
    folded: str


def find_rare_tokens(text: str) -> dict[RareToken, str]:
    """Return every rare token of the text with the words as first printed.

    Words of over 500 characters are none, and a text is read to its 200,000th character: the
    patterns take time that grows with the square of a word's length.
    """
    text = _GAP.sub("\n", _ENDLESS.sub(" ", text[:_LONGEST]))
    marks: dict[RareToken, str] = {}
    for match in _MAIL.finditer(text):
        marks.setdefault(RareToken(TokenKind.LINK, match[0].casefold()), match[0])
    for match in _LINK.finditer(text):
        address = fold_link(match[0])
        if "/" in address:  # a bare host is a portal, not a call
            marks.setdefault(RareToken(TokenKind.LINK, address), match[0])
    words = _MAIL.sub(" ", _LINK.sub(" ", text))
    for match in _QUOTED.finditer(words):
        phrase = " ".join(words_for_match(match[1]))
        if len(phrase) >= 8:
            marks.setdefault(RareToken(TokenKind.QUOTED, phrase), match[1])
    for line in words.splitlines():
        shouted = _is_shouted(line)
        for found in _WORD.findall(line):
            if not found[0].isupper() or found[1:].islower():
                continue  # nearly every word; the rest is looked at closely
            word = _CASE_ENDING.sub("", found)
            kind = _kind(word, shouted=shouted)
            if kind is not None:
                marks.setdefault(RareToken(kind, normalize_composed(word)), word)
    return marks


def fold_link(address: str) -> str:
    """Return an address without scheme, ``www.``, query, fragment and final slash or stop."""
    bare = re.sub(r"^(?:https?://)?(?:www\.)?", "", address, flags=re.IGNORECASE)
    return re.split(r"[?#]", bare)[0].rstrip("/.,;:").casefold()


def _kind(word: str, *, shouted: bool) -> TokenKind | None:
    letters = [char for char in word if char.isalpha()]
    if not word.replace("-", "").isalnum() or len(letters) < 2:
        return None
    if word.upper() in glossary().common_acronyms:
        return None
    lowers = any(char.islower() for char in letters)
    if lowers:
        inner = any(
            left.islower() and (right.isupper() or right.isdigit())
            for left, right in pairwise(word)
        )
        return TokenKind.NAME if inner and len(letters) >= 4 else None
    if shouted or len(word) < 3:
        return None
    return TokenKind.ACRONYM


def _is_shouted(line: str) -> bool:
    letters = [char for char in line if char.isalpha()]
    return sum(char.isupper() for char in letters) > len(letters) * 0.6
