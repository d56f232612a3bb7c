"""Engines and a memory made for tests of translation."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from schema.calls import Text, TextStatus
from translators.engines import EngineError
from translators.texts import Rendering, translate_texts


class FakeEngine:
    """An engine whose English is made by a function; it notes what it was asked."""

    name = "fake"
    closed = 0

    def __init__(
        self,
        make: Callable[[str], str] = lambda sentence: f"EN({sentence})",
        languages: Sequence[str] = ("hr", "it"),
        status: TextStatus = TextStatus.TRANSLATED,
        version: str = "1",
    ) -> None:
        self.version = version
        self.make, self.status, self.asked = make, status, []
        self._languages = frozenset(languages)

    asked: list[str]

    def languages(self) -> frozenset[str]:
        return self._languages

    def translate(self, sentences: Sequence[str], language: str) -> list[str]:
        assert language in self._languages
        self.asked += sentences
        return [self.make(sentence) for sentence in sentences]

    def close(self) -> None:
        self.closed += 1


class BrokenEngine(FakeEngine):
    name = "broken"

    def __init__(self) -> None:
        super().__init__(self._break)

    @staticmethod
    def _break(_: str) -> str:
        raise EngineError("broken: the model is damaged. Install it again.")


class DictMemory:
    """A memory that dates each batch a minute after the one before."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, Rendering]] = []
        self.now = datetime(2026, 1, 1, tzinfo=UTC)

    def recall(self, originals: Sequence[str], language: str) -> Mapping[str, list[Rendering]]:
        found: dict[str, list[Rendering]] = {}
        for row_language, each in reversed(self.rows):
            if row_language == language and each.original in originals:
                found.setdefault(each.original, []).append(each)
        return found

    def remember(self, renderings: Sequence[Rendering], language: str) -> datetime:
        self.now += timedelta(minutes=1)
        self.rows += [(language, replace(each, translated_at=self.now)) for each in renderings]
        return self.now


def english(text: str, *engines: FakeEngine, language: str = "hr") -> Text:
    """Return a text put into English with an empty memory."""
    (result,) = translate_texts([Text(text, language)], engines, DictMemory())
    return result
