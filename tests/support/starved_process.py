"""Translate with a real model in a process whose memory runs out in the middle.

usage: python -m tests.support.starved_process FOLDER WHEN

The first batch of sentences is translated as usual. Then the process may take no more memory than
it has, WHEN it next loads the model (``loading``), or translates (``working``); ``never`` leaves
it alone. Prints how many texts have which status.
"""

import json
import logging
import resource
import sys
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from schema.calls import Text
from storage.database.engine import Database
from storage.database.translations import TranslationMemory
from translators import argos
from translators.claims import ModelClaims
from translators.installation import install_package
from translators.texts import BATCH, Rendering, translate_texts

FIXTURE = Path(__file__).parents[1] / "fixtures" / "models" / "translate-hr_en-fixture.argosmodel"
SENTENCES = BATCH + 12
LONG = 500
"""Characters of a sentence behind the first batch, at least."""


class Starved(argos.ArgosEngine):
    """The fixture model's engine, which has memory for the short sentences only."""

    when = "never"
    _limited = False

    def translate(self, sentences: Sequence[str], language: str) -> list[str]:
        """Translate; the first long sentence meets the limit."""
        if self.when != "never" and not self._limited and len(sentences[0]) >= LONG:
            self._limited = True
            if self.when == "loading":
                self.close()
            taken = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
            resource.setrlimit(resource.RLIMIT_AS, (taken, taken))
        return super().translate(sentences, language)


def texts() -> list[Text]:
    """Return texts of one sentence each: short ones, and behind the first batch long ones."""
    long = " ".join(f"klaster {at} i natječaj" for at in range(80))
    return [
        Text(f"Rok za prijavu {at} je kratak." if at < BATCH else f"Natječaj {at} za {long}.", "hr")
        for at in range(SENTENCES)
    ]


def main() -> None:
    """Translate."""
    logging.basicConfig(format="%(message)s")
    folder, Starved.when = Path(sys.argv[1]), sys.argv[2]
    package, _ = install_package(FIXTURE, folder / "models")
    database = Database(f"sqlite:///{folder / 'callboard.sqlite'}")
    database.migrate()
    memory = TranslationMemory(database, lambda: datetime.now(UTC), Rendering)
    engine = Starved(package, fast=True)
    done = translate_texts(texts(), [engine], memory, claim=ModelClaims(folder / "locks"))
    database.dispose()
    json.dump(Counter(text.status.value for text in done), sys.stdout)


if __name__ == "__main__":
    main()
