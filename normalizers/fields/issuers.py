"""Find who publishes the call: a label, or the organisation beside a verb of publishing."""

import re
from collections.abc import Sequence
from typing import NamedTuple

from normalizers.reading import Reading

_NAME = re.compile(
    r"[^\W\d_][\w'’.+-]*(?:(?:[ \xa0]|\n(?=\S))(?:[„“\"«(]?[A-ZÀ-ÖØ-ÞČĆŠŽĐĽŁŚŹŻȘȚ][\w'’.”\"»)&+-]*|za|i|u|na|per|di|del|della|dello|dell[’']\S+|"  # noqa: E501
    r"delle|dei|degli|e|ed|for|of|and|the|für|und|der|des|de|la|le|les|du|d[’']\S+|et|y|w|z|o|a|do|da|dos|în|și|si|"
    r"razvoj\w*|zaštit\w*|plaćanj\w*|poljoprivred\w*,?|ribarstv\w*|ruraln\w*|regionaln\w*|turizm\w*|kultur\w*|znanost\w*|"
    r"obrazovanj\w*|okoliš\w*|energets\w*|gospodarstv\w*|malo|civilno\w*|društv\w*|fondova|europske|europska|unije|komisija|"
    r"europea|commercio|vanjskih|europskih|poslova|učinkovitost|inovacije|investicije|lokaln\w*|akcijsk\w*|grup\w*))*"
)
_SMALL = frozenset(
    [
        "za",
        "i",
        "u",
        "na",
        "per",
        "di",
        "del",
        "della",
        "delle",
        "dei",
        "degli",
        "e",
        "ed",
        "for",
        "of",
        "and",
        "the",
        "für",
        "und",
        "der",
        "des",
        "de",
        "la",
        "le",
        "les",
        "du",
        "et",
        "y",
        "w",
        "z",
        "o",
        "a",
        "do",
        "da",
        "dos",
        "în",
        "și",
        "si",
    ]
)
_REST = re.compile(
    r"(?P<name> (?:i|te|in|e|ed|et|y|și|und|and|oraz)(?: [^\W\d_]{3,}){1,5}) (?:(?:je|su|se|ha) )?"
)
"""The second half of a name in small letters, up to the verb: ``Ministarstvo gospodarstva`` *i
održivog razvoja* ``objavilo je``."""
_LONGEST = 140
_MOST = 80


class NamedIssuer(NamedTuple):
    """One organisation as printed."""

    points: float
    start: int
    end: int
    name: str


def find_issuers(reading: Reading) -> list[NamedIssuer]:
    """Return every organisation that may have issued the call, the best first."""
    found: list[NamedIssuer] = []
    for mark in reading.marks_of("issuer_label"):
        colon = reading.folded.find(":", mark.end, mark.end + 3)
        sentence = reading.sentence_at(mark.start)
        if colon < 0:
            continue
        start = colon + 1
        while start < len(reading.text) and reading.text[start].isspace():
            start += 1
        stop = reading.text.find("\n", start)
        stop = min(len(reading.text) if stop < 0 else stop, start + _LONGEST)
        name = reading.text[start:stop].strip(" .;|")
        if len(name) > 2 and start - sentence.end < 4:
            found.append(NamedIssuer(3.0, start, start + len(name), name))
    verbs = reading.marks_of("issues")
    for mark in reading.marks_of("name.organisation")[:_MOST]:
        match = _NAME.match(reading.text, mark.start, mark.start + _LONGEST)
        if match is None or (reading.text[mark.start].islower() and not mark.strong):
            continue
        start, end = match.start(), min(match.end(), match.start() + _LONGEST)
        end = _trim(reading.text, start, end)
        if end - start < 4 or not reading.text[start].isupper():
            continue
        points = 1.0 - 0.0006 * start
        sentence = reading.sentence_at(start)
        for verb in verbs:
            if sentence.start <= verb.start < sentence.end + 2:
                gap = verb.start - end if verb.start >= end else start - verb.end
                if gap >= 0:
                    points += max(0.0, 1.2 - 0.01 * gap)
                    if (
                        rest := _REST.fullmatch(reading.text, end, max(end, verb.start))
                    ) is not None:
                        end = rest.end("name")
                    break
        found.append(NamedIssuer(points, start, end, reading.text[start:end]))
    return sorted(found, key=lambda item: (-item.points, item.start))


def choose_issuer(found: Sequence[NamedIssuer]) -> NamedIssuer | None:
    """Return the best candidate."""
    return found[0] if found else None


def _trim(text: str, start: int, end: int) -> int:
    while end > start:
        words = text[start:end].rsplit(None, 1)
        if len(words) == 2 and words[1].strip(".,;:()").lower() in _SMALL:
            end = start + len(text[start:end].rstrip()) - len(words[1])
            end = start + len(text[start:end].rstrip())
        elif text[end - 1] in " .,;:\n-–":
            end -= 1
        else:
            break
    return end
