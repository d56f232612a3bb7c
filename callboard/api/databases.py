"""A database that Callboard has filled, opened to be read by another program."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from sqlalchemy import URL, Connection, Row, select
from sqlalchemy.exc import SQLAlchemyError

from schema.calls import Status
from storage.database.calls import CallFilter, StoredCall, find, get
from storage.database.engine import Database, DatabaseError
from storage.database.events import LinkedEvent, since
from storage.database.views import this_moment

_EVER = datetime.min.replace(tzinfo=UTC)


class CallDatabase:
    """A database opened for reading only; made by :func:`open_database`.

    Every method reads one consistent state, never waits for a run that is writing, and raises
    :class:`CallboardError` with one line where the database can't answer. May be used in ``with``.
    """

    def __init__(self, database: Database) -> None:
        self._database = database

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Close all connections."""
        self._database.dispose()

    def now(self) -> datetime:
        """Return the aware moment for which the database tells a call's status.

        The current time, except in a database with a clock that stands still, such as the demo's.
        """
        with self._read() as connection:
            return connection.execute(select(this_moment())).scalar_one()

    def calls(
        self,
        *,
        status: Status | str | Sequence[Status | str] = (),
        closing_within: timedelta | None = None,
        country: str | None = None,
        portal: str | None = None,
        language: str | None = None,
        programme: str | None = None,
        applicant_type: str | None = None,
        text: str | None = None,
        with_withdrawn: bool = False,
    ) -> list[StoredCall]:
        """Return the calls that pass every filter given, the next to close first.

        ``status``: one or several of ``open``, ``forthcoming``, ``closed``, ``unknown``, at
        :meth:`now`. ``country`` and ``portal`` are those of a portal that announces the call.
        ``text``: words that must all occur, in the original or in English; accents and capitals do
        not matter.
        """
        wanted = CallFilter(
            statuses=_statuses(status),
            closing_within=closing_within,
            country=country,
            portal=portal,
            language=language,
            programme=programme,
            applicant_type=applicant_type,
            text=text,
            with_withdrawn=with_withdrawn,
        )
        with self._read() as connection:
            now = connection.execute(select(this_moment())).scalar_one()
            return find(connection, wanted, now)

    def call(self, id_or_code: str) -> StoredCall:
        """Return the one call whose id begins so, or that has this code exactly.

        Raises :class:`CallboardError` where there is none, or more than one.
        """
        with self._read() as connection:
            return get(connection, id_or_code)

    def events(
        self, start: datetime | None = None, end: datetime | None = None
    ) -> list[LinkedEvent]:
        """Return what happened from one aware moment up to (not including) another, oldest first.

        By default everything. An event has both values and the words of both.
        """
        with self._read() as connection:
            return since(connection, start or _EVER, end)

    def execute(
        self, sql: str, parameters: Sequence[Any] | Mapping[str, Any] = ()
    ) -> list[Row[Any]]:
        """Return all rows of a query, with columns by name (``docs/database.md``).

        Parameters are written as the database's driver has them: ``?`` or ``:name`` in SQLite.
        Anything but a query is refused by the database.
        """
        given = dict(parameters) if isinstance(parameters, Mapping) else tuple(parameters)
        with self._read() as connection:
            return list(connection.exec_driver_sql(sql, given or None).all())

    @contextmanager
    def _read(self) -> Iterator[Connection]:
        try:
            with self._database.read() as connection:
                yield connection
        except SQLAlchemyError as error:
            line = str(getattr(error, "orig", None) or error).splitlines()[0]
            raise DatabaseError(f"{self._database.name}: {line}") from error


def open_database(path: str | Path) -> CallDatabase:
    """Open a SQLite file of Callboard, or another database by its SQLAlchemy URL, read-only.

    Raises :class:`CallboardError` if there is none, or if its schema is of another version.
    """
    if isinstance(path, str) and "://" in path:
        database = Database(path, read_only=True)
    else:
        file = URL.create("sqlite", database=str(Path(path).absolute()))
        database = Database(file, read_only=True)
    try:
        database.check()
    except DatabaseError:
        database.dispose()
        raise
    return CallDatabase(database)


def _statuses(status: Status | str | Sequence[Status | str]) -> list[Status]:
    wanted = [status] if isinstance(status, str) else status
    try:
        return [Status(each) for each in wanted]
    except ValueError as error:
        raise DatabaseError(f"{error}: use {', '.join(Status)}") from error
