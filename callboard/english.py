"""English beside the original: which texts of a call are translated, and the memory in between."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import datetime

from callboard.config import TranslateConfig
from schema.calls import Call, Text
from storage.database import Database
from storage.translations import TranslationMemory
from translators import apertium, argos
from translators.engines import Translator
from translators.packages import packages_folder
from translators.texts import Memory, Rendering

FINDERS: dict[str, Callable[[TranslateConfig], list[Translator]]] = {
    "argos": lambda config: [*argos.find_engines(config.packages or packages_folder())[0]],
    "apertium": lambda config: [*apertium.find_engines(config.gist)],
}
"""The engines that a configuration may name, and how to find what is installed of each."""


def installed_engines(config: TranslateConfig) -> list[Translator]:
    """Return the installed engines in the configured order. No model is loaded by asking."""
    return [engine for name in config.engines for engine in FINDERS[name](config)]


def texts_of(call: Call) -> tuple[Text, ...]:
    """Return the texts of a call that are put into English."""
    summary = (call.summary,) if call.summary else ()
    return (call.title, *summary, *call.conditions)


def with_texts(call: Call, texts: Iterator[Text]) -> Call:
    """Return the call with its texts replaced by the next ones, in the order of ``texts_of``."""
    return replace(
        call,
        title=next(texts),
        summary=next(texts) if call.summary else None,
        conditions=tuple(next(texts) for _ in call.conditions),
    )


def stored_memory(database: Database, now: Callable[[], datetime]) -> Memory:
    """Return the translation memory of a database; what it remembers is dated by the clock."""
    return TranslationMemory(database, now, Rendering)


def all_texts(calls: Iterable[Call]) -> list[Text]:
    """Return the texts of many calls, in order."""
    return [text for call in calls for text in texts_of(call)]
