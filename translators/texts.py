"""Texts into English, sentence by sentence, with a status that tells which failed.

Identical sentences are translated once, whichever texts they stand in, and nothing that is already
remembered is translated again, unless a renewal is asked for.
"""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import NamedTuple, Protocol

from schema.calls import Text, TextStatus
from translators.checks import is_english
from translators.engines import EngineError, Translator, engines_for, primary
from translators.glossary import glossary
from translators.protection import is_value_only, split_label
from translators.renderings import Rendering, render
from translators.sentences import SourceSentence, split_sentences

__all__ = ["Claim", "Memory", "Rendering", "recall_texts", "translate_texts"]

_log = logging.getLogger(__name__)

BATCH = 128
"""Sentences translated and remembered at a time: what a killed run can lose."""
FIXTURE = "fixture"
"""Name of engines that know only the demo's sentences."""
_ORDER = {
    TextStatus.TRANSLATED: 0,
    TextStatus.PARTIAL: 1,
    TextStatus.GIST: 2,
    TextStatus.FAILED: 3,
}
_NEVER = datetime.min.replace(tzinfo=UTC)


class Memory(Protocol):
    """What remembers sentences between runs; ``language`` is a primary subtag."""

    def recall(self, originals: Sequence[str], language: str) -> Mapping[str, Sequence[Rendering]]:
        """Return what engines and versions made of the sentences, by original, newest first."""
        ...

    def remember(self, renderings: Sequence[Rendering], language: str) -> datetime:
        """Keep renderings, on disk when it returns; return the moment that they are dated."""
        ...


Claim = Callable[[Translator, bool], AbstractContextManager[bool]]
"""Keep other processes from the engine's model meanwhile. Given the engine and whether to wait;
tells whether it was got. A process that has it re-reads the memory before it translates."""


def _unclaimed(engine: Translator, wait: bool) -> AbstractContextManager[bool]:  # noqa: ARG001
    return nullcontext(enter_result=True)


def translate_texts(
    texts: Sequence[Text],
    engines: Sequence[Translator],
    memory: Memory,
    progress: Callable[[int], None] = lambda _: None,
    *,
    renew: bool = False,
    claim: Claim = _unclaimed,
    enough: Callable[[], bool] = lambda: False,
) -> list[Text]:
    """Return each text with its English, in order; ``progress`` hears of sentences as they finish.

    Sentences are taken in the order of the texts, until ``enough`` says so (asked between batches).
    With ``renew``, what another version of the engine made is made again, the oldest first, and of
    those the ones that stand in most texts.

    The status of a text: ``ORIGINAL`` if it is English or nothing but values; ``PENDING`` if
    no engine reads its language, or time ran out; ``FAILED`` if every engine broke down or no
    sentence succeeded; ``PARTIAL`` if some sentence failed (it stands in brackets with its
    language) or lacks a value (it stands in brackets behind); else the engine's own, ``TRANSLATED``
    or ``GIST``. A gist stays a gist. ``english`` is the original for ``ORIGINAL``, ``None`` for
    ``PENDING`` and ``FAILED``.
    """
    results, jobs = _plan(texts)
    work = {
        language: _Translating(
            language, engines_for(engines, language), memory, progress, renew=renew, enough=enough
        )
        for language in sorted(jobs)
    }
    # A language whose model another process has at work comes last: that one may well finish it.
    busy = [language for language in work if not work[language].run(jobs[language], claim)]
    for language in busy:
        work[language].run(jobs[language], claim, wait=True)
    for language, job in jobs.items():
        work[language].assemble(texts, job, results)
    return results


def recall_texts(
    texts: Sequence[Text], engines: Sequence[Translator], memory: Memory
) -> list[Text]:
    """Return each text with the English that is remembered; no engine is asked for anything.

    A text of which a sentence is not in memory is ``PENDING``. What made the English need not be
    installed any more: of equals, the engines that are there come first, and what a fixture made
    counts only where one serves.
    """
    results, jobs = _plan(texts)
    for language in sorted(jobs):
        work = _Translating(language, engines_for(engines, language), memory)
        work.recall(jobs[language])
        work.assemble(texts, jobs[language], results)
    return results


class _Part(NamedTuple):
    """A sentence of a text, and the part of it that an engine translates."""

    sentence: SourceSentence
    words: str
    """What is to be translated, empty if nothing; the rest is a value."""
    rest: str


_Job = dict[int, list[_Part]]
"""The sentences of the texts of one language, by the text's place."""


def _plan(texts: Sequence[Text]) -> tuple[list[Text], dict[str, _Job]]:
    """Split what needs translation; return what does not, in place, and the rest by language."""
    results = list(texts)
    jobs: dict[str, _Job] = {}
    for at, text in enumerate(texts):
        language = primary(text.language)
        sentences = [] if language == "en" else split_sentences(text.original, language)
        parts = [_part(sentence) for sentence in sentences]
        if any(part.words for part in parts):
            jobs.setdefault(language, {})[at] = parts
        else:
            results[at] = Text(
                text.original, text.language, text.original, status=TextStatus.ORIGINAL
            )
    return results, jobs


def _part(sentence: SourceSentence) -> _Part:
    if is_value_only(sentence.text) or is_english(sentence.text):
        return _Part(sentence, "", sentence.text)
    return _Part(sentence, *split_label(sentence.text))


@dataclass(slots=True)
class _Found:
    """What is known of a sentence: the rendering to show, and whether to try (again)."""

    best: Rendering | None
    due: bool


class _Translating:
    """The sentences of one language: what is known of them, and what engines add to it."""

    def __init__(
        self,
        language: str,
        engines: Sequence[Translator],
        memory: Memory,
        progress: Callable[[int], None] = lambda _: None,
        *,
        renew: bool = False,
        enough: Callable[[], bool] = lambda: False,
    ) -> None:
        self._language, self._engines, self._memory = language, engines, memory
        self._progress, self._renew, self._enough = progress, renew, enough
        self._places = {(each.name, each.version): at for at, each in enumerate(engines)}
        self._known: dict[str, Rendering] = {}
        self._broken = False

    def recall(self, job: _Job) -> list[str]:
        """Look up the sentences of a job; return those that an engine should still translate."""
        terms = glossary(self._language)
        counts = Counter(part.words for parts in job.values() for part in parts if part.words)
        asked = []
        for words in counts:
            label = terms.label(words)
            if label is None:
                asked.append(words)
            else:
                self._known[words] = Rendering(
                    words, label, TextStatus.TRANSLATED, engine="glossary"
                )
        remembered = self._memory.recall(asked, self._language)
        found = {words: self._found(remembered.get(words, ())) for words in asked}
        self._known.update({words: each.best for words, each in found.items() if each.best})
        due = [words for words in asked if found[words].due]
        if self._renew:
            due.sort(key=lambda words: (_age(found[words].best), -counts[words]))
        return due

    def run(self, job: _Job, claim: Claim, *, wait: bool = False) -> bool:
        """Look up and translate the sentences of a job, by the first engine that can.

        Return whether it is done with: not if the engine's model is at work elsewhere, unless
        ``wait``.
        """
        due = self.recall(job)
        self._progress(len(self._known))
        for engine in self._engines:
            if not due:
                return True
            with claim(engine, wait) as got:
                if not got:
                    return False
                due = self.recall(job)  # another process may have translated some meanwhile
                try:
                    self._translate(engine, due)
                except EngineError as error:
                    _log.warning("%s", error)
                else:
                    return True
            due = [words for words in due if words not in self._known]
        self._broken = bool(due and self._engines)
        return True

    def assemble(self, texts: Sequence[Text], job: _Job, results: list[Text]) -> None:
        """Put the texts of a job together, in place."""
        for at, parts in job.items():
            if all(part.words in self._known for part in parts if part.words):
                results[at] = _assembled(texts[at], parts, self._known)
            else:
                status = TextStatus.FAILED if self._broken else TextStatus.PENDING
                results[at] = Text(texts[at].original, texts[at].language, status=status)

    def _translate(self, engine: Translator, due: Sequence[str]) -> None:
        for start in range(0, len(due), BATCH):
            if self._enough():
                return
            made = list(render(engine, due[start : start + BATCH], self._language))
            # What the engine had no words for may be a passing trouble: it is tried next time.
            lasting = [each for each in made if each.checks != ("empty",)]
            at = self._memory.remember(lasting, self._language)
            for each in made:
                old = self._known.get(each.original)
                if old is None or each.english is not None or old.english is None:
                    self._known[each.original] = replace(each, translated_at=at)
            self._progress(len(made))

    def _found(self, remembered: Sequence[Rendering]) -> _Found:
        first = self._engines[0] if self._engines else None
        best = min(filter(self._counts, remembered), key=self._rank, default=None)
        if best is None or first is None:
            return _Found(best, best is None)
        if best.status is TextStatus.TRANSLATED and not self._renew:
            return _Found(best, due=False)
        ours = (best.engine, best.version) == (first.name, first.version)
        tried = any(
            (each.engine, each.version) == (first.name, first.version) for each in remembered
        )
        better = best.status is TextStatus.FAILED or (
            best.status is TextStatus.GIST and first.status is TextStatus.TRANSLATED
        )
        return _Found(best, not tried and not ours and (better or self._renew))

    def _counts(self, rendering: Rendering) -> bool:
        """Tell whether what was remembered may be shown: a fixture's only beside a fixture."""
        return rendering.engine != FIXTURE or any(each.name == FIXTURE for each in self._engines)

    def _rank(self, rendering: Rendering) -> tuple[int, int]:
        """Return how far a rendering is from the best; of equals, the newest stands first."""
        key = (rendering.engine, rendering.version)
        return _ORDER[rendering.status], self._places.get(key, len(self._places))


def _age(rendering: Rendering | None) -> datetime:
    return (rendering.translated_at if rendering else None) or _NEVER


def _assembled(text: Text, parts: Sequence[_Part], known: Mapping[str, Rendering]) -> Text:
    english: list[str] = []
    used: list[Rendering] = []
    for part in parts:
        shown = part.words
        if part.words:
            rendering = known[part.words]
            used.append(rendering)
            shown = rendering.english or f"[{primary(text.language)}: {part.words}]"
        english += [part.sentence.before, shown, part.rest, part.sentence.after]
    checks = tuple(dict.fromkeys(check for each in used for check in each.checks))
    statuses = {each.status for each in used}
    if statuses == {TextStatus.FAILED}:
        return Text(text.original, text.language, status=TextStatus.FAILED, checks=checks)
    engines = dict.fromkeys(f"{each.engine} {each.version}".strip() for each in used)
    if len(engines) > 1:
        engines.pop("glossary", None)
    if TextStatus.GIST in statuses:
        status = TextStatus.GIST
    else:
        whole = statuses == {TextStatus.TRANSLATED}
        status = TextStatus.TRANSLATED if whole else TextStatus.PARTIAL
    return Text(
        text.original,
        text.language,
        "".join(english),
        "; ".join(engines),
        status,
        max((each.translated_at for each in used if each.translated_at), default=None),
        checks,
    )
