"""Ingestion: nothing is lost, silence is not closure, and the same archive gives the same rows."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from crawlers import registry
from schema.calls import Call, Text
from schema.crawls import CrawlState
from schema.events import EventKind
from schema.issues import Issue
from schema.portals import DocumentPolicy
from storage.database import events, issues, notices
from storage.database.tables import notice as notice_table
from storage.identity import notice_id
from tests.support.calls import FULL, deadlines, on, without
from tests.support.ingesting import FIRST_DAY, PORTAL, Shown, Story, address

OTHER = replace(FULL, title=Text("Bando per i distretti", "it"), codes=("RLX1",))
EXTENDED = replace(FULL, deadlines=deadlines(on(2021, 3, 2)))
UNFINISHED = [state for state in CrawlState if state is not CrawlState.COMPLETE]


@pytest.fixture
def story(tmp_path: Path) -> Iterator[Story]:
    told = Story(tmp_path)
    yield told
    told.database.dispose()


def kinds(happened: list[events.Event]) -> list[str]:
    return [event.kind.value for event in happened]


def current(story: Story) -> dict[str, notices.CurrentNotice]:
    with story.database.read() as connection:
        return {each.source_id: each for each in notices.current(connection)}


def test_the_first_crawl_raises_no_flood(story: Story) -> None:
    story.crawl(0, {"a": FULL, "b": OTHER})
    assert story.process() == []
    story.crawl(1, {"a": FULL, "b": OTHER, "c": replace(FULL, codes=("RLC",))})
    (event,) = story.process()
    assert (event.kind, event.notice_id) == (EventKind.NEW, notice_id(PORTAL, "c"))
    assert event.new_value == FULL.title.original


@pytest.mark.parametrize("state", UNFINISHED)
def test_until_a_crawl_is_complete_all_is_baseline(story: Story, state: CrawlState) -> None:
    story.crawl(0, {"a": FULL}, state)
    story.crawl(1, {"a": FULL, "b": OTHER})
    assert story.process() == []


def test_an_unchanged_page_makes_no_version(story: Story) -> None:
    story.crawl(0, {"a": FULL})
    story.crawl(1, {"a": FULL})
    assert story.process() == []
    with story.database.read() as connection:
        (version,) = notices.history(connection, notice_id(PORTAL, "a"))
    assert (version.number, version.call) == (1, FULL)
    assert current(story)["a"].last_seen_at == FIRST_DAY + timedelta(days=1, hours=1)


def test_a_page_that_says_the_same_otherwise_makes_no_version(story: Story) -> None:
    story.crawl(0, {"a": FULL})
    story.crawl(1, {"a": Shown(FULL, odd=("declared_status", "nul"))})
    assert story.process() == []
    assert len(story.rows()["notice_version"]) == 1


def test_a_change_is_a_version_and_an_event(story: Story) -> None:
    story.crawl(0, {"a": FULL})
    story.crawl(1, {"a": EXTENDED})
    (event,) = story.process()
    assert event.kind is EventKind.DEADLINE_EXTENDED
    assert event.at == FIRST_DAY + timedelta(days=1, seconds=1)
    with story.database.read() as connection:
        first, second = notices.history(connection, event.notice_id)
        (linked,) = events.since(connection, FIRST_DAY)
    assert (first.call, first.superseded_at) == (FULL, second.fetched_at)
    assert (second.call, second.superseded_at) == (EXTENDED, None)
    assert event.page_id == second.page_id
    assert (linked.event, linked.call_id, linked.portal) == (event, None, PORTAL)
    assert story.archive.read(second.page_id).fetched_at == event.at


def test_a_known_value_stays_when_the_page_drops_it(story: Story) -> None:
    story.crawl(0, {"a": FULL})
    story.crawl(1, {"a": without(FULL, "budget_total")})
    story.crawl(2, {"a": FULL})
    assert story.process() == []
    identifier = notice_id(PORTAL, "a")
    with story.database.read() as connection:
        _, dropped, _ = notices.history(connection, identifier)
        crawl_id = dropped.page_id.partition("/")[0]
        (issue,) = issues.of_crawl(connection, crawl_id)
    assert dropped.call.budget_total == FULL.budget_total
    (evidence,) = dropped.call.evidence["budget_total"]
    assert evidence.source == f"{identifier}.1"
    assert (issue.kind, issue.field) == ("no_longer_printed", "budget_total")


@pytest.mark.parametrize("state", UNFINISHED)
def test_a_crawl_that_is_not_complete_closes_nothing(story: Story, state: CrawlState) -> None:
    story.crawl(0, {"a": FULL, "b": OTHER})
    for day in range(1, 5):
        story.crawl(day, {}, state)
    assert story.process() == []
    assert all(each.withdrawn_at is None for each in current(story).values())


def test_two_complete_crawls_without_it_withdraw_a_notice(story: Story) -> None:
    story.crawl(0, {"a": FULL, "b": OTHER})
    story.crawl(1, {"a": FULL})
    assert story.process() == []
    story.crawl(2, {}, CrawlState.PARTIAL)
    assert story.process() == []
    story.crawl(3, {"a": FULL})
    (event,) = story.process()
    assert (event.kind, event.old_value) == (EventKind.WITHDRAWN, "open")
    assert event.notice_id == notice_id(PORTAL, "b")
    assert current(story)["b"].withdrawn_at == event.at
    story.crawl(4, {"a": FULL})
    assert story.process() == []
    assert current(story)["b"].withdrawn_at == event.at


def test_being_listed_is_enough_to_stand(story: Story) -> None:
    story.crawl(0, {"a": FULL})
    for day in range(1, 5):
        story.crawl(day, {}, listed=("a",))
    assert story.process() == []


def test_being_read_is_enough_to_stand(story: Story) -> None:
    story.crawl(0, {"a": FULL})
    story.crawl(1, {"a": FULL}, seen=frozenset())
    story.crawl(2, {})
    assert story.process() == []  # missed once, not twice


def test_missing_twice_means_twice_in_a_row(story: Story) -> None:
    story.crawl(0, {"a": FULL})
    story.crawl(1, {})
    story.crawl(2, {}, CrawlState.PARTIAL, listed=("a",))
    story.crawl(3, {})
    assert story.process() == []


@pytest.mark.parametrize("how", ["read", "listed"])
def test_its_return_reopens_it(story: Story, how: str) -> None:
    story.crawl(0, {"a": FULL})
    story.crawl(1, {})
    story.crawl(2, {})
    story.crawl(
        3,
        {"a": FULL} if how == "read" else {},
        CrawlState.PARTIAL,
        ("a",) if how == "listed" else (),
    )
    assert kinds(story.process()) == ["withdrawn", "reopened"]
    assert current(story)["a"].withdrawn_at is None


def test_other_portals_are_not_touched(story: Story) -> None:
    story.crawl(0, {"a": FULL})
    story.crawl(0, {"a": FULL}, portal="hr_other")
    for day in (1, 2):
        story.crawl(day, {"a": FULL})
        story.crawl(day, {}, portal="hr_other")
    (event,) = story.process()
    assert event.notice_id == notice_id("hr_other", "a")


def test_identity_is_the_raw_source_id(story: Story) -> None:
    story.crawl(0, {"a": FULL, "A": FULL, " a": FULL})
    story.process()
    assert set(current(story)) == {"a", "A", " a"}


def test_a_second_reading_in_one_crawl_is_an_issue_and_no_version(story: Story) -> None:
    story.crawl(0, {"a": FULL})
    story.process()
    story.crawl(1, {"a": FULL, "b": Shown(OTHER, source_id="a")})
    story.process()
    assert [issue.kind for issue in story.issues()] == ["read_twice"]
    assert current(story)["a"].call == FULL


def test_a_crawl_is_processed_once(story: Story) -> None:
    story.crawl(0, {"a": FULL})
    story.process()
    before = story.rows()
    assert story.process() == []
    assert story.rows() == before


def test_other_code_rebuilds_everything_and_says_no_change(story: Story) -> None:
    story.crawl(0, {"a": FULL})
    story.process("1")
    before = story.rows()
    assert story.process("2") == []
    after = story.rows()
    assert after.pop("derivation") != before.pop("derivation")
    assert after == before


def test_a_crawl_that_arrives_late_is_folded_in_its_place(story: Story) -> None:
    story.crawl(1, {"a": EXTENDED})
    story.process()
    story.crawl(0, {"a": FULL})
    assert kinds(story.process()) == ["deadline_extended"]


def test_an_interrupted_crawl_counts_for_what_it_read(story: Story) -> None:
    story.crawl(0, {"a": FULL, "b": OTHER})
    file = story.archive.begin(PORTAL, FIRST_DAY + timedelta(days=1))
    exchange = next(story.archive.exchanges(story.archive.crawls()[0])).exchange
    file.add(replace(exchange, fetched_at=FIRST_DAY + timedelta(days=1)))
    file.abandon()
    assert story.process() == []
    assert current(story)["a"].last_seen_at > current(story)["b"].last_seen_at
    with story.database.read() as connection:
        query = select(notice_table.c.source_id, notice_table.c.missed)
        missed = {row.source_id: row.missed for row in connection.execute(query)}
    assert missed == {"a": 0, "b": 0}


variants: st.SearchStrategy[Call] = st.sampled_from(
    [FULL, EXTENDED, OTHER, without(FULL, "budget_total"), without(FULL, "deadlines", "codes")]
)
histories = st.lists(
    st.tuples(
        st.dictionaries(st.sampled_from("abc"), variants),
        st.sampled_from([CrawlState.COMPLETE, CrawlState.COMPLETE, CrawlState.PARTIAL]),
        st.booleans(),
    ),
    min_size=1,
    max_size=6,
)


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(histories)
def test_day_by_day_and_all_at_once_give_the_same_rows(
    tmp_path_factory: pytest.TempPathFactory,
    told: list[tuple[dict[str, Call], CrawlState, bool]],
) -> None:
    story = Story(tmp_path_factory.mktemp("story"))
    happened = []
    for day, (shown, state, stop) in enumerate(told):
        story.crawl(day, shown, state)
        if stop:
            happened += story.process()
    happened += story.process()
    step_by_step = story.dump()
    assert story.process(everything=True) == sorted(happened, key=lambda each: (each.at, each.id))
    assert story.dump() == step_by_step


# -- what the crawl said, and what today's readers say -------------------------------------

READ_NOW = Issue("unknown_label", "a new label", detail="Ente")
SAID_THEN = (
    Issue("unknown_label", "said in other words then", detail="Ente"),
    Issue("unreadable_page", "mended since", url=address("a")),
    Issue("unreadable_row", "of a page that is not there any more", url=address("gone")),
    Issue("fewer_than_announced", "judged at its end"),
)


def test_what_todays_readers_say_takes_the_place_of_what_was_said_then(story: Story) -> None:
    shown = {"a": Shown(FULL, issues=(READ_NOW,))}
    story.crawl(0, shown, issues=SAID_THEN)
    story.process()
    assert sorted(issue.message for issue in story.issues()) == [
        "a new label",
        "judged at its end",
        "of a page that is not there any more",
    ]


def test_an_address_to_which_there_is_another_way_is_no_content(story: Story) -> None:
    closed = Issue("route_closed", "no REST here", url=address("a"))
    story.crawl(0, {"a": FULL, "b": OTHER}, issues=(closed,))
    story.process()
    assert set(current(story)) == {"b"}
    assert len(story.rows()["page"]) == 2


def test_a_page_that_carries_no_notices_says_nothing(story: Story) -> None:
    unreadable = Issue("unreadable_page", "the list", url=address("list"))
    story.crawl(0, {"list": Shown(FULL, kind="listing"), "a": FULL}, issues=(unreadable,))
    story.process()
    assert set(current(story)) == {"a"}
    assert [issue.kind for issue in story.issues()] == ["unreadable_page"]


@pytest.fixture
def known(tmp_path: Path) -> Iterator[Story]:
    """Return a story of a portal that the catalogue describes."""
    described = registry.load()["it_lombardia"]
    portal = replace(described, stem=PORTAL, documents=DocumentPolicy.NEVER)
    told = Story(tmp_path, {PORTAL: portal})
    yield told
    told.database.dispose()


def test_a_field_that_is_filled_less_than_in_earlier_crawls_is_drift(known: Story) -> None:
    counted = {"read": 20, "filled": {"budget": 20}}
    for day in range(2):
        known.crawl(day, {"a": FULL}, **counted)
    first = known.crawl(2, {"a": FULL}, read=20, filled={"budget": 2})
    known.process()
    assert [issue.kind for issue in known.issues()] == ["fill_rate_fell"]
    second = known.crawl(3, {"a": FULL}, read=20, filled={"budget": 2})
    known.process()  # which looks up what came before
    assert [len(known.issues(each)) for each in (first, second)] == [1, 1]


def test_a_portal_without_news_for_long_is_silent(known: Story) -> None:
    days = known.portals[PORTAL].expect.silent_days
    known.crawl(0, {"a": FULL})
    known.crawl(days - 1, {"a": FULL})
    silent = known.crawl(days + 2, {"a": FULL})
    known.crawl(days + 3, {"a": FULL}, CrawlState.PARTIAL)
    known.process()
    assert [issue.kind for issue in known.issues(silent)] == ["silent"]
    assert len(known.issues()) == 1


def test_crawls_are_taken_in_the_order_in_which_they_started(story: Story) -> None:
    story.crawl(1, {"a": EXTENDED})
    story.crawl(0, {"a": FULL})
    story.crawl(2, {"a": EXTENDED}, portal="hr_other")
    assert kinds(story.process()) == ["deadline_extended"]
