"""Tell the language of a text: function words first, langdetect where they do not decide.

The surprise: what the portal declares is only a hint. It breaks a tie; it does not win against
the words. A neighbour that is not configured (Serbian, Catalan …) is named as itself, so that it
is not taken for the language it resembles.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from importlib.resources.abc import Traversable
from typing import Any

from normalizers.lexicon import INTERNATIONAL, Profile, languages, profiles
from normalizers.lexicon_files import HERE

_TOKEN = re.compile(r"[a-z]+[^\W\d_]*(?:'\b|)|[^\W\d_]+(?:'\b|)")
"""A word, with the apostrophe that joins it to the next. ASCII comes first because it is faster."""
_SAMPLE = 3000
_GLANCE = 600
_MARGIN = 1.25
_ENOUGH = 4.0
_WEAK = 0.35
_HINT = 1.15
_EXCLUSIVE = 2.0


@dataclass(frozen=True, slots=True)
class FoundLanguage:
    """A language and how it was told."""

    code: str
    """BCP 47; a neighbour such as ``sr`` may not be configured."""
    nearest: str
    """The configured language whose lexicon reads it."""
    method: str
    """``words``, ``langdetect``, ``hint`` or ``default``."""


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """What is known of all languages."""

    says: dict[str, tuple[tuple[str, float], ...]]
    """What each word says of which language."""
    nearest: dict[str, str]
    """The language whose lexicon reads a language: itself, but for neighbours."""


@lru_cache(maxsize=4)
def _known(known: tuple[Profile, ...]) -> _Known:
    """Return what the profiles and ``neighbours.toml`` say; a language's own lexicon wins."""
    weights: dict[str, dict[str, float]] = {}
    for profile in known:
        for word in profile.words:
            weights.setdefault(word, {})[profile.code] = 1.0
        for word in profile.weak_words:
            weights.setdefault(word, {}).setdefault(profile.code, _WEAK)
    by_code = {profile.code: profile for profile in known}
    nearest = {code: code for code in by_code}
    source = (HERE / "neighbours.toml").read_text(encoding="utf-8")
    for code, table in tomllib.loads(source).items():
        if code in by_code:
            continue
        nearest[code] = table["nearest"]
        shared = by_code[table["nearest"]].words if table.get("shares", False) else ()
        for word in (*shared, *table["words"]):
            weights.setdefault(word, {})[code] = 1.0
        for word in table["words"]:
            if table.get("shares", False):
                weights[word].pop(table["nearest"], None)
    says = {word: tuple(sorted(table.items())) for word, table in weights.items()}
    return _Known(says, nearest)


UNDETERMINED = "und"
"""BCP 47 for a language that is not known."""


def find_language(text: str, hint: str | None = None, allowed: Sequence[str] = ()) -> FoundLanguage:
    """Return the language of a text.

    ``hint`` is what page or portal declares; ``allowed`` restricts the answer (empty: all that
    are configured, and their neighbours).
    """
    if len(allowed) == 1 and allowed[0] in languages() and len(text) > _GLANCE:
        # Nothing can win against the only language, so a few of its words are as good as all.
        found = _find_language(text[: text.rfind(" ", 0, _GLANCE) + 1], hint, allowed)
        if found.method == "words":
            return found
    return _find_language(text, hint, allowed)


def _find_language(text: str, hint: str | None, allowed: Sequence[str]) -> FoundLanguage:
    nearest = _known(profiles()).nearest
    configured = languages()
    declared = hint.split("-")[0].lower() if hint else None
    scores = score_languages(text, allowed)
    if declared in scores:
        scores[declared] = scores[declared] * _HINT + 0.01
    ranked = sorted(
        scores, key=lambda code: (-scores[code], code != declared, code not in configured, code)
    )
    if not ranked:
        # No word is known: believe the portal, and never take for English what nobody can read.
        code = declared or UNDETERMINED
        return FoundLanguage(
            code, nearest.get(code, INTERNATIONAL), "hint" if declared else "default"
        )
    best = ranked[0]
    if best not in configured and scores[best] < scores.get(nearest[best], 0.0) + _EXCLUSIVE:
        best = nearest[best]  # a neighbour must show words of its own
    rival = max((scores[code] for code in ranked if nearest[code] != nearest[best]), default=0.0)
    if scores.get(best, 0.0) >= max(_ENOUGH, _MARGIN * rival):
        return FoundLanguage(best, nearest[best], "words")
    if declared and declared not in nearest:
        return FoundLanguage(declared, INTERNATIONAL, "hint")  # no lexicon, and no proof
    guess = _langdetect(text, tuple(sorted(allowed or configured)))
    if guess is not None:
        code = _settle(guess, ranked, scores)
        return FoundLanguage(code, nearest[code], "langdetect")
    code = declared if declared in nearest else best
    return FoundLanguage(code, nearest[code], "hint" if declared in nearest else "words")


def _settle(guess: str, ranked: Sequence[str], scores: dict[str, float]) -> str:
    """Let clear words win over langdetect; it has no profile of some neighbours."""
    configured = languages()
    best = next((code for code in ranked if code in configured), guess)
    if scores.get(best, 0.0) >= 2.0 and scores[best] >= 1.15 * scores.get(guess, 0.0):
        return best
    return guess


def score_languages(text: str, allowed: Sequence[str] = ()) -> dict[str, float]:
    """Return how many function words of each language a text has, where it has any."""
    tokens = _TOKEN.findall(text[:_SAMPLE].lower().replace("’", "'"))
    scores: dict[str, float] = {}
    for said_of, times in Counter(map(_says(profiles(), tuple(allowed)).get, tokens)).items():
        for code, weight in said_of or ():
            scores[code] = scores.get(code, 0.0) + times * weight
    return scores


@lru_cache(maxsize=64)
def _says(
    known: tuple[Profile, ...], allowed: tuple[str, ...]
) -> dict[str, tuple[tuple[str, float], ...]]:
    """Return what each word says of the allowed languages; of all where none is named."""
    kept = {code.split("-")[0] for code in allowed}
    told = {
        word: tuple(said for said in said_of if not kept or said[0] in kept)
        for word, said_of in _known(known).says.items()
    }
    return {word: said_of for word, said_of in told.items() if said_of}


def title_language(title: str, body: str) -> str:
    """Return the language of a title inside a body in another language.

    A title is too short to trust: it keeps the body's language unless its words clearly say
    otherwise and none says so.
    """
    scores = score_languages(title)
    if not scores:
        return body
    best = max(sorted(scores), key=lambda code: scores[code])
    if best != body and scores[best] >= 1.0 and scores[best] >= 3.0 * scores.get(body, 0.0):
        return best if best in languages() else body
    return body


@lru_cache(maxsize=8)
def _factory(allowed: tuple[str, ...]) -> Any:
    from langdetect.detector_factory import DetectorFactory  # noqa: PLC0415 - slow to import

    DetectorFactory.seed = 0
    factory = DetectorFactory()
    folder = _profile_folder()
    factory.load_json_profile([(folder / code).read_text(encoding="utf-8") for code in allowed])
    return factory


@lru_cache(maxsize=64)
def _has_profile(code: str) -> bool:
    return (_profile_folder() / code).is_file()


def _profile_folder() -> Traversable:
    return resources.files("langdetect") / "profiles"


def _langdetect(text: str, allowed: tuple[str, ...]) -> str | None:
    from langdetect.lang_detect_exception import LangDetectException  # noqa: PLC0415

    codes = tuple(code for code in allowed if code in languages() and _has_profile(code))
    if len(codes) < 2:
        return codes[0] if codes else None
    detector = _factory(codes).create()
    try:
        detector.append(text[:1500])
        guess = detector.detect()
    except LangDetectException:
        return None  # nothing in it that any profile knows
    return guess if isinstance(guess, str) and guess in codes else None
