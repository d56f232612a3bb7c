"""The rules that the authority file must keep beyond the shape of its entries.

Every problem names the file, the entry and the key, so that whoever edits the data finds it.
"""

import re
import tomllib
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

from vocabulary.actions.authority import Actions
from vocabulary.actions.entries import ANY_LANGUAGE, Action
from vocabulary.actions.phrases import phrase_key
from vocabulary.matching import words_for_match

_COMMON_WORDS = Path(__file__).parent.parent / "common_words.toml"
_HOST = r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}"
_ADDRESS = re.compile(rf"{_HOST}(?:/[\w~.,%+=&?#-]*)*")
_PREFIX = re.compile(r"[A-Z0-9][A-Z0-9.&+_/-]*[A-Z0-9.&+_/-]")


def find_problems(actions: Actions) -> list[str]:
    """Return every breach of a rule, in the order of the entries; none is what is wanted."""
    problems = [
        f"{action.scope}.toml: {action.id}: {found}"
        for action in actions
        for found in _problems_of(action, actions)
    ]
    problems.extend(_same_official_names(actions))
    problems.extend(_contested_prefixes(actions))
    return problems


def _problems_of(action: Action, actions: Actions) -> Iterator[str]:
    yield from _tree(action, actions)
    yield from _wording(action)
    if action.source is None and not action.unverified:
        yield "source: missing, and the entry is not marked unverified"
    if action.source is not None and action.unverified:
        yield "unverified: the entry has a source; one of both is wrong"
    if action.address is not None and not _ADDRESS.fullmatch(action.address):
        yield f"address: {action.address!r} is not a host and path without a scheme"
    if action.descriptive and not (action.parents or action.issuer or action.code_prefixes):
        yield "descriptive: neither parent, issuer nor code_prefixes could tell it apart"
    for prefix in action.code_prefixes:
        if not _PREFIX.fullmatch(prefix):
            yield f"code_prefixes: {prefix!r} is not how a code begins"


def _tree(action: Action, actions: Actions) -> Iterator[str]:
    for parent in action.parents:
        if parent not in actions:
            yield f"parent: {parent!r} is no entry"
        elif not _overlap(action, actions[parent]):
            yield f"parent: {parent!r} has ended before, or begins after"
    if action in actions.ancestors(action.id):
        yield "parent: the entry is among its own ancestors"
    if action.follows is None:
        return
    if action.follows not in actions:
        yield f"follows: {action.follows!r} is no entry"
        return
    before = actions[action.follows].first_year
    if before is not None and action.first_year is not None and before >= action.first_year:
        yield f"follows: {action.follows!r} does not begin earlier"


def _wording(action: Action) -> Iterator[str]:
    for language, names in action.names.items():
        for name in names:
            if not words_for_match(name):
                yield f"names.{language}: {name!r} has no word"
            elif _is_common(name):
                yield f"names.{language}: {name!r} is only common words, no name"
        keys = [phrase_key(name) for name in names]
        if len(set(keys)) < len(keys):
            yield f"names.{language}: two differ only in capitals, accents or signs"
        if language != ANY_LANGUAGE and set(names) & set(action.names.get(ANY_LANGUAGE, ())):
            yield f"names.{language}: stands under names.{ANY_LANGUAGE} too"
    for language, abbreviations in action.abbreviations.items():
        for abbreviation in abbreviations:
            if sum(map(str.isalnum, abbreviation)) < 2:
                yield f"abbreviations.{language}: {abbreviation!r} is one letter"
            elif abbreviation == abbreviation.lower():
                yield f"abbreviations.{language}: {abbreviation!r} has no capital to be known by"


def _is_common(name: str) -> bool:
    """Tell whether a name says only that something is a programme, or what it is about."""
    generic, topics = _common_words()
    words = words_for_match(name)
    if len(words) == 1:
        return words[0] in generic or words[0] in topics
    return all(word in generic or word.isdigit() for word in words)


@cache
def _common_words() -> tuple[frozenset[str], frozenset[str]]:
    data = tomllib.loads(_COMMON_WORDS.read_text(encoding="utf-8"))

    def words(table: str) -> frozenset[str]:
        return frozenset(
            word for line in data[table].values() for each in line for word in words_for_match(each)
        )

    return words("generic"), words("topics")


def _same_official_names(actions: Actions) -> Iterator[str]:
    official: dict[tuple[str, str], list[Action]] = {}
    for action in actions:
        for language, names in action.names.items():
            official.setdefault((language, names[0].casefold()), []).append(action)
    for (language, _), bearers in official.items():
        for first, second in combinations(bearers, 2):
            if _overlap(first, second):
                yield (
                    f"{second.scope}.toml: {second.id}: names.{language}: "
                    f"{first.id!r} has the same official name in the same years"
                )


def _contested_prefixes(actions: Actions) -> Iterator[str]:
    claims: dict[str, list[Action]] = {}
    for action in actions:
        for prefix in action.code_prefixes:
            claims.setdefault(prefix, []).append(action)
    for prefix, claimants in claims.items():
        for first, second in combinations(claimants, 2):
            related = first in actions.ancestors(second.id) or second in actions.ancestors(first.id)
            if not related and _overlap(first, second):
                yield (
                    f"{second.scope}.toml: {second.id}: code_prefixes: "
                    f"{prefix!r} belongs to {first.id!r}"
                )


def _overlap(one: Action, other: Action) -> bool:
    """Tell whether two periods have a year in common; an unknown end is open."""
    return not (_ends_before(one, other) or _ends_before(other, one))


def _ends_before(one: Action, other: Action) -> bool:
    if one.last_year is None or other.first_year is None:
        return False
    return one.last_year < other.first_year
