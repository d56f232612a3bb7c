"""The database: its schema, its errors, and answers that are the same in SQL and in Python.

Over 400 lines because all sections ask the same small story of crawls.
"""

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, func, inspect, select, text

from processing import progress
from schema.calls import ApplicantType, Call, DeadlineKind, Status, Text, TextStatus
from schema.crawls import CrawlState
from schema.money import Money
from schema.portals import Expectation, Licence, Portal
from storage.database import call_rows, calls, portals, translations
from storage.database.calls import CallFilter, MergedCall, NoSuchCallError
from storage.database.engine import HEAD, Database, DatabaseError
from storage.database.tables import call as call_table
from storage.database.tables import metadata
from storage.database.tables import notice as notice_table
from storage.database.tables import page as page_table
from storage.database.views import VIEWS, next_deadline_at, status_at, this_moment
from storage.identity import notice_id
from tests.support.calls import FULL, deadlines, on, proof, without
from tests.support.calls import calls as any_call
from tests.support.ingesting import FIRST_DAY, PORTAL, Story

NOW = datetime(2020, 12, 1, 12, tzinfo=UTC)
LOMBARDY = Portal(
    stem=PORTAL,
    title="Bandi Online",
    publisher="Region of Lombardy",
    publisher_local="Regione Lombardia",
    country="IT",
    languages=("it", "en"),
    zone="Europe/Rome",
    home="https://example.org/",
    access="sitemap",
    role="original",
    schedule="0 5 * * 1",
    licence=Licence("CC-BY-4.0", "Regione Lombardia", republish=True, translate=True),
    expect=Expectation((3, 50)),
)


@dataclass(frozen=True)
class LinkOfTwo:
    notice_id: str
    role: str = "original"
    reason: str = "code RLA12020034211"
    confidence: str = "certain"


@pytest.fixture
def database() -> Iterator[Database]:
    made = Database("sqlite://")
    made.migrate()
    yield made
    made.dispose()


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    told = Story(tmp_path)
    with told.database.write() as connection:
        portals.save(connection, [LOMBARDY, replace(LOMBARDY, stem="hr_other", country="HR")])
    told.crawl(0, {"a": FULL, "b": FULL})
    told.crawl(1, {"a": FULL}, portal="hr_other")
    told.process()
    yield told
    told.database.dispose()


def merged(
    name: str, call: Call = FULL, *links: tuple[str, str], portal: str = PORTAL
) -> MergedCall:
    return MergedCall(
        f"c-{name}", call, [LinkOfTwo(notice_id(*each)) for each in links or [(portal, "a")]]
    )


# -- schema -----------------------------------------------------------------------------------


def test_migrations_make_exactly_the_tables(database: Database) -> None:
    with database.read() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, metadata) == []
        for table in metadata.tables:
            query = text("SELECT sql FROM sqlite_master WHERE name = :name")
            made = connection.scalar(query, {"name": table})
            assert made.rstrip().endswith("WITHOUT ROWID"), table  # Alembic does not compare it
        assert set(inspect(connection).get_view_names()) == set(VIEWS)


def test_migrations_end_where_the_code_expects() -> None:
    scripts = ScriptDirectory(str(Path(call_rows.__file__).parent / "migrations"))
    assert scripts.get_current_head() == HEAD


def test_every_table_and_column_says_what_it_is() -> None:
    for table in metadata.sorted_tables:
        assert table.comment, table.name
        for column in table.columns:
            assert column.comment, f"{table.name}.{column.name}"


def test_migrating_again_changes_nothing(database: Database) -> None:
    with database.read() as connection:
        before = connection.execute(text("SELECT name, sql FROM sqlite_master")).all()
    database.migrate()
    database.check()
    with database.read() as connection:
        assert connection.execute(text("SELECT name, sql FROM sqlite_master")).all() == before
    assert database.verify() == []


def test_sqlite_is_set_up_for_one_writer_and_many_readers(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new' / 'db.sqlite'}")
    database.migrate()
    with database.read() as connection:
        pragmas = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    assert pragmas == {"journal_mode": "wal", "synchronous": 1, "foreign_keys": 1}
    database.dispose()


# -- errors -----------------------------------------------------------------------------------


def use(url: str) -> None:
    database = Database(url, patience=0.01)
    try:
        database.check()
        with database.write() as connection:
            connection.execute(text("DELETE FROM portal"))
    finally:
        database.dispose()


def spoil(path: Path, statement: str) -> None:
    with sqlite3.connect(path) as connection:
        connection.execute(statement)
    connection.close()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "callboard.sqlite"
    database = Database(f"sqlite:///{path}")
    database.migrate()
    database.dispose()
    return path


def refusal(url: str) -> str:
    with pytest.raises(DatabaseError) as raised:
        use(url)
    assert "\n" not in str(raised.value)
    return str(raised.value)


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    assert "callboard db migrate" in refusal(f"sqlite:///{tmp_path / 'none.sqlite'}")
    assert not (tmp_path / "none.sqlite").exists()


def test_a_database_without_tables(tmp_path: Path) -> None:
    (tmp_path / "empty.sqlite").touch()
    assert "no tables" in refusal(f"sqlite:///{tmp_path / 'empty.sqlite'}")


def test_a_database_of_a_newer_callboard(path: Path) -> None:
    spoil(path, "UPDATE alembic_version SET version_num = '9999'")
    assert "newer Callboard" in refusal(f"sqlite:///{path}")
    newer = Database(f"sqlite:///{path}")
    with pytest.raises(DatabaseError, match="newer Callboard"):
        newer.migrate()
    newer.dispose()


def test_a_database_of_an_older_callboard(path: Path) -> None:
    spoil(path, "UPDATE alembic_version SET version_num = '0000'")
    assert "older version; run: callboard db migrate" in refusal(f"sqlite:///{path}")


def test_a_database_that_may_not_be_written(path: Path) -> None:
    assert "can't be written" in refusal(f"sqlite:///file:{path}?mode=ro&uri=true")


def test_a_database_that_is_locked(path: Path) -> None:
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    assert "in use by another program" in refusal(f"sqlite:///{path}")
    other.close()


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("Dear diary, " * 100)
    assert "not a SQLite database" in refusal(f"sqlite:///{path}")


def test_a_folder_that_can_not_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    database = Database(f"sqlite:///{tmp_path / 'file' / 'db.sqlite'}")
    with pytest.raises(DatabaseError, match="can't create the folder"):
        database.migrate()
    database.dispose()


def test_a_folder_where_the_file_should_be(tmp_path: Path) -> None:
    assert "can't be opened" in refusal(f"sqlite:///{tmp_path}")


def test_what_a_deleted_database_left_behind_does_not_matter(path: Path) -> None:
    connection = sqlite3.connect(path)
    connection.execute("INSERT INTO portal (stem, title) VALUES ('it_old', 'Old')")
    connection.commit()  # stands in the -wal file while the connection lives
    path.unlink()
    assert path.with_name(path.name + "-wal").stat().st_size > 0
    database = Database(f"sqlite:///{path}")
    database.migrate()
    assert database.verify() == []
    with database.read() as connected:
        assert portals.states(connected) == []
    database.dispose()
    connection.close()


@pytest.mark.parametrize("url", ["", "nonsense", "dbase3:///x"])
def test_a_url_that_is_none(url: str) -> None:
    with pytest.raises(DatabaseError, match="not a database URL"):
        Database(url)


def test_damage_is_found(path: Path) -> None:
    spoil(path, "PRAGMA foreign_keys = OFF")
    spoil(path, "INSERT INTO call_code VALUES ('c-none', 1, 'X')")
    database = Database(f"sqlite:///{path}")
    assert database.verify() == ["call_code: a row refers to a missing call"]
    database.dispose()


def test_a_transaction_that_fails_leaves_nothing(database: Database) -> None:
    def fail(connection: Connection) -> None:
        portals.save(connection, [LOMBARDY])
        raise RuntimeError("broke off")

    with pytest.raises(RuntimeError), database.write() as connection:
        fail(connection)
    with database.read() as connection:
        assert portals.states(connection) == []


# -- status -----------------------------------------------------------------------------------


def instants(call: Call) -> list[datetime]:
    edges = [deadline.moment.ends_at() for deadline in call.deadlines]
    if call.opens_at is not None:
        edges.append(call.opens_at.starts_at())
    steps = [timedelta(0), timedelta(microseconds=1), timedelta(seconds=1), timedelta(days=1)]
    return [NOW, *(edge + sign * step for edge in edges for step in steps for sign in (-1, 1))]


@settings(max_examples=60)
@given(any_call)
def test_status_in_sql_is_the_status_of_the_schema_at_every_instant(call: Call) -> None:
    database = DATABASE
    with database.write() as connection:
        calls.save(connection, [MergedCall("c-1", replace(call, evidence={}), [])])
        for now in instants(call):
            status, coming = connection.execute(
                select(status_at(now), next_deadline_at(now)).select_from(call_table)
            ).one()
            ends = [deadline.moment.ends_at() for deadline in call.deadlines]
            assert status == call.status(now)
            assert coming == min((end for end in ends if end >= now), default=None)


DATABASE = Database("sqlite://")


@pytest.fixture(autouse=True, scope="module")
def _shared_database() -> Iterator[None]:
    DATABASE.migrate()
    yield
    DATABASE.dispose()


STANDING = replace(FULL, deadlines=(), deadline_kind=DeadlineKind.ROLLING)


@pytest.mark.parametrize(
    "call",
    [
        FULL,
        replace(FULL, deadlines=deadlines(on(2999, 1, 1))),
        replace(FULL, deadlines=deadlines(on(2999, 1, 1)), opens_at=on(2998, 1, 1)),
        replace(FULL, deadlines=deadlines(on(2999, 1, 1)), declared_status=Status.CLOSED),
        replace(FULL, deadlines=deadlines(on(2020, 1, 1), on(9999, 12, 31))),
        STANDING,
        replace(STANDING, deadline_kind=DeadlineKind.NONE, declared_status=None),
        replace(STANDING, is_call=False),
    ],
)
def test_the_views_tell_the_status_of_this_moment(database: Database, call: Call) -> None:
    status = call.status(datetime.now(UTC))
    with database.write() as connection:
        calls.save(connection, [MergedCall("c-1", call, [])])
        assert connection.execute(text("SELECT status FROM call_now")).all() == [(status,)]
        (count,) = connection.execute(text("SELECT count(*) FROM open_call")).one()
    assert count == (status is Status.OPEN and call.is_call)


def test_this_moment_is_written_as_moments_are(database: Database) -> None:
    with database.read() as connection:
        now = connection.scalar(select(this_moment()))
    assert now is not None
    assert abs(datetime.now(UTC) - now) < timedelta(minutes=1)


# -- calls ------------------------------------------------------------------------------------


@settings(max_examples=40)
@given(any_call)
def test_a_call_comes_back_as_it_went_in(call: Call) -> None:
    bare = replace(call, evidence={})  # its notices are not in this database
    with DATABASE.write() as connection:
        calls.save(connection, [MergedCall("c-1", bare, [])])
        assert calls.get(connection, "c-1").call == bare


def test_amounts_are_exact_and_add_up(database: Database) -> None:
    bare = replace(FULL, evidence={})
    amounts = ["0.10", "0.20", "1234567890123.45"]
    with database.write() as connection:
        calls.save(
            connection,
            [
                MergedCall(
                    f"c-{number}", replace(bare, budget_total=Money(Decimal(each), "EUR")), []
                )
                for number, each in enumerate(amounts)
            ],
        )
        total = connection.scalar(select(func.sum(call_table.c.budget_eur_cents)))
        row = connection.execute(text("SELECT budget FROM call_now WHERE id = 'c-1'")).one()
    assert Decimal(total) / 100 == sum(map(Decimal, amounts))
    assert row.budget == 0.2


def test_kuna_keep_their_amount_with_euro_beside(database: Database) -> None:
    call = replace(FULL, budget_total=Money(Decimal(7_534_500), "HRK"), evidence={})
    with database.write() as connection:
        calls.save(connection, [MergedCall("c-1", call, [])])
        row = connection.execute(select(call_table)).one()
    assert (row.budget_cents, row.budget_currency) == (753_450_000, "HRK")
    assert row.budget_eur_cents == 100_000_000


def test_one_call_from_two_notices(story: Story) -> None:
    evidence = {
        "budget_total": (proof("6.000.000 euro", source=notice_id(PORTAL, "a")),),
        "deadlines": (proof("2 febbraio", source=notice_id("hr_other", "a") + ".1"),),
    }
    call = replace(FULL, evidence=evidence)
    with story.database.write() as connection:
        calls.save(connection, [merged("one", call, (PORTAL, "a"), ("hr_other", "a"))])
    with story.database.read() as connection:
        stored = calls.get(connection, "c-on")
        values = connection.execute(
            text("SELECT field, value, quote, portal FROM call_value JOIN notice"
                 " ON notice.id = call_value.notice_id ORDER BY field")
        ).all()  # fmt: skip
        sources = connection.execute(text("SELECT portal, country FROM call_source")).all()
        row = connection.execute(select(call_table)).one()
    assert stored.call == call
    assert [source.portal for source in stored.sources] == [PORTAL, "hr_other"]
    assert stored.sources[0].attribution == "Regione Lombardia"
    assert stored.first_seen_at == FIRST_DAY + timedelta(seconds=1)
    assert values == [
        ("budget_total", "6000000 EUR", "6.000.000 euro", PORTAL),
        ("deadlines", "2021-02-02T17:00", "2 febbraio", "hr_other"),
    ]
    assert sorted(sources) == [("hr_other", "HR"), (PORTAL, "IT")]
    assert (row.notices, row.portals) == (2, f"{PORTAL} hr_other")
    assert row.lead_notice_id == notice_id(PORTAL, "a")


def test_each_piece_of_evidence_stands_beside_the_value_that_it_shows(story: Story) -> None:
    here, there = notice_id(PORTAL, "a"), notice_id("hr_other", "a")
    call = replace(
        FULL,
        codes=("RLA1", "COS-3-03"),
        applicant_types=(ApplicantType.SME, ApplicantType.NGO),
        deadlines=deadlines(on(2021, 3, 1), on(2021, 6, 1)),
        evidence={
            "codes": (proof("codice RLA1", source=here), proof("RLA1", source=there)),
            "applicant_types": (proof("PMI", source=here), proof("ONLUS", source=here)),
            "deadlines": (proof("1 marzo", source=here), proof("1. lipnja", source=there)),
        },
    )
    with story.database.write() as connection:
        calls.save(connection, [merged("one", call, (PORTAL, "a"), ("hr_other", "a"))])
        rows = connection.execute(
            text("SELECT field, quote, value FROM call_value ORDER BY field, number")
        ).all()
    assert rows == [
        ("applicant_types", "PMI", "sme"),
        ("applicant_types", "ONLUS", "ngo"),
        ("codes", "codice RLA1", "RLA1"),
        ("codes", "RLA1", "RLA1"),
        ("deadlines", "1 marzo", "2021-03-01; 2021-06-01"),
        ("deadlines", "1. lipnja", "2021-03-01; 2021-06-01"),
    ]


def test_saving_replaces_what_changed_and_forgets_what_is_gone(story: Story) -> None:
    other = replace(FULL, codes=("NEW-1",))
    with story.database.write() as connection:
        calls.save(connection, [merged("a"), merged("b", FULL, (PORTAL, "b"))])
        calls.save(connection, [merged("b", other, (PORTAL, "b")), merged("d")])
        found = calls.find(connection, CallFilter(), NOW)
        codes = connection.execute(text("SELECT call_id, code FROM call_code ORDER BY 1")).all()
    assert {each.id: each.call for each in found} == {"c-b": other, "c-d": FULL}
    assert codes == [("c-b", "NEW-1"), ("c-d", "RLA12020034211")]


def test_the_way_to_the_same_calls_leaves_no_trace(story: Story) -> None:
    a, b, other = merged("a"), merged("b", FULL, (PORTAL, "b")), replace(FULL, codes=("X-1",))
    with story.database.write() as connection:
        calls.save(connection, [a, b])
    straight = story.dump()
    for step in ([b], [merged("c"), merged("b", other, (PORTAL, "b"))], [b, a]):
        with story.database.write() as connection:
            calls.save(connection, step)
    assert story.dump() == straight


def test_saving_the_same_touches_nothing(story: Story) -> None:
    both = [merged("a"), merged("b", FULL, (PORTAL, "b"))]
    with story.database.write() as connection:
        calls.save(connection, both)
    before = story.rows()
    with story.database.write() as connection:
        calls.save(connection, reversed(both))
        changes = connection.exec_driver_sql("SELECT total_changes()").scalar()
        calls.save(connection, both)
        assert connection.exec_driver_sql("SELECT total_changes()").scalar() == changes
    assert story.rows() == before


def test_a_call_is_withdrawn_with_its_last_notice(story: Story) -> None:
    one = merged("one", FULL, (PORTAL, "a"), (PORTAL, "b"))
    story.crawl(2, {"b": FULL})
    story.crawl(3, {"b": FULL})
    story.process()
    with story.database.write() as connection:
        calls.save(connection, [one])
        assert calls.get(connection, "c-one").withdrawn_at is None
    story.crawl(4, {})
    story.crawl(5, {})
    story.process()
    with story.database.write() as connection:
        calls.save(connection, [one])
        assert calls.get(connection, "c-one").withdrawn_at is not None
        assert calls.find(connection, CallFilter(), NOW) == []
        assert len(calls.find(connection, CallFilter(with_withdrawn=True), NOW)) == 1


CATALOGUE = {
    "open": (FULL, PORTAL),
    "later": (
        replace(FULL, deadlines=deadlines(on(2021, 12, 31)), programme="ERDF", codes=("X",)),
        PORTAL,
    ),
    "closed": (replace(FULL, deadlines=deadlines(on(2020, 11, 1))), PORTAL),
    "coming": (replace(FULL, opens_at=on(2021, 1, 1)), PORTAL),
    "rolling": (
        replace(
            without(FULL, "deadlines"),
            deadline_kind=DeadlineKind.ROLLING,
            language="hr",
            title=Text("Poziv za žene", "hr", "Call for women", "argos", TextStatus.TRANSLATED),
            applicant_types=(ApplicantType.SME, ApplicantType.NGO),
        ),
        "hr_other",
    ),
    "result": (replace(FULL, is_call=False, is_call_reason="result"), PORTAL),
}  # fmt: skip


@pytest.mark.parametrize(
    ("wanted", "expected"),
    [
        (CallFilter(), ["closed", "coming", "later", "open", "rolling"]),
        (CallFilter(statuses=[Status.OPEN]), ["later", "open", "rolling"]),
        (CallFilter(statuses=[Status.FORTHCOMING, Status.CLOSED]), ["closed", "coming"]),
        (CallFilter(closing_within=timedelta(days=70)), ["coming", "open"]),
        (CallFilter(closing_within=timedelta(days=7)), []),
        (CallFilter(country="hr"), ["rolling"]),
        (CallFilter(portal="hr_other"), ["rolling"]),
        (CallFilter(language="hr"), ["rolling"]),
        (CallFilter(programme="erdf"), ["later"]),
        (CallFilter(applicant_type="sme"), ["rolling"]),
        (CallFilter(text="ZENE poziv"), ["rolling"]),
        (CallFilter(text="women"), ["rolling"]),
        (CallFilter(text="RLA12020034211 cosme"), ["closed", "coming", "open", "rolling"]),
        (CallFilter(text="100%"), []),
        (CallFilter(with_others=True, programme="ERDF"), ["later"]),
        (CallFilter(with_others=True, text="RLA1"), sorted(set(CATALOGUE) - {"later"})),
    ],
)  # fmt: skip
def test_finding(story: Story, wanted: CallFilter, expected: list[str]) -> None:
    with story.database.write() as connection:
        calls.save(
            connection,
            [
                merged(name, replace(call, evidence={}), (portal, "a"))
                for name, (call, portal) in CATALOGUE.items()
            ],
        )
        found = calls.find(connection, wanted, NOW)
    assert sorted(each.id.removeprefix("c-") for each in found) == expected
    dated = [each for each in found if each.call.status(NOW) is not Status.CLOSED]
    ends = [each.call.deadlines[-1].moment.ends_at() for each in dated if each.call.deadlines]
    assert ends == sorted(ends)


def test_getting_one_by_prefix_or_code(story: Story) -> None:
    with story.database.write() as connection:
        calls.save(connection, [merged("abc"), merged("abd", without(FULL, "codes"))])
        assert calls.get(connection, "c-abc").id == "c-abc"
        assert calls.get(connection, "RLA12020034211").id == "c-abc"
        with pytest.raises(NoSuchCallError, match="c-abc, c-abd"):
            calls.get(connection, "c-ab")
        with pytest.raises(NoSuchCallError, match="no call c-x"):
            calls.get(connection, "c-x")


def test_a_call_that_cannot_be_stored_costs_itself(
    story: Story, monkeypatch: pytest.MonkeyPatch
) -> None:
    to_row = calls.to_row

    def fail(merged: MergedCall, notices: Any) -> Any:
        if merged.id == "c-two":
            raise ArithmeticError("of ours")
        return to_row(merged, notices)

    with story.database.write() as connection:
        calls.save(connection, [])
        monkeypatch.setattr(calls, "to_row", fail)
        unstored = calls.save(connection, [merged("one"), merged("two"), merged("three")])
        assert unstored == {"c-two": "ArithmeticError"}
        assert {each.id for each in calls.find(connection, CallFilter(), NOW)} == {
            "c-one",
            "c-three",
        }


def test_more_money_than_a_column_takes_stays_with_the_call(story: Story) -> None:
    much = Money(Decimal(10) ** 17, "EUR")
    with story.database.write() as connection:
        assert calls.save(connection, [merged("one", replace(FULL, budget_total=much))]) == {}
        assert calls.get(connection, "c-one").call.budget_total == much


# -- the rest ---------------------------------------------------------------------------------


def test_every_page_of_the_archive_has_a_row(story: Story) -> None:
    with story.database.read() as connection:
        rows = connection.execute(select(page_table).order_by(page_table.c.id)).all()
    assert [row.number for row in rows] == [1, 1, 2]
    for row in rows:
        exchange = story.archive.read(row.id)
        assert (row.url, row.bytes) == (exchange.url, len(exchange.body))


def test_how_each_portal_stands(story: Story) -> None:
    story.crawl(2, {}, CrawlState.BLOCKED)
    story.process()
    with story.database.write() as connection:
        portals.save(connection, [replace(LOMBARDY, stem="zz_new")])
        other, lombardy, new = portals.states(connection)
    assert (other.stem, other.state, other.notices) == ("hr_other", CrawlState.COMPLETE, 1)
    assert (lombardy.stem, lombardy.state) == (PORTAL, CrawlState.BLOCKED)
    assert lombardy.last_complete_at == FIRST_DAY + timedelta(hours=1)
    assert (lombardy.notices, lombardy.standing) == (2, 2)
    assert (new.state, new.crawl_id, new.notices) == (None, None, 0)


def test_clearing_keeps_portals_and_translations(story: Story) -> None:
    memory = translations.TranslationMemory(story.database, lambda: NOW, MadeRendering)
    memory.remember(
        [MadeRendering("Bando", "Call", TextStatus.TRANSLATED, (), "argos", "1.9")], "it"
    )
    with story.database.write() as connection:
        calls.save(connection, [merged("one")])
        progress.clear_derived(connection)
    left = {name for name, rows in story.rows().items() if rows}
    assert left == {"portal", "translation"}


@dataclass(frozen=True)
class MadeRendering:
    original: str
    english: str | None
    status: TextStatus
    checks: tuple[str, ...]
    engine: str
    version: str
    translated_at: datetime | None = None


def test_the_memory_remembers_by_text_language_engine_and_version(database: Database) -> None:
    clock = iter(NOW + timedelta(hours=hour) for hour in range(9))
    memory = translations.TranslationMemory(database, lambda: next(clock), MadeRendering)
    call = MadeRendering("Bando", "Call", TextStatus.TRANSLATED, (), "argos", "1.9")
    failed = MadeRendering("Proroga", None, TextStatus.FAILED, ("repetition",), "argos", "1.9")
    assert memory.remember([call, failed], "it") == NOW
    asked = ["Proroga", "Bando", "Avviso"]
    dated = [replace(each, translated_at=NOW) for each in (call, failed)]
    assert memory.recall(asked, "it") == {"Bando": dated[:1], "Proroga": dated[1:]}
    assert memory.recall(asked, "hr") == {}
    better = MadeRendering("Proroga", "Extension", TextStatus.TRANSLATED, (), "argos", "1.9")
    at = memory.remember([better], "it")
    assert memory.recall(["Proroga"], "it") == {"Proroga": [replace(better, translated_at=at)]}
    gist = replace(better, engine="apertium", version="3.8")
    later = memory.remember([gist], "it")
    assert memory.recall(["Proroga"], "it")["Proroga"] == [
        replace(gist, translated_at=later),
        replace(better, translated_at=at),
    ]


@settings(max_examples=30)
@given(st.lists(st.text(max_size=30), max_size=4))
def test_any_text_can_be_remembered(originals: list[str]) -> None:
    memory = translations.TranslationMemory(DATABASE, lambda: NOW, MadeRendering)
    made = [
        MadeRendering(each, "x", TextStatus.GIST, (), "argos", "1", NOW)
        for each in dict.fromkeys(originals)
    ]
    memory.remember(made, "sl")
    assert memory.recall(originals, "sl") == {each.original: [each] for each in made}


def test_any_characters_of_a_page_can_be_stored(story: Story) -> None:
    odd = replace(FULL, title=Text("Bando\x00 \ud800 \U0001f600", "it"), evidence={})
    story.crawl(2, {"odd": odd})
    story.process()
    with story.database.read() as connection:
        titles = connection.scalars(select(notice_table.c.title)).all()
    assert "Bando\ufffd \ufffd \U0001f600" in titles
