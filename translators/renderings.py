"""One sentence in English: what an engine made of it, checked, mended where it can be.

No engine's output is used unchecked. A value that came through altered is put back where it can be
recognised, else the sentence is translated in the parts around it; what goes wrong otherwise is
translated again clause by clause; what still is wrong is marked.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from schema.calls import TextStatus
from translators.checks import find_faults, left_alone
from translators.glossary import glossary
from translators.protection import blot_out, find_invented, find_terms, is_value_only, restore

if TYPE_CHECKING:
    from translators.engines import Translator

RESTORED = "restored"
"""A value was altered and recognised: it stands as printed again."""
SPLIT = "split"
"""The sentence was translated in parts, because the whole came out wrong."""
ALTERED = "[?]"
"""Stands where the engine printed a value that the source does not have."""
_CLAUSE = re.compile(r"(?<=[;:,])\s+|\s+(?=[–—(])|(?<=\))\s+")
_NOTED_SHARE = 0.2
"""Share of words left in the source language from which on a gist says so."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """One sentence in English, by one engine."""

    original: str
    english: str | None
    """``None`` where it failed."""
    status: TextStatus
    """``TRANSLATED``, ``GIST``, ``PARTIAL`` or ``FAILED``."""
    checks: tuple[str, ...] = ()
    """What was found: ``repetition``, ``missing:2021-02-02``, ``term:natječaj``, ``split`` …"""
    engine: str = ""
    version: str = ""
    translated_at: datetime | None = None
    """Aware; ``None`` until it is remembered."""


@dataclass(frozen=True, slots=True)
class _Draft:
    """What came out for a sentence, and what is wrong with it."""

    english: str
    faults: tuple[str, ...]
    lost: tuple[str, ...]
    invented: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def clean(self) -> bool:
        return not (self.faults or self.lost or self.invented)


def render(engine: "Translator", sentences: Sequence[str], language: str) -> Iterator[Rendering]:
    """Yield each sentence in English, in order; at most two calls of the engine.

    Raises :class:`~translators.engines.EngineError` if the engine cannot work.
    """
    drafts = [
        _judged(engine, sentence, english, language)
        for sentence, english in zip(sentences, engine.translate(sentences, language), strict=True)
    ]
    parts = [
        [] if draft.clean else _parts(sentence, draft)
        for sentence, draft in zip(sentences, drafts, strict=True)
    ]
    wanted = list(dict.fromkeys(part for each in parts for part in each if _is_prose(part)))
    pieces = dict(zip(wanted, engine.translate(wanted, language), strict=True)) if wanted else {}
    for sentence, draft, around in zip(sentences, drafts, parts, strict=True):
        best = draft
        if around and all(pieces[part].strip() for part in around if part in pieces):
            joined = "".join(
                _spaced(part, pieces[part]) if part in pieces else part for part in around
            )
            again = _judged(engine, sentence, joined, language)
            again = replace(again, notes=(*again.notes, SPLIT))
            best = min(draft, again, key=_badness)
        yield _rendering(engine, sentence, best, language)


def _badness(draft: _Draft) -> tuple[bool, int]:
    return bool(draft.faults), len(draft.lost) + len(draft.invented)


def _judged(engine: "Translator", sentence: str, english: str, language: str) -> _Draft:
    shown, lost = restore(sentence, english)
    notes = (RESTORED,) if shown != english else ()
    if engine.status is TextStatus.GIST:
        shown = glossary(language).fill(sentence, shown)
        share = left_alone(sentence, shown)
        if share >= _NOTED_SHARE:
            notes = (*notes, f"unknown:{share:.0%}")
    return _Draft(
        shown,
        tuple(find_faults(sentence, shown, language)),
        tuple(lost),
        tuple(find_invented(sentence, shown)),
        notes,
    )


def _rendering(engine: "Translator", sentence: str, draft: _Draft, language: str) -> Rendering:
    made = Rendering(sentence, None, TextStatus.FAILED, draft.faults, engine.name, engine.version)
    if draft.faults:
        return made
    english, status = draft.english, engine.status
    checks = [*draft.notes]
    lost = [*draft.lost]
    if draft.lost:
        # The numbers that the engine printed instead would mislead.
        # A value may stand in the middle of an invented one, and is lost with it.
        english, lost = restore(sentence, blot_out(english, draft.invented, ALTERED))
        english = f"{english} [{'; '.join(lost)}]"
    if (draft.lost or draft.invented) and status is TextStatus.TRANSLATED:
        status = TextStatus.PARTIAL
    checks += [f"missing:{value}" for value in lost]
    checks += [f"invented:{value}" for value in draft.invented]
    otherwise = glossary(language).translated_otherwise(sentence, english)
    checks += [f"term:{word}" for word in otherwise]
    return replace(made, english=english, status=status, checks=tuple(checks))


def _parts(sentence: str, draft: _Draft) -> list[str]:
    """Split a sentence where it went wrong; the parts join to the sentence.

    At the values that got lost, which are parts themselves; at all values if others were invented;
    else at its clauses. Nothing if there is nowhere to split.
    """
    if draft.lost or draft.invented:
        wrong = draft.lost or [term.text for term in find_terms(sentence)]
        return _around(sentence, wrong)
    places = [0, *(match.end() for match in _CLAUSE.finditer(sentence)), len(sentence)]
    clauses = [sentence[start:end] for start, end in pairwise(places)]
    return clauses if len(clauses) > 1 else []


def _around(sentence: str, values: Sequence[str]) -> list[str]:
    parts: list[str] = []
    start = 0
    for term in find_terms(sentence):
        if term.text in values:
            parts += [sentence[start : term.start], term.text]
            start = term.end
    return [*parts, sentence[start:]] if parts else []


def _is_prose(part: str) -> bool:
    return not is_value_only(part)


def _spaced(part: str, english: str) -> str:
    """Return the English with the white space that stood around its part."""
    core = part.strip()
    at = part.index(core)
    return part[:at] + english.strip() + part[at + len(core) :]
