"""The database behind one URL: SQLite by default, PostgreSQL by choice.

Writers of SQLite take the write lock when their transaction begins, so two of them wait for each
other instead of failing half-way; readers never wait.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url, text
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
    ProgrammingError,
)

from schema.errors import CallboardError
from storage.database.views import create_statements, drop_statements

HEAD = "0005"
"""The newest migration: the schema that this code reads and writes."""

_MIGRATIONS = Path(__file__).parent / "migrations"


class DatabaseError(CallboardError):
    """The database can't be used; one line says why and what to do."""


class Database:
    """The engine and the state of the schema. Opening it touches nothing yet.

    ``patience`` is how many seconds a writer waits for another one to end. With ``read_only`` the
    database itself refuses every statement that would change it.
    """

    def __init__(self, url: str | URL, patience: float = 30, *, read_only: bool = False) -> None:
        self.read_only = read_only
        try:
            self.url = make_url(url)
            self.engine = _create_engine(self.url, patience, self._file if read_only else None)
            if read_only and self.url.get_backend_name() == "postgresql":
                self.engine = self.engine.execution_options(postgresql_readonly=True)
        except (ArgumentError, NoSuchModuleError) as error:
            raise DatabaseError(
                f"not a database URL: {url!r}; use sqlite:///path or postgresql+psycopg://..."
            ) from error
        except ImportError as error:
            raise DatabaseError(
                f"{self.url.drivername} needs a driver that is not installed: {error.name}; for"
                " PostgreSQL install callboard[postgres]"
            ) from error

    @property
    def name(self) -> str:
        """What to call the database in a message: its path, or its URL without the password."""
        if self.url.get_backend_name() == "sqlite":
            return self.url.database or ":memory:"
        return self.url.render_as_string(hide_password=True)

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Give a connection that sees one consistent state. Raises :class:`DatabaseError`."""
        with self._errors(), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Give a connection whose work is kept as a whole or not at all."""
        with self._errors(), self.engine.connect() as connection:
            connection.execution_options(callboard_writes=True)
            with connection.begin():
                yield connection

    def migrate(self) -> None:
        """Bring the schema up to date, creating the database where there is none."""
        if self._file is not None:
            try:
                self._file.parent.mkdir(parents=True, exist_ok=True)
                if not self._file.exists():
                    for left in ("-wal", "-shm"):  # of a database that was deleted by hand
                        self._file.with_name(self._file.name + left).unlink(missing_ok=True)
            except OSError as error:
                raise DatabaseError(
                    f"can't create the folder of {self.name}: {error.strerror}"
                ) from error
        with self.write() as connection:
            self._refuse_newer(_revision(connection))
            for statement in drop_statements():
                connection.exec_driver_sql(statement)
            _upgrade(connection)
            for statement in create_statements(connection.dialect):
                connection.execute(text(statement.replace(":", r"\:")))

    @property
    def is_new(self) -> bool:
        """Tell whether the database is a file that nobody has written yet."""
        return self._file is not None and not self._file.exists()

    def check(self) -> None:
        """Raise :class:`DatabaseError` unless the schema is the one that this code expects."""
        if self.is_new:
            raise DatabaseError(
                f"no database at {self.name} yet: the first run makes it; "
                "for an empty one, run: callboard db migrate"
            )
        with self.read() as connection:
            revision = _revision(connection)
        self._refuse_newer(revision)
        if revision != HEAD:
            state = "has no tables yet" if revision is None else "is of an older version"
            raise DatabaseError(f"{self.name} {state}; run: callboard db migrate")

    def verify(self) -> list[str]:
        """Read the whole database and return what is broken in it, a line each."""
        self.check()
        if self.url.get_backend_name() != "sqlite":
            return []
        with self.read() as connection:
            broken = [row[0] for row in connection.exec_driver_sql("PRAGMA integrity_check")]
            astray = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
        lines = [line for line in broken if line != "ok"]
        return lines + [f"{row[0]}: a row refers to a missing {row[2]}" for row in astray]

    def dispose(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @property
    def _file(self) -> Path | None:
        """The file of a SQLite database that is given as a plain path, else ``None``."""
        path = self.url.database
        if self.url.get_backend_name() != "sqlite" or not path or path.startswith((":", "file:")):
            return None
        return Path(path)

    def _refuse_newer(self, revision: str | None) -> None:
        if revision is not None and revision > HEAD:
            raise DatabaseError(
                f"{self.name} was written by a newer Callboard (schema {revision}, this one knows"
                f" {HEAD}); update Callboard"
            )

    @contextmanager
    def _errors(self) -> Iterator[None]:
        try:
            yield
        except (IntegrityError, ProgrammingError):
            raise  # a bug of ours: the traceback is wanted
        except DBAPIError as error:
            raise DatabaseError(f"{self.name}: {self._told(str(error.orig))}") from error
        except sqlite3.Error as error:  # while a connection is set up, where nothing wraps it
            raise DatabaseError(f"{self.name}: {self._told(str(error))}") from error

    def _told(self, message: str) -> str:
        if self.read_only and "readonly database" in message:
            return "was opened for reading only"
        return _plain_words(message)


def _create_engine(url: URL, patience: float, read_only_file: Path | None) -> Engine:
    engine = create_engine(url)
    if engine.dialect.name != "sqlite":
        return engine
    pragmas = [f"busy_timeout = {round(patience * 1000)}", "foreign_keys = ON"]
    if read_only_file is None:
        pragmas += ["journal_mode = WAL", "synchronous = NORMAL"]
    else:
        address = f"{read_only_file.absolute().as_uri()}?mode=ro"  # https://sqlite.org/uri.html

        @event.listens_for(engine, "do_connect")
        def open_read_only(
            _dialect: object, _record: object, arguments: list[Any], options: dict[str, Any]
        ) -> None:
            arguments[0], options["uri"] = address, True

    @event.listens_for(engine, "connect")
    def set_up(connection: Any, _record: object) -> None:
        connection.isolation_level = None  # no implicit transactions; see begin() below
        for pragma in pragmas:
            connection.execute(f"PRAGMA {pragma}")

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        writes = connection.get_execution_options().get("callboard_writes")
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    revision: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return revision


def _upgrade(connection: Connection) -> None:
    from alembic import command  # noqa: PLC0415 - only who migrates waits for its import
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


_REMEDIES = (
    ("database is locked", "is in use by another program; try again when it has ended"),
    ("readonly database", "can't be written; check the rights of the file and its folder"),
    ("unable to open database", "can't be opened; check that the folder exists and may be written"),
    ("not a database", "is not a SQLite database; move it away or set another `database`"),
    ("malformed", "is damaged; move it away and run: callboard process --all"),
    ("disk is full", "can't grow: the disk is full"),
    ("disk i/o error", "can't be read or written: the disk reports an error"),
)


def _plain_words(message: str) -> str:
    for sign, words in _REMEDIES:
        if sign in message.lower():
            return words
    return " ".join(message.split()) or "failed without a word"
