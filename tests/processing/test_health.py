"""Health: what history tells of a portal, and how an operator sees it at a glance."""

import json
from dataclasses import replace
from datetime import timedelta
from html.parser import HTMLParser
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from callboard.config import Config, CrawlConfig
from callboard.pipeline import Pipeline
from crawlers import registry
from crawlers.playback import Playback, Route
from exports.status_page import render_status_page
from processing.drift import ENOUGH, find_drift
from processing.health import Health, assess, unknown_words
from schema.crawls import CrawlReport, CrawlState
from schema.portals import Portal
from tests.support.installation import Installation
from tests.support.loopback import FIRST_DAY, HTML, JSON, MONDAY, XML, call_page, play

STEM = "it_lombardia"
PORTAL = registry.load()[STEM]


def crawled(read: int, filled: int, state: CrawlState = CrawlState.COMPLETE) -> CrawlReport:
    return CrawlReport(
        STEM, f"{STEM}-1", MONDAY, MONDAY, state, "", read, 0, frozenset(),
        read=read, filled={"Scade il": filled}, lacking={"Scade il": "https://example.org/1"},
    )  # fmt: skip


def test_a_fill_rate_below_its_history_names_the_field_and_an_example() -> None:
    history = [crawled(100, 90), crawled(100, 40, CrawlState.PARTIAL), crawled(100, 92)]
    (issue,) = find_drift(PORTAL, crawled(50, 10), history)
    assert (issue.kind, issue.portal, issue.field) == ("fill_rate_fell", STEM, "deadlines")
    assert issue.url == "https://example.org/1"
    assert "20% of 50" in issue.message
    assert "91%" in issue.message


@given(read=st.integers(0, 200), share=st.floats(0, 1), before=st.integers(ENOUGH, 200))
def test_a_rate_that_has_not_fallen_is_no_drift(read: int, share: float, before: int) -> None:
    history = [crawled(before, int(share * before))]
    assert find_drift(PORTAL, crawled(read, round(share * read + 0.5)), history) == []


def test_a_handful_of_changed_pages_is_judged_by_what_chance_allows() -> None:
    assert find_drift(PORTAL, crawled(ENOUGH - 1, 0), [crawled(100, 100)]) == []
    assert find_drift(PORTAL, crawled(10, 4), [crawled(100, 60)]) == []
    assert find_drift(PORTAL, crawled(100, 30), [crawled(100, 60)])


def install(folder: Path, site: Playback, day: int = 0) -> Pipeline:
    config = Config(
        base=folder,
        now=MONDAY + timedelta(days=day),
        crawl=CrawlConfig(delay=0, backoff=0, retries=0, connect=site.connect),
    )
    pipeline = Pipeline(config)
    pipeline.prepare()
    return pipeline


def healths(pipeline: Pipeline) -> dict[str, Health]:
    with pipeline.database.read() as connection:
        found = assess(connection, pipeline.portals, pipeline.now())
    return {each.portal.stem: each for each in found}


def live(folder: Path, site: Playback, day: int, expect: tuple[int, int]) -> Health:
    """Crawl and process one day; return the health of the portal then."""
    pipeline = install(folder, site, day)
    try:
        pipeline.crawl([STEM], expect={STEM: expect})
        pipeline.process()
        return healths(pipeline)[STEM]
    finally:
        pipeline.close()


def lombardy(count: int, old: bytes = b"", new: bytes = b"") -> Playback:
    """Play a portal of so many calls, each page of which is printed a little differently."""
    base = "https://www.bandi.regione.lombardia.it/servizi"
    pages = [
        Route(
            f"{base}/servizio/bandi/dettaglio/imprese/prova-RLX{number:011}",
            call_page(f"RLX{number:011}").replace(old, new)
            if old
            else call_page(f"RLX{number:011}"),
            headers=HTML,
        )
        for number in range(count)
    ]
    entries = "".join(f"<url><loc>{page.url}</loc></url>" for page in pages)
    sitemap = Route(f"{base}/sitemap.xml", f"<urlset>{entries}</urlset>".encode(), headers=XML)
    return play([sitemap, *pages])


def test_signs_of_a_portal_from_its_first_crawl_to_silence(tmp_path: Path) -> None:
    many = (20, 30)
    with lombardy(20) as site:
        assert live(tmp_path, site, 0, many).signs == ("complete",)
        health = live(tmp_path, site, 20, many)  # silent_days is 14
        assert health.signs == ("complete", "silent")
        assert "20 days, where 14 are usual" in health.reasons[1]
        assert [issue.kind for issue in health.issues] == ["silent"]
    moved = b"Codice:", b"Identificativo:"
    with lombardy(20, *moved) as site:
        health = live(tmp_path, site, 30, many)
    assert health.signs == ("partial", "drifted")
    assert {"fill_rate_fell", "low_fill_rate", "unknown_label"} <= {
        issue.kind for issue in health.issues
    }
    fell = next(issue for issue in health.issues if issue.kind == "fill_rate_fell")
    assert (fell.field, fell.detail) == ("codes", "Codice")
    assert fell.url is not None
    assert "RLX" in fell.url
    with play([]) as nobody:
        pipeline = install(tmp_path, nobody, 60)
    try:
        assert "overdue" in healths(pipeline)[STEM].signs
        assert healths(pipeline)["hr_ra_vsz"].signs == ("never",)
        with pipeline.database.read() as connection:
            (word,) = unknown_words(connection, pipeline.portals)
        assert (word.portal, word.vocabulary, word.word) == (STEM, "labels", "Identificativo")
        taught = replace(PORTAL, labels={**PORTAL.labels, "Identificativo": "codes"})
        with pipeline.database.read() as connection:
            assert unknown_words(connection, {STEM: taught}) == []
    finally:
        pipeline.close()


def test_processing_everything_again_gives_the_same_drift(tmp_path: Path) -> None:
    with lombardy(20) as site:
        live(tmp_path, site, 0, (20, 30))
    with lombardy(20, b"Codice:", b"Identificativo:") as site:
        first = live(tmp_path, site, 30, (20, 30))
        pipeline = install(tmp_path, site, 30)
    pipeline.process(everything=True)
    assert healths(pipeline)[STEM].issues == first.issues
    pipeline.close()


class Outline(HTMLParser):
    """Collects the tags and links of a page."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs


def test_the_status_page_is_whole_in_itself_and_escapes_what_was_scraped(tmp_path: Path) -> None:
    with lombardy(1, b"Codice:", b"<b>&lt;script&gt;alert(1)&lt;/script&gt;:</b>") as site:
        health = live(tmp_path, site, 0, (1, 9))
    evil: Portal = replace(PORTAL, title="<script>x</script>", home="javascript:alert(1)")
    page = render_status_page([replace(health, portal=evil)], MONDAY)
    outline = Outline(page)
    assert "script" not in outline.tags
    assert not {"src", "onclick"} & {name for name, _ in outline.attributes}
    assert all(
        (value or "").startswith("https://") for name, value in outline.attributes if name == "href"
    )
    assert ("scope", "row") in outline.attributes
    assert ("lang", "en") in outline.attributes
    assert "1 need a look" in page


def test_status_tells_cron_only_of_the_signs_it_asked_for(tmp_path: Path) -> None:
    with Playback.of(FIRST_DAY) as site:
        installation = Installation.make(tmp_path, site.connect)
        assert installation.run("crawl", STEM).returncode in (0, 1)
    assert installation.run("process").returncode == 0
    page = tmp_path / "status.html"
    done = installation.run("status", "--html", str(page), "--fail-on", "blocked,unreachable")
    assert (done.returncode, done.stderr) == (0, "")
    assert page.read_text(encoding="utf-8").startswith("<!DOCTYPE html>")
    assert installation.run("status", "--fail-on", "never,failed").returncode == 1
    assert installation.run("status", "--fail-on", "tired").returncode == 2
    (first, *_) = json.loads(installation.run("status", "--json").stdout)
    assert first["portal"] == STEM
    assert first["signs"][0] == first["state"]


def test_silence_needs_a_portal_that_was_read_as_a_whole(tmp_path: Path) -> None:
    with lombardy(3) as site:
        live(tmp_path, site, 0, (3, 9))
    broken = [Route("https://www.bandi.regione.lombardia.it/servizi/sitemap.xml", b"no", 503, JSON)]
    with play(broken) as site:
        health = live(tmp_path, site, 60, (3, 9))
    assert health.state.state is not CrawlState.COMPLETE
    assert "silent" not in {issue.kind for issue in health.issues}
