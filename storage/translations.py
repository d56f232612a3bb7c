"""The translation memory: the one store that is not derived. A text is translated once, ever.

Keyed by the text's hash, its language, and the engine with its version: a better engine adds a
row, and the older one stays for comparison.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Generic, Protocol, TypeVar

from sqlalchemy import Connection, select

from schema.calls import TextStatus
from storage.canonical import from_json, to_json
from storage.database import Database
from storage.identity import text_hash
from storage.rows import upsert
from storage.tables import translation as table

_BATCH = 500
NO_CHECKS = to_json(())


@dataclass(frozen=True, slots=True)
class Translation:
    """One text in English, by one engine."""

    original: str
    source_language: str
    """BCP 47."""
    engine: str
    engine_version: str
    status: TextStatus
    translated_at: datetime
    """Aware."""
    english: str | None = None
    """``None`` where it failed."""
    checks: tuple[str, ...] = ()
    """What the checks found wanting."""


def save(connection: Connection, translations: Iterable[Translation]) -> None:
    """Remember translations, replacing those of the same text by the same engine and version."""
    upsert(
        connection,
        table,
        [
            {
                **{each.name: getattr(one, each.name) for each in fields(Translation)},
                "text_hash": text_hash(one.original),
                "status": one.status.value,
                "checks": to_json(one.checks),
            }
            for one in translations
        ],
    )


def find(
    connection: Connection,
    texts: Iterable[str],
    source_language: str,
    engine: str | None = None,
    engine_version: str | None = None,
) -> dict[str, list[Translation]]:
    """Return what is remembered of some texts, by original; the newest of each first.

    By all engines, unless one, or one version of it, is named.
    """
    originals = {text_hash(text): text for text in texts}
    query = select(table).where(table.c.source_language == source_language)
    if engine is not None:
        query = query.where(table.c.engine == engine)
    if engine_version is not None:
        query = query.where(table.c.engine_version == engine_version)
    query = query.order_by(table.c.translated_at.desc(), table.c.engine, table.c.engine_version)
    found: dict[str, list[Translation]] = {}
    hashes = list(originals)
    for start in range(0, len(hashes), _BATCH):
        batch = query.where(table.c.text_hash.in_(hashes[start : start + _BATCH]))
        for row in connection.execute(batch):
            one = Translation(
                original=originals[row.text_hash],
                source_language=row.source_language,
                engine=row.engine,
                engine_version=row.engine_version,
                status=TextStatus(row.status),
                translated_at=row.translated_at,
                english=row.english,
                checks=from_json(tuple[str, ...], row.checks) if row.checks != NO_CHECKS else (),
            )
            found.setdefault(one.original, []).append(one)
    return found


class Rendering(Protocol):
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


R = TypeVar("R", bound=Rendering)


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
        if not originals:
            return {}
        with self._database.read() as connection:
            found = find(connection, originals, language)
        return {
            original: [
                self._make(
                    original,
                    one.english,
                    one.status,
                    one.checks,
                    one.engine,
                    one.engine_version,
                    one.translated_at,
                )
                for one in translations
            ]
            for original, translations in found.items()
        }

    def remember(self, renderings: Sequence[R], language: str) -> datetime:
        """Keep renderings, in the database when it returns; return the moment they are dated."""
        at = self._now()
        with self._database.write() as connection:
            save(
                connection,
                (
                    Translation(
                        one.original,
                        language,
                        one.engine,
                        one.version,
                        one.status,
                        at,
                        one.english,
                        one.checks,
                    )
                    for one in renderings
                ),
            )
        return at
