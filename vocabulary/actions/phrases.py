"""The names and abbreviations of all entries as one table: normalised phrase → who bears it.

It is what a matcher needs, and no matcher: finding the phrases in a text, in their inflected
forms, is for the rooms that read texts.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from vocabulary.actions.entries import Action
from vocabulary.matching import words_for_match


@dataclass(frozen=True, slots=True)
class Mention:
    """That an entry is named so, in one language."""

    action: Action
    language: str
    written: str
    """As the entry has it. Signs that are no words can decide: ``ESF+`` is not ``ESF``."""
    is_abbreviation: bool
    """An abbreviation counts only with the capitals that it is written with: ``LIFE`` or life."""


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words that name one entry or several."""

    words: tuple[str, ...]
    """In the form of :func:`vocabulary.matching.words_for_match`."""
    mentions: tuple[Mention, ...]

    @property
    def actions(self) -> tuple[Action, ...]:
        """The entries so named, each once, in the order of the files."""
        return tuple({each.action.id: each.action for each in self.mentions}.values())

    @property
    def languages(self) -> frozenset[str]:
        """The languages in which it names something."""
        return frozenset(each.language for each in self.mentions)


def phrase_key(text: str) -> str:
    """Return the form in which a phrase is looked up: its words, one space apart."""
    return " ".join(words_for_match(text))


def collect_phrases(actions: Iterable[Action]) -> Mapping[str, Phrase]:
    """Return all phrases by their key."""
    found: dict[str, list[Mention]] = {}
    for action in actions:
        for texts, is_abbreviation in ((action.names, False), (action.abbreviations, True)):
            for language, written in texts.items():
                for each in written:
                    mention = Mention(action, language, each, is_abbreviation)
                    found.setdefault(phrase_key(each), []).append(mention)
    return {key: Phrase(tuple(key.split(" ")), tuple(mentions)) for key, mentions in found.items()}
