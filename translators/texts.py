"""Texts into English, sentence by sentence, honest about every one that failed.

The surprise: identical sentences are translated once, whichever texts they stand in, and nothing
that is already remembered is translated again.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Protocol

from schema.calls import Text, TextStatus
from translators.checks import find_faults, is_english
from translators.engines import EngineError, Translator, engines_for, primary
from translators.protection import find_terms, is_value_only, restore, split_label
from translators.sentences import Sentence, split_sentences

_log = logging.getLogger(__name__)

BATCH = 256
"""Sentences translated and remembered at a time: what a killed run can lose."""


@dataclass(frozen=True, slots=True)
class Rendering:
    """One sentence in English, by one engine."""

    original: str
    english: str | None
    """``None`` where it failed."""
    status: TextStatus
    """``TRANSLATED``, ``GIST``, ``PARTIAL`` or ``FAILED``."""
    checks: tuple[str, ...] = ()
    """What was found wrong: ``repetition``, ``missing:2021-02-02`` …"""


class Memory(Protocol):
    """What remembers sentences between runs; ``language`` is a primary subtag."""

    def recall(
        self, originals: Sequence[str], language: str, engine: str, version: str
    ) -> Mapping[str, Rendering]:
        """Return what this version of the engine made of the sentences, by original."""
        ...

    def remember(
        self, renderings: Sequence[Rendering], language: str, engine: str, version: str
    ) -> None:
        """Keep renderings; on disk when it returns."""
        ...


def translate_texts(
    texts: Sequence[Text],
    engines: Sequence[Translator],
    memory: Memory,
    progress: Callable[[int], None] = lambda _: None,
    *,
    only_remembered: bool = False,
) -> list[Text]:
    """Return each text with its English, in order; ``progress`` hears of sentences as they finish.

    With ``only_remembered`` no engine is asked for anything: a text of which a sentence is not in
    memory is ``PENDING``.

    The status of a text: ``ORIGINAL`` if it is English or nothing but values; ``PENDING`` if
    no engine reads its language; ``FAILED`` if every engine broke down or no sentence succeeded;
    ``PARTIAL`` if some sentence failed (it stands in brackets with its language) or lacks a value
    (it stands in brackets behind); else the engine's own, ``TRANSLATED`` or ``GIST``. A gist stays
    a gist. ``english`` is the original for ``ORIGINAL``, ``None`` for ``PENDING`` and ``FAILED``.
    """
    results = list(texts)
    by_language: dict[str, dict[int, list[Sentence]]] = {}
    for at, text in enumerate(texts):
        language = primary(text.language)
        sentences = [] if language == "en" else split_sentences(text.original, language)
        if any(_needs_translation(sentence.text) for sentence in sentences):
            by_language.setdefault(language, {})[at] = sentences
        else:
            results[at] = Text(
                text.original, text.language, text.original, status=TextStatus.ORIGINAL
            )
    for language, split in sorted(by_language.items()):
        needed = dict.fromkeys(
            split_label(sentence.text)[0]
            for sentences in split.values()
            for sentence in sentences
            if _needs_translation(sentence.text)
        )
        work = _recall if only_remembered else _render_with
        engine, renderings = _render(work, list(needed), language, engines, memory, progress)
        for at, sentences in split.items():
            if engine is not None and renderings is not None and _is_whole(sentences, renderings):
                results[at] = _assemble(texts[at], sentences, renderings, engine)
            else:
                untried = engine is None or renderings is not None
                status = TextStatus.PENDING if untried else TextStatus.FAILED
                results[at] = replace(texts[at], english=None, engine=None, status=status)
    return results


def _needs_translation(sentence: str) -> bool:
    return not is_value_only(sentence) and not is_english(sentence)


def _is_whole(sentences: Sequence[Sentence], renderings: Mapping[str, Rendering]) -> bool:
    """Tell whether every sentence has been tried."""
    return all(
        split_label(sentence.text)[0] in renderings
        for sentence in sentences
        if _needs_translation(sentence.text)
    )


_Work = Callable[[Translator, list[str], str, Memory, Callable[[int], None]], dict[str, Rendering]]


def _render(
    work: _Work,
    sentences: list[str],
    language: str,
    engines: Sequence[Translator],
    memory: Memory,
    progress: Callable[[int], None],
) -> tuple[Translator | None, dict[str, Rendering] | None]:
    """Return the engine that worked and what it made of each sentence.

    Nothing for the sentences if every engine broke down, nor an engine if there is none.
    """
    able = engines_for(engines, language)
    for engine in able:
        try:
            return engine, work(engine, sentences, language, memory, progress)
        except EngineError as error:
            _log.warning("%s", error)
    return (able[-1] if able else None), None


def _recall(
    engine: Translator,
    sentences: list[str],
    language: str,
    memory: Memory,
    progress: Callable[[int], None],
) -> dict[str, Rendering]:
    known = dict(memory.recall(sentences, language, engine.name, engine.version))
    progress(len(known))
    return known


def _render_with(
    engine: Translator,
    sentences: list[str],
    language: str,
    memory: Memory,
    progress: Callable[[int], None],
) -> dict[str, Rendering]:
    known = _recall(engine, sentences, language, memory, progress)
    missing = [sentence for sentence in sentences if sentence not in known]
    for start in range(0, len(missing), BATCH):
        made = list(_translate(engine, missing[start : start + BATCH], language))
        # What the engine had no words for may be a passing trouble: it is tried again next time.
        lasting = [each for each in made if each.checks != ("empty",)]
        memory.remember(lasting, language, engine.name, engine.version)
        known.update((each.original, each) for each in made)
        progress(len(made))
    return known


def _translate(engine: Translator, sentences: Sequence[str], language: str) -> Iterator[Rendering]:
    """Translate sentences; where values got lost, once more in the parts between them."""
    drafts = [
        restore(sentence, english)
        for sentence, english in zip(sentences, engine.translate(sentences, language), strict=True)
    ]
    parts = [
        _parts_around(sentence, lost) if lost and english.strip() else []
        for sentence, (english, lost) in zip(sentences, drafts, strict=True)
    ]
    wanted = list(dict.fromkeys(part for each in parts for part in each if _is_prose(part)))
    pieces = dict(zip(wanted, engine.translate(wanted, language), strict=True)) if wanted else {}
    for sentence, (english, lost), around in zip(sentences, drafts, parts, strict=True):
        if not around:
            yield _judged(engine, sentence, english, ())
            continue
        joined = "".join(_spaced(part, pieces[part]) if part in pieces else part for part in around)
        rejoined, still_lost = restore(sentence, joined)
        if all(pieces[part].strip() for part in around if part in pieces) and not still_lost:
            mended = _judged(engine, sentence, rejoined, ())
            if mended.english is not None:
                yield mended
                continue
        yield _judged(engine, sentence, english, tuple(lost))


def _judged(engine: Translator, sentence: str, english: str, lost: tuple[str, ...]) -> Rendering:
    faults = find_faults(sentence, english)
    if faults:
        return Rendering(sentence, None, TextStatus.FAILED, tuple(faults))
    if lost:
        return Rendering(
            sentence,
            f"{english} [{'; '.join(lost)}]",
            TextStatus.PARTIAL,
            tuple(f"missing:{term}" for term in lost),
        )
    return Rendering(sentence, english, engine.status)


def _parts_around(sentence: str, lost: Sequence[str]) -> list[str]:
    """Split a sentence at the values that got lost; the values themselves are among the parts."""
    parts: list[str] = []
    start = 0
    for term in find_terms(sentence):
        if term.text in lost:
            parts += [sentence[start : term.start], term.text]
            start = term.end
    return [*parts, sentence[start:]]


def _is_prose(part: str) -> bool:
    return not is_value_only(part)


def _spaced(part: str, english: str) -> str:
    """Return the English with the white space and commas that stood around its part."""
    core = part.strip()
    at = part.index(core)
    return part[:at] + english.strip() + part[at + len(core) :]


def _assemble(
    text: Text,
    sentences: Sequence[Sentence],
    renderings: Mapping[str, Rendering],
    engine: Translator,
) -> Text:
    english: list[str] = []
    found: list[TextStatus] = []
    for sentence in sentences:
        words, rest = split_label(sentence.text)
        if not _needs_translation(sentence.text):
            shown = sentence.text
        else:
            rendering = renderings[words]
            found.append(rendering.status)
            shown = f"[{primary(text.language)}: {words}]" + rest
            if rendering.english is not None:
                shown = rendering.english + rest
        english += [sentence.before, shown, sentence.after]
    if all(status is TextStatus.FAILED for status in found):
        return replace(text, english=None, engine=None, status=TextStatus.FAILED)
    status = engine.status
    if status is TextStatus.TRANSLATED and not set(found) <= {TextStatus.TRANSLATED}:
        status = TextStatus.PARTIAL
    return replace(
        text, english="".join(english), engine=f"{engine.name} {engine.version}", status=status
    )
