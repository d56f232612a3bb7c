"""All entries together: by id, by name, by code, and up and down the tree of programmes."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

from vocabulary.actions.entries import Action, ActionsError, read_scope
from vocabulary.actions.phrases import Phrase, collect_phrases, phrase_key
from vocabulary.matching import normalize_for_match, words_for_match

_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_SHORTEST_DECIDING_WORD = 4
"""Letters; what is shorter is an article, a preposition or the abbreviation itself."""


@dataclass(frozen=True, slots=True)
class NamedAction:
    """One of the entries that a phrase may name, and what would decide for it.

    Besides the words, these decide: the country or region (``action.areas``) and the period
    (``action.valid_in``).
    """

    action: Action
    exact: bool
    """Whether the phrase is written as the entry has it, signs included (``ESF+``)."""
    deciding_words: frozenset[str]
    """Normalised words of its names and issuer that no other candidate has."""


class Actions:
    """The authority file. Order is that of the files' names, then of the entries within."""

    def __init__(self, actions: Iterable[Action]) -> None:
        self._by_id: dict[str, Action] = {}
        for each in actions:
            if (other := self._by_id.setdefault(each.id, each)) is not each:
                raise ActionsError(
                    f"{each.scope}.toml: {each.id}: id: stands in {other.scope}.toml too"
                )

    def __iter__(self) -> Iterator[Action]:
        return iter(self._by_id.values())

    def __len__(self) -> int:
        return len(self._by_id)

    def __contains__(self, action_id: object) -> bool:
        return action_id in self._by_id

    def __getitem__(self, action_id: str) -> Action:
        return self._by_id[action_id]

    @cached_property
    def phrases(self) -> Mapping[str, Phrase]:
        """Every name and abbreviation, by its key: the table that matchers work on."""
        return collect_phrases(self)

    def named(self, text: str) -> tuple[NamedAction, ...]:
        """Return every entry with this name or abbreviation, those written so exactly first.

        Capitals, diacritics and signs are disregarded; inflected forms are not recognised.
        """
        phrase = self.phrases.get(phrase_key(text))
        if phrase is None:
            return ()
        written = _compact(text)
        exact = {each.action.id for each in phrase.mentions if _compact(each.written) == written}
        candidates = phrase.actions
        words = {each.id: _words_of(each) for each in candidates}
        found = [
            NamedAction(
                each,
                each.id in exact,
                words[each.id].difference(
                    *(words[other.id] for other in candidates if other is not each)
                ),
            )
            for each in candidates
        ]
        return tuple(sorted(found, key=lambda candidate: not candidate.exact))

    def with_code(self, code: str) -> tuple[Action, ...]:
        """Return the entries whose prefix the code of a call begins with, the longest first.

        A prefix ends where a part of the code ends: ``UP.01`` is no prefix of ``UP.012``.
        """
        printed = normalize_for_match(code.strip()).upper()
        found: dict[str, Action] = {}
        for length in self._prefix_lengths:
            for form in (printed, _YEAR.sub("YYYY", printed)):
                if len(form) >= length and not _splits_a_part(form, length):
                    for each in self._by_prefix.get(form[:length], ()):
                        found.setdefault(each.id, each)
        return tuple(found.values())

    def ancestors(self, action_id: str) -> tuple[Action, ...]:
        """Return the parents, their parents and so on, the nearest first.

        A parent that is no entry is passed over: :mod:`vocabulary.actions.checks` tells of it.
        """
        return self._reach(action_id, lambda each: each.parents)

    def descendants(self, action_id: str) -> tuple[Action, ...]:
        """Return all that belongs to an entry, directly or not, the nearest first."""
        return self._reach(action_id, lambda each: self._children.get(each.id, ()))

    @cached_property
    def _children(self) -> dict[str, list[str]]:
        children: dict[str, list[str]] = {}
        for each in self:
            for parent in each.parents:
                children.setdefault(parent, []).append(each.id)
        return children

    @cached_property
    def _by_prefix(self) -> dict[str, list[Action]]:
        prefixes: dict[str, list[Action]] = {}
        for each in self:
            for prefix in each.code_prefixes:
                prefixes.setdefault(prefix, []).append(each)
        return prefixes

    @cached_property
    def _prefix_lengths(self) -> list[int]:
        return sorted({len(prefix) for prefix in self._by_prefix}, reverse=True)

    def _reach(self, action_id: str, step: Callable[[Action], Iterable[str]]) -> tuple[Action, ...]:
        start = self._by_id[action_id]
        reached: dict[str, Action] = {}
        level = [start]
        while level:
            names = dict.fromkeys(name for each in level for name in step(each))
            unseen = (name for name in names if name not in reached)
            level = [self._by_id[name] for name in unseen if name in self._by_id]
            reached.update((each.id, each) for each in level)
        return tuple(reached.values())


@cache
def load_actions() -> Actions:
    """Return the authority file that comes with Callboard, read once a process.

    Raise :class:`ActionsError` where a file has a wrong shape.
    """
    return read_actions(Path(__file__).parent)


def read_actions(folder: Path) -> Actions:
    """Read a folder of scopes."""
    files = sorted(folder.glob("*.toml"))
    return Actions(action for file in files for action in read_scope(file))


def _compact(text: str) -> str:
    return "".join(normalize_for_match(text).split())


def _splits_a_part(code: str, length: int) -> bool:
    return code[length - 1].isalnum() and code[length : length + 1].isalnum()


def _words_of(action: Action) -> frozenset[str]:
    texts = [text for names in action.names.values() for text in names]
    if action.issuer is not None:
        texts.append(action.issuer)
    words = (word for text in texts for word in words_for_match(text))
    return frozenset(
        word for word in words if len(word) >= _SHORTEST_DECIDING_WORD and not word.isdigit()
    )
