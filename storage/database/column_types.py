"""Column types that mean the same in SQLite and in PostgreSQL."""

from datetime import UTC, datetime

from sqlalchemy import Dialect, Text, types
from sqlalchemy.dialects.postgresql import TIMESTAMP

from storage.canonical import storable


class StorableText(types.TypeDecorator[str]):
    """Text from a page; characters that no database takes become U+FFFD, one for one."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """Clean a value on its way in."""
        return None if value is None else storable(value)


class UtcMoment(types.TypeDecorator[datetime]):
    """An aware moment, stored in UTC.

    SQLite keeps it as ``2021-02-02 16:00:00`` (with a fraction where there is one): the form of
    its own ``datetime('now')``, so that the two compare as they stand.
    """

    impl = Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> types.TypeEngine[datetime]:
        """Choose the database's own type."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(TIMESTAMP(timezone=True))
        return dialect.type_descriptor(Text())  # type: ignore[arg-type] # the text of a moment

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | str | None:
        """Turn a moment into what the database keeps."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"a moment without a zone: {value}")
        moment = value.astimezone(UTC)
        if dialect.name == "postgresql":
            return moment
        return moment.replace(tzinfo=None).isoformat(sep=" ")

    def process_result_value(
        self,
        value: datetime | str | None,
        dialect: Dialect,  # noqa: ARG002
    ) -> datetime | None:
        """Turn what the database keeps into an aware moment."""
        if value is None:
            return None
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
