"""The clock of a database: who sets it, and that every view and every query keeps to it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from schema.calls import Call
from storage.database import calls
from storage.database.clock import set_clock
from storage.database.engine import Database
from storage.database.views import this_moment
from tests.support.calls import calls as any_call
from tests.support.demo_run import DemoRun
from tests.support.installation import callboard

NOW = datetime(2020, 11, 23, 7, tzinfo=UTC)
FIRST = datetime(2019, 1, 1, tzinfo=UTC)
MEMORY = Database("sqlite://")


@pytest.fixture(autouse=True, scope="module")
def migrated() -> None:
    MEMORY.migrate()


@settings(max_examples=60)
@given(any_call, st.integers(0, 1500 * 86_400).map(lambda seconds: FIRST + timedelta(0, seconds)))
def test_the_status_in_sql_is_the_calls_own_at_any_clock(call: Call, now: datetime) -> None:
    call = replace(call, evidence={})  # its notices are not in this database
    with MEMORY.write() as connection:
        calls.save(connection, [calls.MergedCall("c-1", call, [])])
        set_clock(connection, now)
        assert connection.scalar(select(this_moment())) == now
        assert connection.scalar(text("SELECT status FROM call_now")) == call.status(now)
        soonest = min(
            (each.moment.ends_at() for each in call.deadlines if each.moment.ends_at() >= now),
            default=None,
        )
        row = connection.execute(select(text("next_deadline_utc FROM call_now"))).scalar_one()
        assert (row and datetime.fromisoformat(row).replace(tzinfo=UTC)) == soonest


def test_without_a_clock_it_is_the_current_time() -> None:
    with MEMORY.write() as connection:
        set_clock(connection, NOW)
        set_clock(connection, None)
        now = connection.scalar(select(this_moment()))
    assert now is not None
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


def test_a_fixed_now_sets_it_and_the_next_run_without_one_takes_it_away(tmp_path: Path) -> None:
    config = tmp_path / "callboard.toml"
    found = []
    for line in ("now = 2020-11-23T07:00:00Z", ""):
        config.write_text(f"{line}\n")
        assert callboard("--config", str(config), "db", "migrate").returncode == 0
        database = Database(f"sqlite:///{tmp_path / 'var' / 'callboard.sqlite'}")
        with database.read() as connection:
            found.append(connection.execute(text("SELECT now FROM clock")).all())
        database.dispose()
    assert found == [[("2020-11-23 07:00:00",)], []]


def test_the_demo_stands_where_its_commands_stand(demo_run: DemoRun) -> None:
    database = Database(f"sqlite:///{demo_run.database}", read_only=True)
    with database.read() as connection:
        assert connection.scalar(select(this_moment())) == NOW
    database.dispose()
    assert f"now = {NOW:%Y-%m-%dT%H:%M:%SZ}" in demo_run.installation.config.read_text()
