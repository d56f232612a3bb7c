"""Describe errors in one line, for Issues and for the reason of a crawl's state."""

import re

LONGEST = 300
"""The most characters that are kept of a message that other software wrote."""
MOST = 2_000
"""The most characters of a line that Callboard wrote."""
SPACE = re.compile(r"\s+")
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0]"
)
"""Control characters, marks that change the direction of text (Unicode UAX #9), and lone
surrogates, which cannot be encoded as UTF-8."""
PLACE_IN_MEMORY = re.compile(r" at 0x[0-9a-fA-F]+")
"""The address in a default ``repr``: it differs in every run, and stored rows must not."""


def one_line(text: str, longest: int = MOST) -> str:
    """Return a text as one line; characters that a terminal cannot show are escaped."""
    line = SPACE.sub(" ", text[: 2 * longest]).strip()
    if not line.isprintable():
        line = UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], line)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def as_line(error: BaseException | None) -> str:
    """Return the message of one of Callboard's own errors, or the description of any other."""
    return one_line(str(error)) or describe(error)


def describe(error: BaseException | None) -> str:
    """Return the kind of an error and its message in one line.

    The message is left out where it would be the ``repr`` of an object other than a plain value.
    """
    name = type(error).__name__
    if isinstance(error, KeyError) and not all(isinstance(each, str | int) for each in error.args):
        return name
    try:
        message = one_line(PLACE_IN_MEMORY.sub("", str(error)[: 2 * LONGEST]), LONGEST)
    except Exception:  # noqa: BLE001 - of an error that can't even be printed, the name remains
        return name
    return f"{name}: {message}" if message else name
