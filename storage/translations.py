"""The translation memory: the one store that is not derived. A text is translated once, ever.

Keyed by the text's hash, its language, and the engine with its version: a better engine adds a
row, and the older one stays for comparison.
"""

from collections.abc import Iterable
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, select

from schema.calls import TextStatus
from storage.canonical import from_json, to_json
from storage.identity import text_hash
from storage.rows import upsert
from storage.tables import translation as table

_BATCH = 500


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
    connection: Connection, texts: Iterable[str], source_language: str
) -> dict[str, list[Translation]]:
    """Return all that is remembered of some texts, by original; the newest of each first."""
    found: dict[str, list[Translation]] = {}
    hashes = [text_hash(text) for text in texts]
    for start in range(0, len(hashes), _BATCH):
        rows = connection.execute(
            select(table)
            .where(
                table.c.text_hash.in_(hashes[start : start + _BATCH]),
                table.c.source_language == source_language,
            )
            .order_by(table.c.translated_at.desc(), table.c.engine, table.c.engine_version)
        )
        for row in rows:
            one = Translation(
                original=row.original,
                source_language=row.source_language,
                engine=row.engine,
                engine_version=row.engine_version,
                status=TextStatus(row.status),
                translated_at=row.translated_at,
                english=row.english,
                checks=from_json(tuple[str, ...], row.checks),
            )
            found.setdefault(row.original, []).append(one)
    return found
