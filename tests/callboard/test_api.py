"""The public interface: what it offers, what it loads, and how it fails."""

import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

import callboard
from callboard import CallboardError, Notice
from storage.database.engine import Database
from tests.support.demo_run import DemoRun

HEAVY = {"lxml", "sqlalchemy", "scrapy", "pydantic", "bs4", "twisted", "langdetect", "click"}
CODE = "RLX12021099999"


def notice(name: str, text: str = f"Bando {CODE}. Scadenza: 15 settembre 2021.") -> Notice:
    return Notice(id=name, portal="it_region", text=text, language="it")


def loaded_by(statements: str) -> set[str]:
    program = (
        f"{statements}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    return set(done.stdout.split())


def test_the_import_loads_nothing_heavy() -> None:
    loaded = loaded_by("import callboard")
    assert "callboard" in loaded
    assert not HEAVY & loaded


def test_a_name_loads_what_it_needs_and_no_more() -> None:
    assert not HEAVY & loaded_by("from callboard import Call, CallboardError")
    assert not {"sqlalchemy", "scrapy", "pydantic"} & loaded_by("from callboard import extract")
    assert "scrapy" not in loaded_by("from callboard import open_database")


def test_every_name_is_there_and_documented() -> None:
    page = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
    for name in callboard.__all__:
        assert getattr(callboard, name).__doc__, name
        assert name in page
        assert name in dir(callboard)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        callboard.nothing  # noqa: B018


# -- extract ----------------------------------------------------------------------------------


def test_text_and_html_are_read_alike() -> None:
    of_text = callboard.extract(text="Bando Sport\n\nScadenza: 15 settembre 2021.", language="it")
    of_html = callboard.extract(
        html="<h1>Bando Sport</h1><p>Scadenza: 15 settembre 2021.</p>", language="it"
    )
    assert of_text.title.original == of_html.title.original == "Bando Sport"
    assert of_text.deadlines == of_html.deadlines != ()


@pytest.mark.parametrize("content", [{}, {"text": "a", "html": "<p>a"}])
def test_exactly_one_content_is_wanted(content: dict[str, str]) -> None:
    with pytest.raises(CallboardError, match="either text or html"):
        callboard.extract(**content)  # type: ignore[arg-type] # what a dynamic caller may do


def test_a_day_without_a_year_needs_the_day_of_reading() -> None:
    text = "Bando Sport\n\nScadenza: 15 settembre."
    assert callboard.extract(text=text).deadlines == ()
    (deadline,) = callboard.extract(text=text, fetched_on=date(2021, 6, 1)).deadlines
    assert deadline.moment.on == date(2021, 9, 15)


def test_links_to_documents_are_resolved_and_a_bad_address_costs_only_itself() -> None:
    html = '<h1>Bando</h1><p>Scadenza: 15 settembre 2021. <a href="{}">Bando</a></p>'
    for url, link, document in (
        ("https://a.example/b/", "c.pdf", "https://a.example/b/c.pdf"),
        ("https://a.example/b/", "http://[c.pdf", "http://[c.pdf"),
        ("http://[a", "c.pdf", "c.pdf"),
    ):
        call = callboard.extract(html=html.format(link), url=url)
        assert [each.url for each in call.documents] == [document]
        assert call.deadlines


def test_the_flat_form_has_a_status_only_for_a_moment() -> None:
    call = callboard.extract(text="Bando Sport\n\nScadenza: 15 settembre 2021.", language="it")
    assert callboard.to_dict(call)["status"] is None
    now = datetime(2021, 6, 1, tzinfo=UTC)
    assert callboard.to_dict(call, id="a", now=now)["status"] == "open"


# -- link -------------------------------------------------------------------------------------


def test_the_order_of_notices_does_not_matter() -> None:
    notices = [notice("a"), notice("b"), notice("c", "Bando Arte 2021. Scadenza: 1 luglio 2021.")]
    found = callboard.link(notices)
    assert found == callboard.link(reversed(notices))
    assert sorted(len(each.notices) for each in found) == [1, 2]
    (pair,) = (each for each in found if len(each.notices) == 2)
    assert {each.notice.id for each in pair.notices} == {"a", "b"}
    assert CODE in pair.notices[0].reason


def test_the_earliest_notice_gives_the_id_and_one_without_a_day_does_not() -> None:
    dated = Notice(id="z", portal="it_region", text=notice("z").text, fetched_on=date(2021, 1, 1))
    (alone,) = callboard.link([dated])
    (both,) = callboard.link([dated, notice("a")])
    assert both.id == alone.id


@pytest.mark.parametrize(
    ("notices", "told"),
    [
        ([notice("a"), notice("a")], "given twice"),
        ([Notice(id="a", portal="p")], "either text or html"),
        ([Notice(id="a", portal="p", text="Bando", role="issuer")], "role 'issuer' is none of"),
    ],
)
def test_notices_that_do_not_fit_are_refused(notices: list[Notice], told: str) -> None:
    with pytest.raises(CallboardError, match=told):
        callboard.link(notices)


# -- open_database ----------------------------------------------------------------------------


def test_a_database_answers_at_its_own_clock(demo_run: DemoRun) -> None:
    with callboard.open_database(demo_run.database) as database:
        now = database.now()
        assert now == datetime(2020, 11, 23, 7, tzinfo=UTC)
        found = database.calls(status="open")
        assert {each.call.status(now) for each in found} == {"open"}
        (counted,) = database.execute("SELECT count(*) AS calls FROM open_call")
        assert counted.calls == len(found) > 10
        closing = database.calls(status=["open"], closing_within=timedelta(days=14))
        assert 0 < len(closing) < len(found)
        assert database.call(found[0].id) == found[0]
        assert len(database.events()) > len(database.events(start=now - timedelta(days=2))) > 0


def test_parameters_are_bound(demo_run: DemoRun) -> None:
    with callboard.open_database(str(demo_run.database)) as database:
        by_place = database.execute("SELECT id FROM call WHERE programme = ?", ["COSME"])
        by_name = database.execute("SELECT id FROM call WHERE programme = :p", {"p": "COSME"})
    assert by_place == by_name != []


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("DELETE FROM call", "was opened for reading only"),
        ("CREATE TABLE a (b)", "was opened for reading only"),
        ("SELEC", "syntax error"),
        ("SELECT ?", "bindings"),
    ],
)
def test_what_is_no_query_is_refused(demo_run: DemoRun, statement: str, told: str) -> None:
    with (
        callboard.open_database(demo_run.database) as database,
        pytest.raises(CallboardError, match=told) as raised,
    ):
        database.execute(statement)
    assert "\n" not in str(raised.value)


def test_an_unknown_call_or_status_is_an_error(demo_run: DemoRun) -> None:
    with callboard.open_database(demo_run.database) as database:
        with pytest.raises(CallboardError, match="no call c-none"):
            database.call("c-none")
        with pytest.raises(CallboardError, match="forthcoming"):
            database.calls(status="opened")


def test_a_database_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(CallboardError, match="no database"):
        callboard.open_database(tmp_path / "none.sqlite")
    assert not (tmp_path / "none.sqlite").exists()


def test_a_folder_name_may_hold_any_character(tmp_path: Path) -> None:
    folder = tmp_path / "what? 100% #1"
    folder.mkdir()
    made = Database(f"sqlite:///{tmp_path / 'plain.sqlite'}")
    made.migrate()
    made.dispose()
    (tmp_path / "plain.sqlite").rename(folder / "calls.sqlite")
    with callboard.open_database(folder / "calls.sqlite") as database:
        assert database.calls() == []


def test_a_run_that_writes_is_not_waited_for(tmp_path: Path) -> None:
    file = tmp_path / "busy.sqlite"
    writer = Database(f"sqlite:///{file}")
    writer.migrate()
    with writer.write() as connection, callboard.open_database(file) as database:
        connection.exec_driver_sql("INSERT INTO derivation (portal, code) VALUES ('it_x', 'a')")
        assert database.execute("SELECT * FROM derivation") == []
    writer.dispose()
