"""Which texts of a call are put into English, and which engines and memory do it."""

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

from callboard.config import Config
from schema.calls import Call, Status, Text, TextStatus
from storage.database.engine import Database
from storage.database.translations import TranslationMemory
from translators import apertium, argos
from translators.engines import Translator, engines_for, primary
from translators.packages import packages_folder
from translators.renderings import Rendering
from translators.texts import FIXTURE, Memory

Chosen = Callable[[str], bool]


def models_folder(config: Config) -> Path:
    """Return where models are installed: as configured, else argostranslate's own folder."""
    configured = config.translate.packages
    return config.base / configured if configured else packages_folder()


def _argos_engines(config: Config, chosen: Chosen) -> list[Translator]:
    settings = config.translate
    engines, _ = argos.find_engines(
        models_folder(config), threads=settings.threads, fast=settings.fast
    )
    return [each for each in engines if any(map(chosen, each.languages()))]


def _apertium_engines(config: Config, chosen: Chosen) -> list[Translator]:
    return [*apertium.find_engines([each for each in config.translate.gist if chosen(each)])]


FINDERS: dict[str, Callable[[Config, Chosen], list[Translator]]] = {
    "argos": _argos_engines,
    "apertium": _apertium_engines,
}
"""The engines that a configuration may name, and how to find what is installed of each."""
URGENCY = (Status.OPEN, Status.FORTHCOMING, Status.UNKNOWN, Status.CLOSED)
"""Whose texts are translated first when time is short."""


def installed_engines(config: Config) -> list[Translator]:
    """Return the installed engines, for each language in its order. No model is loaded by asking.

    A fixture stands in only for a language that no other engine serves.
    """
    settings = config.translate
    engines: list[Translator] = []
    for language, names in settings.order.items():
        for name in names:
            engines += FINDERS[name](config, language.__eq__)
    for name in settings.engines:
        engines += FINDERS[name](config, lambda each: each not in settings.order)
    if settings.fixtures is not None:
        found, _ = argos.find_engines(config.base / settings.fixtures, fixtures=True)
        engines += [
            each
            for each in found
            if each.name == FIXTURE
            and not any(engines_for(engines, language) for language in each.languages())
        ]
    return engines


def texts_of(call: Call) -> tuple[Text, ...]:
    """Return the texts of a call that are put into English."""
    summary = (call.summary,) if call.summary else ()
    names = (Text(each.label, call.language) for each in call.documents)
    return (call.title, *summary, *call.conditions, *names)


def with_texts(call: Call, texts: Iterator[Text]) -> Call:
    """Return the call with its texts replaced by the next ones, in the order of ``texts_of``."""
    return replace(
        call,
        title=next(texts),
        summary=next(texts) if call.summary else None,
        conditions=tuple(next(texts) for _ in call.conditions),
        documents=tuple(replace(each, name=next(texts)) for each in call.documents),
    )


def by_urgency(calls: Iterable[Call], now: datetime) -> list[list[Call]]:
    """Return the calls in groups by their status at a moment, in the order of ``URGENCY``.

    Within a group the next to close stands first.
    """
    groups: dict[Status, list[Call]] = {status: [] for status in URGENCY}
    for call in calls:
        groups[call.status(now)].append(call)
    return [sorted(group, key=_last_deadline) for group in groups.values()]


def _last_deadline(call: Call) -> float:
    ends = [each.moment.ends_at().timestamp() for each in call.deadlines]
    return max(ends, default=float("inf"))


def stored_memory(database: Database, now: Callable[[], datetime], config: Config) -> Memory:
    """Return the translation memory of a database; what it remembers is dated by the clock.

    A gist of a language for which the configuration accepts none is passed over; whether what made
    it is still installed does not matter.
    """
    memory: Memory = TranslationMemory(database, now, Rendering)
    return AcceptedMemory(memory, config.translate.gist)


@dataclass(frozen=True, slots=True)
class AcceptedMemory:
    """A translation memory that hides gists of languages for which none is accepted."""

    memory: Memory
    gist: Collection[str]
    """Languages of which a gist is accepted."""

    def recall(self, originals: Sequence[str], language: str) -> Mapping[str, Sequence[Rendering]]:
        """Return the stored renderings of the sentences, without gists that are not accepted."""
        found = self.memory.recall(originals, language)
        if any(primary(each) == language for each in self.gist):
            return found
        return {
            original: [each for each in renderings if each.status is not TextStatus.GIST]
            for original, renderings in found.items()
        }

    def remember(self, renderings: Sequence[Rendering], language: str) -> datetime:
        """Store renderings, accepted or not."""
        return self.memory.remember(renderings, language)


def all_texts(calls: Iterable[Call]) -> list[Text]:
    """Return the texts of many calls, in order."""
    return [text for call in calls for text in texts_of(call)]
