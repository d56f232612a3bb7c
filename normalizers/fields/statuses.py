"""Read the portal's own word on the status: what its reader declares, or a line near the top."""

from normalizers.claims import Claim
from normalizers.context import Context
from normalizers.reading import Reading
from normalizers.text.folding import fold
from schema.calls import Status

_TOP = 12
"""Blocks among which the word may stand alone on a line."""
_LONGEST = 24


def claim_status(context: Context) -> Claim[Status | None]:
    """Claim the declared status; a declared word that nobody knows is an issue."""
    reading = context.reading
    printed = reading.original.declared_status
    if printed is None:
        return Claim(_find_status(reading))
    statuses = {key.casefold(): value for key, value in context.hints.statuses.items()}
    printed = printed.strip()
    status = statuses.get(printed.casefold()) or _status_word(reading, printed)
    if status is not None or not printed:
        return Claim(status)
    message = f"the status {printed!r} is not known: add it to [statuses] of the portal"
    return Claim(None, issues=(context.issue("unknown_status", message, detail=printed),))


def _find_status(reading: Reading) -> Status | None:
    for block in reading.original.blocks[:_TOP]:
        if block.span.end - block.span.start > _LONGEST:
            continue
        status = _status_word(reading, block.span.quote(reading.text))
        if status is not None:
            return status
    return None


def _status_word(reading: Reading, words: str) -> Status | None:
    name = reading.lexicon.statuses.get(fold(words).strip(" .:!\n"))
    return Status(name) if name else None
