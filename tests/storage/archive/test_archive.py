"""The archive: nothing that it was given is lost, nothing secret is kept, and damage has a name."""

import errno
import os
import resource
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from schema.crawls import CrawlReport, CrawlState
from schema.exchanges import Exchange
from schema.issues import Issue
from storage.archive.archive import Archive
from storage.archive.warc import ArchiveError

START = datetime(2026, 11, 22, 6, 0, 0, 250_000, tzinfo=UTC)
PORTAL = "it_example"


def page(number: int = 1, body: bytes = b"<h1>Bando</h1>", **changes: object) -> Exchange:
    given = {
        "portal": PORTAL,
        "kind": "call",
        "url": f"https://example.org/bandi/{number}?a=1&b=č",
        "fetched_at": START + timedelta(seconds=number),
        "status": 200,
        "body": body,
        "headers": {"content-type": "text/html; charset=utf-8"},
    }
    return Exchange(**{**given, **changes})  # type: ignore[arg-type]


def report(**changes: object) -> CrawlReport:
    given = {
        "portal": PORTAL,
        "crawl_id": "",
        "started_at": START,
        "finished_at": START + timedelta(minutes=5),
        "state": CrawlState.COMPLETE,
        "reason": "2 of 2 notices",
        "pages": 2,
        "unchanged": 0,
        "seen": frozenset({"RLA1", "RLA 2", "ž"}),
        "announced": 2,
        "issues": (Issue("unknown_status", "a new word", portal=PORTAL, detail="Sospeso"),),
    }
    return CrawlReport(**{**given, **changes})  # type: ignore[arg-type]


field_values = st.text(
    st.characters(min_codepoint=33, max_codepoint=0x2FF, exclude_categories=("Cc", "Zs")),
    max_size=20,
)
exchanges = st.builds(
    Exchange,
    portal=st.just(PORTAL),
    kind=st.sampled_from(["call", "register", "listing", "document"]),
    url=st.text("abcž/?=&%.-", max_size=20).map("https://example.org/".__add__),
    fetched_at=st.datetimes(datetime(2020, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)),  # noqa: DTZ001
    status=st.sampled_from([200, 301, 403, 404, 410, 500, 599]),
    body=st.binary(max_size=2000),
    headers=st.dictionaries(
        st.sampled_from(
            ["content-type", "etag", "content-encoding", "content-length", "transfer-encoding"]
        ),
        field_values,
    ),
    method=st.sampled_from(["GET", "POST"]),
    request_body=st.binary(max_size=200),
)


@settings(max_examples=50)
@given(st.lists(exchanges, max_size=6))
def test_what_goes_in_comes_out_byte_for_byte(given_pages: list[Exchange]) -> None:
    with TemporaryDirectory() as folder:
        archive = Archive(Path(folder))
        file = archive.begin(PORTAL, START)
        for each in given_pages:
            file.add(each)
        file.close(report())
        (crawl,) = archive.crawls()
        kept = list(archive.exchanges(crawl))
        assert [each.exchange for each in kept] == given_pages
        assert [archive.read(each.id) for each in kept] == given_pages
        assert archive.report(crawl) == report(crawl_id=crawl.id)


@pytest.mark.parametrize("size", [0, 10, 1000, 70_000, 3_000_000])
def test_any_warc_tool_reads_the_file(tmp_path: Path, size: int) -> None:
    body = (b"<p>Bando \xe8 " * size)[:size]
    archive = Archive(tmp_path)
    file = archive.begin(PORTAL, START)
    file.add(page(1, body, headers={"content-encoding": "gzip", "transfer-encoding": "chunked"}))
    file.close(report())
    with file.path.open("rb") as stream:
        records = [
            (record.rec_type, record.content_stream().read())
            for record in ArchiveIterator(stream, check_digests="raise")
        ]
    assert [kind for kind, _ in records] == ["warcinfo", "request", "response", "metadata"]
    assert records[2][1] == body


def test_cookies_and_credentials_are_never_written(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    file = archive.begin(PORTAL, START)
    secret = {"Set-Cookie": "SID=31d4", "authorization": "Bearer 31d4", "x-csrf-token": "31d4"}
    file.add(page(headers={**secret, "etag": '"7"'}))
    file.close(report())
    with file.path.open("rb") as stream:
        for record in ArchiveIterator(stream):
            assert "31d4" not in str(record.http_headers)
    (kept,) = archive.exchanges(archive.crawls()[0])
    assert kept.exchange.headers == {"etag": '"7"'}


def test_a_304_is_noted_but_is_no_page(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    file = archive.begin(PORTAL, START)
    file.add(page(1))
    file.add(page(2, status=304, body=b""))
    file.add(page(3))
    file.close(report())
    (crawl,) = archive.crawls()
    assert [each.id for each in archive.exchanges(crawl)] == [f"{crawl.id}/1", f"{crawl.id}/3"]
    assert archive.read(f"{crawl.id}/2").status == 304


def test_latest_is_the_newest_good_answer_over_all_crawls(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    first = archive.begin(PORTAL, START)
    first.add(page(1, b"old"))
    first.add(page(2, b"two"))
    first.add(page(3, b"rows", method="POST", request_body=b"pageNum=1"))
    first.close(report())
    second = archive.begin(PORTAL, START + timedelta(days=1))
    second.add(page(1, b"new", fetched_at=START + timedelta(days=1)))
    second.add(page(2, b"gone", status=404, fetched_at=START + timedelta(days=1)))
    second.abandon()  # killed: what it had archived still counts
    third = archive.begin(PORTAL, START + timedelta(days=2))
    third.add(page(4, b"of this crawl", fetched_at=START + timedelta(days=2)))

    def latest(number: int, method: str = "GET", body: bytes = b"") -> bytes | None:
        found = third.latest(page(number).url, method, body)
        return found and found.body

    assert latest(1) == b"new"
    assert latest(2) == b"two"
    assert latest(3) is None
    assert latest(3, "POST", b"pageNum=1") == b"rows"
    assert latest(3, "POST", b"pageNum=2") is None
    assert latest(4) == b"of this crawl"
    assert third.answered_before(page(1).url) == (200, START + timedelta(days=1))
    assert third.answered_before(page(2).url) == (404, START + timedelta(days=1))
    assert third.answered_before(page(3).url) is None
    assert third.answered_before(page(4).url) is None
    third.abandon()


@pytest.mark.parametrize("spoil", ["delete", "cut", "stale"])
def test_losing_or_spoiling_the_index_loses_nothing(tmp_path: Path, spoil: str) -> None:
    archive = Archive(tmp_path)
    file = archive.begin(PORTAL, START)
    file.add(page(1, b"first"))
    file.add(page(2, b"second"))
    file.close(report())
    (index,) = tmp_path.glob("*/*.index.jsonl")
    text = index.read_text()
    if spoil == "delete":
        index.unlink()
    else:
        index.write_text(text[:-30] if spoil == "cut" else text.replace('"size": ', '"size": 9'))
    (crawl,) = archive.crawls()
    assert archive.report(crawl).state is CrawlState.COMPLETE
    assert archive.read(f"{crawl.id}/2").body == b"second"
    assert index.read_text() == text


def test_a_file_cut_off_anywhere_is_read_up_to_the_damage(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    file = archive.begin(PORTAL, START)
    whole = [file.path.stat().st_size]
    for number in (1, 2, 3):
        file.add(page(number, bytes(range(256)) * number))
        whole.append(file.path.stat().st_size)
    file.close(report())
    data = file.path.read_bytes()
    cuts = {*range(whole[0], len(data), 7), *whole, *(size - 1 for size in whole[1:])}
    for cut in cuts - {len(data)}:
        file.path.write_bytes(data[:cut])
        (crawl,) = archive.crawls()
        kept = sum(cut >= size for size in whole[1:])
        assert len(list(archive.exchanges(crawl))) == kept
        verdict = archive.report(crawl)
        assert verdict.state is CrawlState.FAILED
        assert verdict.pages == kept
        assert verdict.reason.startswith("interrupted")
        assert verdict.seen == frozenset()


def test_rot_in_the_middle_fails_the_crawl_and_keeps_what_came_before(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    file = archive.begin(PORTAL, START)
    file.add(page(1))
    sound = file.path.stat().st_size
    file.add(page(2))
    file.close(report())
    data = bytearray(file.path.read_bytes())
    data[sound + 40] ^= 0xFF
    file.path.write_bytes(data)
    next(tmp_path.glob("*/*.index.jsonl")).unlink()
    (crawl,) = archive.crawls()
    assert [each.number for each in archive.exchanges(crawl)] == [1]
    assert archive.report(crawl).state is CrawlState.FAILED
    assert f"damaged at byte {sound}" in archive.report(crawl).reason


def test_a_crawl_that_runs_is_not_listed_until_it_ends_or_dies(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    file = archive.begin(PORTAL, START)
    file.add(page())
    assert archive.crawls() == []
    file.abandon()
    assert [crawl.id for crawl in archive.crawls()] == [file.crawl_id]


def test_crawls_come_in_the_order_of_their_start(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    started = [
        archive.begin(portal, START + timedelta(hours=hours))
        for portal, hours in [("zz_a", 5), ("aa_b", 2), ("zz_a", 1), ("aa_b", 2)]
    ]
    for file in started:
        file.abandon()
    assert [crawl.id for crawl in archive.crawls()] == [
        "zz_a-20261122T070000Z",
        "aa_b-20261122T080000Z",
        "aa_b-20261122T080000Z-2",
        "zz_a-20261122T110000Z",
    ]


def test_portals_are_archived_side_by_side(tmp_path: Path) -> None:
    archive = Archive(tmp_path)

    def crawl(portal: str) -> None:
        file = archive.begin(portal, START)
        for number in range(1, 21):
            file.add(page(number, f"{portal} {number}".encode(), portal=portal))
        file.close(report(portal=portal))

    threads = [threading.Thread(target=crawl, args=(f"p{number}",)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for archived in archive.crawls():
        bodies = [each.exchange.body.decode() for each in archive.exchanges(archived)]
        assert bodies == [f"{archived.portal} {number}" for number in range(1, 21)]


def test_other_files_in_the_folder_are_left_alone(tmp_path: Path) -> None:
    (tmp_path / PORTAL).mkdir()
    (tmp_path / PORTAL / "notes.txt").write_text("not ours")
    (tmp_path / PORTAL / f"{PORTAL}-20261122T060000Z.warc.gz").write_bytes(b"")
    assert Archive(tmp_path).crawls() == []
    assert Archive(tmp_path / "nowhere").crawls() == []


@pytest.mark.parametrize(
    ("portal", "change", "words"),
    [
        ("IT Example", {}, "stem"),
        (PORTAL, {"url": "file:///etc/passwd"}, "address"),
        (PORTAL, {"url": "https://example.org/a b"}, "address"),
        (PORTAL, {"portal": "hr_other"}, "hr_other"),
    ],
)
def test_what_can_not_be_archived_is_refused_in_one_line(
    tmp_path: Path, portal: str, change: dict[str, object], words: str
) -> None:
    with pytest.raises(ArchiveError, match=words):  # noqa: PT012 - either step may refuse
        file = Archive(tmp_path).begin(portal, START)
        try:
            file.add(page(**change))  # type: ignore[arg-type]
        finally:
            file.abandon()


def test_an_unwritable_folder_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "archive").write_text("a file where the folder should be")
    with pytest.raises(ArchiveError, match="can't write") as raised:
        Archive(tmp_path / "archive").begin(PORTAL, START)
    assert "\n" not in str(raised.value)


def test_a_full_disk_loses_only_the_page_that_did_not_fit(tmp_path: Path) -> None:
    archive = Archive(tmp_path)
    file = archive.begin(PORTAL, START)
    file.add(page(1))
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    limit = file.path.stat().st_size + 700
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, before[1]))
        with pytest.raises(ArchiveError, match="can't write"):
            file.add(page(2, os.urandom(5000)))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
    file.add(page(3))
    file.close(report())
    (crawl,) = archive.crawls()
    assert [each.exchange for each in archive.exchanges(crawl)] == [page(1), page(3)]
    assert archive.report(crawl).state is CrawlState.COMPLETE


def test_a_record_that_could_not_be_synced_is_not_half_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("storage.archive.crawl_file.SYNCED_EVERY", 0.0)
    archive = Archive(tmp_path)
    file = archive.begin(PORTAL, START)
    with monkeypatch.context() as broken:
        broken.setattr(os, "fsync", _fail)
        with pytest.raises(ArchiveError, match="No space left"):
            file.add(page(1))
    file.add(page(2))
    file.close(report())
    (crawl,) = archive.crawls()
    assert [each.exchange for each in archive.exchanges(crawl)] == [page(2)]


def _fail(_descriptor: int) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
