"""PostgreSQL beside SQLite: the same schema, the same views, the same rows.

A private cluster is made for the run, on a socket in a temporary folder. Without PostgreSQL 15's
binaries, or (for what needs a driver) without psycopg, the tests are skipped and say why.
"""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import text
from sqlalchemy.dialects import postgresql
from sqlalchemy.schema import CreateIndex, CreateTable

from schema.calls import DeadlineKind, Status
from storage.database import call_rows, calls
from storage.database.engine import Database
from storage.database.tables import call as call_table
from storage.database.tables import metadata
from storage.database.views import create_statements
from tests.support.calls import FULL, deadlines, on
from tests.support.ingesting import Story, process

BINARIES = Path("/usr/lib/postgresql/15/bin")


@pytest.fixture(scope="module")
def socket() -> Iterator[Path]:
    if not (BINARIES / "initdb").exists():
        pytest.skip(f"no PostgreSQL 15 in {BINARIES}")
    if os.geteuid() == 0 and not shutil.which("runuser"):
        pytest.skip("PostgreSQL does not run as root, and there is no runuser")
    folder = Path(tempfile.mkdtemp(prefix="callboard-pg-"))
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    data = folder / "data"
    run("initdb", "-D", data, "-U", "postgres", "--auth=trust", "--no-sync", "-E", "UTF8")
    options = f"-c listen_addresses= -c unix_socket_directories={folder} -c fsync=off"
    run("pg_ctl", "-D", data, "-w", "-o", options, "-l", folder / "log", "start")
    yield folder
    run("pg_ctl", "-D", data, "-w", "-m", "immediate", "stop")
    shutil.rmtree(folder)


def run(program: str, *arguments: object, given: str | None = None) -> str:
    as_postgres = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    done = subprocess.run(
        [*as_postgres, str(BINARIES / program), *map(str, arguments)],
        input=given,
        capture_output=program == "psql",
        stdout=None if program == "psql" else subprocess.DEVNULL,
        text=True,
        check=False,
        cwd="/",
    )
    assert done.returncode == 0, done.stderr
    return done.stdout or ""


def sql(socket: Path, *statements: str) -> list[str]:
    """Run statements through psql and return the lines it prints."""
    script = ";\n".join(statements) + ";\n"
    options = ("-h", socket, "-U", "postgres", "-v", "ON_ERROR_STOP=1", "-qAt", "-f", "-")
    return run("psql", *options, given=script).splitlines()


STANDING = replace(FULL, deadlines=(), deadline_kind=DeadlineKind.ROLLING, opens_at=None)
STATES = {
    Status.CLOSED: FULL,
    Status.OPEN: replace(FULL, deadlines=deadlines(on(2999, 1, 1))),
    Status.FORTHCOMING: replace(
        FULL, deadlines=deadlines(on(9999, 12, 31)), opens_at=on(2998, 1, 1)
    ),
    Status.UNKNOWN: replace(STANDING, deadline_kind=DeadlineKind.NONE, declared_status=None),
}


def test_postgresql_takes_the_schema_and_the_views_tell_the_status(socket: Path) -> None:
    dialect = postgresql.dialect()
    tables = metadata.sorted_tables
    schema = [str(CreateTable(table).compile(dialect=dialect)) for table in tables]
    schema += [
        str(CreateIndex(index).compile(dialect=dialect))
        for table in tables
        for index in sorted(table.indexes, key=lambda each: str(each.name))
    ]
    rows = [
        str(
            call_table.insert()
            .values(call_rows.to_row(calls.MergedCall(f"c-{status}", call, []), []))
            .compile(dialect=dialect, compile_kwargs={"literal_binds": True})
        )
        for status, call in STATES.items()
    ]
    sql(socket, "CREATE SCHEMA dry", "SET search_path TO dry", *schema, *create_statements(dialect))
    told = sql(
        socket,
        "SET search_path TO dry",
        *rows,
        "SELECT status, id, budget FROM call_now ORDER BY status",
        "SELECT id FROM open_call",
        "SELECT count(*) FROM call_source",
        "SELECT count(*) FROM portal_now",
    )
    now = datetime.now(UTC)
    assert all(call.status(now) is status for status, call in STATES.items())
    statuses = sorted(STATES)
    assert [line.split("|")[:2] for line in told[:4]] == [[each, f"c-{each}"] for each in statuses]
    assert {float(line.split("|")[2]) for line in told[:4]} == {6_000_000.0}
    assert told[4:] == ["c-open", "0", "0"]


def test_postgresql_holds_the_same_rows_as_sqlite(socket: Path, tmp_path: Path) -> None:
    pytest.importorskip("psycopg", reason="psycopg is not installed (callboard[postgres])")
    story = Story(tmp_path)
    story.crawl(0, {"a": FULL, "b": FULL})
    story.crawl(1, {"a": STATES[Status.OPEN]})
    story.crawl(2, {"a": STATES[Status.OPEN]})
    story.process()
    expected = story.rows()
    story.database.dispose()
    database = Database(f"postgresql+psycopg://postgres@/postgres?host={socket}")
    database.migrate()
    database.migrate()
    database.check()
    assert process(story.archive, database) == story.done
    story.database = database
    assert story.rows() == expected
    with database.write() as connection:
        calls.save(connection, [calls.MergedCall("c-1", replace(FULL, evidence={}), [])])
        assert calls.find(connection, calls.CallFilter(text="reti"), datetime.now(UTC))
        status = connection.execute(text("SELECT status FROM call_now")).scalar()
    assert status == Status.CLOSED
    database.dispose()
