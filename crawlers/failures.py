"""What went wrong, in one plain line: for Issues, and for the reason of a crawl."""

import re

LONGEST = 300
"""Characters of a message that somebody else wrote."""
MOST = 2_000
"""Characters of a line of ours."""
SPACE = re.compile(r"\s+")
UNPRINTABLE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufdd0]"
)
"""Control characters, marks that turn the direction of a line, and halves of surrogate pairs,
which no strict UTF-8 output takes."""
PLACE_IN_MEMORY = re.compile(r" at 0x[0-9a-fA-F]+")
"""Different in every run, and the rows of an archive must be the same in each."""


def one_line(text: str, longest: int = MOST) -> str:
    """Return a text as one line that any terminal can show: what can't be shown is escaped."""
    line = SPACE.sub(" ", text[: 2 * longest]).strip()
    if not line.isprintable():
        line = UNPRINTABLE.sub(lambda found: ascii(found[0])[1:-1], line)
    return line if len(line) <= longest else f"{line[: longest - 1]}…"


def as_line(error: BaseException | None) -> str:
    """Return the message of an error that was written for the operator, or its description."""
    return one_line(str(error)) or describe(error)


def describe(error: BaseException | None) -> str:
    """Return the kind of an error and its message in one line.

    Without the message where that would be the ``repr`` of something that is no plain value.
    """
    name = type(error).__name__
    if isinstance(error, KeyError) and not all(isinstance(each, str | int) for each in error.args):
        return name
    try:
        message = one_line(PLACE_IN_MEMORY.sub("", str(error)[: 2 * LONGEST]), LONGEST)
    except Exception:  # noqa: BLE001 - of an error that can't even be printed, the name remains
        return name
    return f"{name}: {message}" if message else name
