"""Put the notices of a database into English in a process of its own, to be killed or doubled.

usage: python -m tests.support.translating_process FOLDER NAME SLOW

The engine writes each sentence that it is asked for to ``FOLDER/NAME.log``, and its loading and
letting go of its model; SLOW is how long a batch takes at least, in seconds.
"""

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from schema.calls import Text
from storage.database.engine import Database
from storage.database.translations import TranslationMemory
from tests.support.translating import FakeEngine
from translators.claims import ModelClaims
from translators.texts import Rendering, translate_texts

SENTENCES = 400


class LoggedEngine(FakeEngine):
    """A fake that holds a model as a real engine does, and notes everything."""

    def __init__(self, log: Path, slow: float) -> None:
        super().__init__(lambda sentence: f"English of {len(sentence)} and {sentence[-9:]}")
        self._log, self._slow, self._loaded = log, slow, False

    def translate(self, sentences: Sequence[str], language: str) -> list[str]:
        if not self._loaded:
            self._loaded = True
            self.note(f"+model {time.monotonic()}")
        made = super().translate(sentences, language)
        time.sleep(self._slow)
        for sentence in sentences:
            self.note(f"sentence {sentence}")
        return made

    def close(self) -> None:
        if self._loaded:
            self._loaded = False
            self.note(f"-model {time.monotonic()}")

    def note(self, line: str) -> None:
        with self._log.open("a", encoding="utf-8") as stream:
            stream.write(line + "\n")


def texts() -> list[Text]:
    """Return texts whose sentences are all different."""
    letters = "abcdefghijklmnopqrst"
    names = (f"{letters[at % 20]}{letters[at // 20]}" for at in range(SENTENCES))
    return [Text(f"Natječaj za klaster {name * 3} traje.", "hr") for name in names]


def main() -> None:
    """Translate."""
    folder, name, slow = Path(sys.argv[1]), sys.argv[2], float(sys.argv[3])
    database = Database(f"sqlite:///{folder / 'callboard.sqlite'}")
    database.migrate()
    memory = TranslationMemory(database, lambda: datetime.now(UTC), Rendering)
    engine = LoggedEngine(folder / f"{name}.log", slow)
    engine.note("ready")
    translate_texts(texts(), [engine], memory, claim=ModelClaims(folder / "locks"))
    database.dispose()


if __name__ == "__main__":
    main()
