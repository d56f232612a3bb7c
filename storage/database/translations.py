"""The translation memory: the one store that is not derived. A text is translated once, ever.

Keyed by the text's hash, its language, and the engine with its version: a better engine adds a
row, and the older one stays for comparison.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Generic, Protocol, TypeVar

from sqlalchemy import bindparam, select

from schema.calls import TextStatus
from storage.canonical import from_json, to_json
from storage.database.engine import Database
from storage.database.rows import upsert
from storage.database.tables import translation as table
from storage.identity import text_hash

_BATCH = 500
"""Texts asked for in one query; SQLite takes no more than some thousand values at a time."""
_STATUSES = {each.value: each for each in TextStatus}
_RECALL = (
    select(
        table.c.text_hash,
        table.c.english,
        table.c.status,
        table.c.checks,
        table.c.engine,
        table.c.engine_version,
        table.c.translated_at,
    )
    .where(table.c.source_language == bindparam("language"))
    .where(table.c.text_hash.in_(bindparam("hashes", expanding=True)))
    .order_by(table.c.translated_at.desc(), table.c.engine, table.c.engine_version)
)
"""Built once: for a single notice, building it costs as much as running it."""


class StoredRendering(Protocol):
    """One text in English, as whoever translates describes it."""

    @property
    def original(self) -> str:
        """The text."""

    @property
    def english(self) -> str | None:
        """Its English, ``None`` where it failed."""

    @property
    def status(self) -> TextStatus:
        """How the English stands to the original."""

    @property
    def checks(self) -> tuple[str, ...]:
        """What the checks found wanting."""

    @property
    def engine(self) -> str:
        """What translated it."""

    @property
    def version(self) -> str:
        """The engine's model and its version."""


R = TypeVar("R", bound=StoredRendering)


class TranslationMemory(Generic[R]):
    """The memory as translators use it, each call a transaction of its own.

    ``make`` builds their rendering from original, English, status, checks, engine, version and
    moment; ``now`` dates what is remembered (aware). Not for use inside another transaction that
    writes.
    """

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        make: Callable[[str, str | None, TextStatus, tuple[str, ...], str, str, datetime], R],
    ) -> None:
        self._database = database
        self._now = now
        self._make = make

    def recall(self, originals: Sequence[str], language: str) -> Mapping[str, Sequence[R]]:
        """Return what engines and versions made of the texts, by original, newest first."""
        found: dict[str, list[R]] = {}
        if not originals:
            return found
        by_hash = {text_hash(text): text for text in originals}
        hashes = list(by_hash)
        with self._database.read() as connection:
            for start in range(0, len(hashes), _BATCH):
                asked = {"language": language, "hashes": hashes[start : start + _BATCH]}
                for key, english, status, checks, engine, version, at in connection.execute(
                    _RECALL, asked
                ):
                    original = by_hash[key]
                    one = self._make(
                        original, english, _STATUSES[status], _told(checks), engine, version, at
                    )
                    found.setdefault(original, []).append(one)
        return found

    def remember(self, renderings: Sequence[R], language: str) -> datetime:
        """Keep renderings, in the database when it returns; return the moment they are dated.

        What the same engine and version made of a text before is replaced.
        """
        at = self._now()
        rows = [
            {
                "text_hash": text_hash(one.original),
                "source_language": language,
                "engine": one.engine,
                "engine_version": one.version,
                "original": one.original,
                "english": one.english,
                "status": one.status.value,
                "checks": to_json(one.checks),
                "translated_at": at,
            }
            for one in renderings
        ]
        with self._database.write() as connection:
            upsert(connection, table, rows)
        return at


@lru_cache(maxsize=4096)
def _told(checks: str) -> tuple[str, ...]:
    """Return what the checks found; most sentences share one of a few."""
    return from_json(tuple[str, ...], checks)
