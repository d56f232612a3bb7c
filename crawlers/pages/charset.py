"""Decode a body, by its bytes rather than by the declared character set.

Bytes that are valid UTF-8 and not plain ASCII are decoded as UTF-8 whatever is declared, because
text in a one-byte character set is hardly ever valid UTF-8. Between one-byte sets, the letters of
the page's declared language decide. Browsers trust the declaration more, but portals declare wrong
sets: https://html.spec.whatwg.org/multipage/parsing.html#determining-the-character-encoding
"""

import codecs
import re

from crawlers.pages.encodings import codec_of

META = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([A-Za-z0-9_-]+)""", re.IGNORECASE)
XML = re.compile(rb"""<\?xml[^>]{0,100}?encoding\s*=\s*["']([A-Za-z0-9_-]+)""", re.IGNORECASE)
LANGUAGE = re.compile(rb"""<html[^>]{0,300}?\blang\s*=\s*["']?([A-Za-z]{2})""", re.IGNORECASE)
HEADER = re.compile(r"""charset\s*=\s*["']?([A-Za-z0-9_-]+)""", re.IGNORECASE)
ZIP, GZIP = b"PK\x03\x04", b"\x1f\x8b"
"""The first bytes of ZIP and gzip (RFC 1952) files, which have no text before they are unpacked."""
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

LETTERS = {
    "hr": "čćđšž", "bs": "čćđšž", "sr": "čćđšž", "sl": "čšž",
    "cs": "áčďéěíňóřšťúůýž", "sk": "áäčďéíĺľňóôŕšťúýž", "pl": "ąćęłńóśźż",
    "hu": "áéíóöőúüű", "ro": "ăâîşţ",
}  # fmt: skip
"""The letters beyond ASCII of languages for which windows-1250 and ISO 8859-2 are both in use; the
two encode some of them differently."""


def decode(body: bytes, content_type: str) -> tuple[str, str, str | None]:
    """Return the text, the character set used, and the declared one if the bytes contradict it.

    Never raises: bytes that cannot be decoded become U+FFFD, and a declared set that is not one of
    the WHATWG's is ignored. A packed file has an empty text.
    """
    if body.startswith((ZIP, GZIP)):
        return "", "binary", None
    for mark, name in MARKS:
        if body.startswith(mark):
            return body[len(mark) if name == "utf-8" else 0 :].decode(name, "replace"), name, None
    declared = _declared(body, content_type)
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError:
        used = _one_byte_set(body, declared)
        return body.decode(used, "replace"), used, None if used == declared else declared
    if declared in (None, "utf-8") or body.isascii():
        return text, "utf-8", None
    return text, "utf-8", declared


def _declared(body: bytes, content_type: str) -> str | None:
    head = body[:4096]
    named = HEADER.search(content_type)
    marked = XML.search(head) or META.search(head)
    for name in (named[1] if named else None, marked[1].decode("ascii") if marked else None):
        known = codec_of(name) if name else None
        if known:
            return known
    return None


def _one_byte_set(body: bytes, declared: str | None) -> str:
    found = LANGUAGE.search(body[:4096])
    letters = LETTERS.get(found[1].decode("ascii").lower()) if found else None
    candidates = [declared] if declared not in (None, "utf-8") else []
    if letters is None:
        return candidates[0] if candidates else "cp1252"
    candidates += ["cp1250", "iso8859-2"]
    return max(candidates, key=lambda name: _score(body.decode(name, "replace"), letters))


def _score(text: str, letters: str) -> int:
    """Return the number of the language's own letters minus that of foreign ones and controls."""
    beyond = [letter.lower() for letter in text if letter >= "\x80"]
    foreign = sum(letter.isalpha() or letter < "\xa0" for letter in beyond)
    return sum(2 for letter in beyond if letter in letters) - foreign
