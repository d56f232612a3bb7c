"""What every offline engine offers: sentences in, English out, or one clear error.

An engine serves the languages of one model, so that its version says what a remembered
translation came from; several models are several engines.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from schema.calls import TextStatus
from schema.errors import CallboardError


class EngineError(CallboardError):
    """The engine cannot work, and nothing was translated; one line with the remedy."""


class Translator(Protocol):
    """One offline engine with one model. Nothing is loaded before the first sentence."""

    @property
    def name(self) -> str:
        """Return the engine's name: ``argos``, ``apertium``."""
        ...

    @property
    def version(self) -> str:
        """Return what a translation depends on: the model and its version."""
        ...

    @property
    def status(self) -> TextStatus:
        """Return the status of its English: ``TRANSLATED`` or ``GIST``."""
        ...

    def languages(self) -> frozenset[str]:
        """Return the languages (BCP 47 primary subtags) that it can put into English."""
        ...

    def translate(self, sentences: Sequence[str], language: str) -> list[str]:
        """Return the English of each sentence, in order; empty where the engine has none.

        Raises :class:`EngineError` if it cannot work at all.
        """
        ...

    def close(self) -> None:
        """Unload the model or end the processes; the next sentence starts them again."""
        ...


def primary(language: str) -> str:
    """Return the primary subtag of a language tag: ``pt`` for ``pt-BR``."""
    return language.replace("_", "-").split("-")[0].casefold()


def engines_for(engines: Iterable[Translator], language: str) -> list[Translator]:
    """Return the engines that can read a language, best first as given."""
    wanted = primary(language)
    return [engine for engine in engines if wanted in engine.languages()]
