"""The bilingual glossary of title words, as ``glossary.toml`` states it."""

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class TitleGlossary:
    """Words of the field by concept; look words up folded."""

    whole: dict[str, str]
    """Folded word to concept."""
    beginnings: dict[str, str]
    """Folded beginning of a word to concept."""
    phrases: tuple[tuple[re.Pattern[str], str], ...]
    """Patterns over folded text, with their concepts."""
    generic: frozenset[str]
    stopwords: frozenset[str]
    ordinals: dict[str, int]
    common_acronyms: frozenset[str]

    def concept(self, word: str) -> str | None:
        """Return the concept of a folded word: the whole word first, then its longest beginning."""
        if word in self.whole:
            return self.whole[word]
        for end in range(len(word), 2, -1):
            if word[:end] in self.beginnings:
                return self.beginnings[word[:end]]
        return None


@cache
def glossary() -> TitleGlossary:
    """Return the glossary, read once."""
    data = tomllib.loads(files("linking").joinpath("glossary.toml").read_text(encoding="utf-8"))
    whole: dict[str, str] = {}
    beginnings: dict[str, str] = {}
    for concept, words in data["concepts"].items():
        for word in words:
            target = beginnings if word.endswith("*") else whole
            target.setdefault(word.removesuffix("*"), concept)
    return TitleGlossary(
        whole=whole,
        beginnings=beginnings,
        phrases=tuple(
            (re.compile(rf"\b{pattern}\b"), concept)
            for concept, patterns in data["phrases"].items()
            for pattern in patterns
        ),
        generic=frozenset(data["generic"]),
        stopwords=frozenset(data["stopwords"]),
        ordinals={word: int(number) for number, ws in data["ordinals"].items() for word in ws},
        common_acronyms=frozenset(data["acronyms"]["common"]),
    )
