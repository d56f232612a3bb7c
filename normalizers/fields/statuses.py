"""Read the portal's own word on the status: what its reader declares, or a line near the top."""

from normalizers.annotation import AnnotatedText
from normalizers.claims import Claim
from normalizers.context import Context
from schema.calls import Status
from vocabulary.matching import normalize_for_match

_TOP = 12
"""Blocks among which the word may stand alone on a line."""
_LONGEST = 24


def claim_status(context: Context) -> Claim[Status | None]:
    """Claim the declared status; a declared word that nobody knows is an issue."""
    annotated = context.annotated
    printed = annotated.source.declared_status
    if printed is None:
        return Claim(_find_status(annotated))
    statuses = {key.casefold(): value for key, value in context.hints.statuses.items()}
    printed = printed.strip()
    status = statuses.get(printed.casefold()) or _status_word(annotated, printed)
    if status is not None or not printed:
        return Claim(status)
    message = f"the status {printed!r} is not known: add it to [statuses] of the portal"
    return Claim(None, issues=(context.issue("unknown_status", message, detail=printed),))


def _find_status(annotated: AnnotatedText) -> Status | None:
    for block in annotated.source.blocks[:_TOP]:
        if block.span.end - block.span.start > _LONGEST:
            continue
        status = _status_word(annotated, block.span.quote(annotated.text))
        if status is not None:
            return status
    return None


def _status_word(annotated: AnnotatedText, words: str) -> Status | None:
    name = annotated.lexicon.statuses.get(normalize_for_match(words).strip(" .:!\n"))
    return Status(name) if name else None
