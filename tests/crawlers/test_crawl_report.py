"""The verdict on a crawl: law 4, silence is not closure, in every combination of mishaps."""

from hypothesis import given
from hypothesis import strategies as st

from crawlers import registry
from crawlers.crawl_record import CrawlRecord
from crawlers.crawl_report import judge
from schema.crawls import CrawlReport, CrawlState
from schema.notices import RawNotice, Section
from tests.support.loopback import MONDAY

FEW = st.integers(0, 30)
URL = "https://www.ra-vsz.hr/poziv/"
TEXT = Section("<p>Otvoren je natječaj.</p>")
REASONS = st.lists(st.sampled_from(["a", "b"]), max_size=2)


def record_of(listed: int, read: int, sample: int | None = None) -> CrawlRecord:
    record = CrawlRecord(registry.load()["hr_ra_vsz"], now=lambda: MONDAY, sample=sample)
    for number in range(listed):
        record.inventory.list_notice(str(number))
    for number in range(read):
        record.read_notice(RawNotice("hr_ra_vsz", str(number), URL, "Poziv", sections=(TEXT,)))
    return record


def judged(record: CrawlRecord, least: int = 0) -> CrawlReport:
    return judge(record, "hr_ra_vsz-1", MONDAY, (least, 1000))


@given(
    listed=FEW,
    read=FEW,
    skipped=FEW,
    asked=FEW,
    missed=FEW,
    announced=st.none() | FEW,
    gaps=REASONS,
    refusals=REASONS,
    silences=REASONS,
    least=FEW,
    sample=st.none() | st.integers(1, 5),
    broken=st.none() | st.just("disk full"),
)
def test_only_a_whole_inventory_is_complete(
    listed: int,
    read: int,
    skipped: int,
    asked: int,
    missed: int,
    announced: int | None,
    gaps: list[str],
    refusals: list[str],
    silences: list[str],
    least: int,
    sample: int | None,
    broken: str | None,
) -> None:
    record = record_of(listed, read, sample)
    record.inventory.announce(announced)
    for count, tell in (
        (skipped, record.requests.notice_skipped),
        (asked, record.requests.notice_asked),
        (missed, record.requests.notice_missed),
    ):
        for _ in range(count):
            tell()
    for reasons, note in (
        (gaps, record.faults.note_gap),
        (refusals, record.faults.note_refusal),
        (silences, record.faults.note_silence),
    ):
        for reason in reasons:
            note(reason)
    if broken is not None:
        record.faults.break_off(broken)
    report = judged(record, least)
    assert report.reason
    assert "\n" not in report.reason
    assert report.seen == record.inventory.seen
    if report.state is CrawlState.COMPLETE:
        assert read or skipped
        assert not gaps
        assert broken is None
        assert sample is None
        assert len(report.seen) >= least
        assert announced is None or record.inventory.given >= announced
        assert missed <= asked * 0.1
    if broken:
        assert report.state is CrawlState.FAILED
    elif not read and refusals:
        assert report.state is CrawlState.BLOCKED


def test_nothing_listed_is_a_failure_unless_the_portal_says_so() -> None:
    record = record_of(0, 0)
    assert judged(record).state is CrawlState.EMPTY
    record.inventory.say_empty()
    assert judged(record).state is CrawlState.COMPLETE
    assert judged(record, least=50).state is CrawlState.EMPTY
    record.faults.note_gap("the other list broke off")
    assert judged(record).state is CrawlState.EMPTY
