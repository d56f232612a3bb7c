"""Linked documents from the portal to the call: fetched once, archived, read, shown, replayed."""

import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from callboard.config import Config, CrawlConfig
from callboard.pipeline import Pipeline
from crawlers import registry
from crawlers.attachments import AttachmentPolicy, AttachmentRequests
from crawlers.crawl_record import CrawlRecord
from crawlers.playback import Playback, Route
from schema.calls import Call
from schema.crawls import CrawlState
from schema.notices import Attachment, RawNotice
from schema.portals import DocumentPolicy
from storage.database import attachments, notices
from tests.support.loopback import BANDI, HTML, MONDAY, TEXT, XML, call_page, play
from tests.support.tiny_pdf import write_pdf, write_scan

STEM = "it_lombardia"
CODE = "RLX12020000001"
NOTICE = f"{BANDI}/servizi/servizio/bandi/dettaglio/imprese/prova-{CODE}"
PATH = "/servizi/servizio/bandi/download/1?fileName=bando.pdf"
DOCUMENT = f"{BANDI}{PATH}"
PDF = {"Content-Type": "application/pdf"}
FOREIGN = "https://cloud.example/servizio/bandi/download/1?fileName=bando.pdf"


def page(link: str = PATH, printed: str = "") -> bytes:
    links = f"{printed}<h2>Allegati</h2><a href='{link}'>Testo del bando</a></main>".encode()
    return call_page(CODE).replace(b"</main>", links)


def text(deadline: str = "29 gennaio 2021", budget: str = "5.400.000,00") -> bytes:
    return write_pdf(
        [
            [
                "Bando di prova",
                f"Codice: {CODE}",
                f"La dotazione finanziaria complessiva è pari a {budget} euro.",
                f"Le domande devono essere presentate entro le ore 16:00 del {deadline}.",
            ]
        ]
    )


def site(
    body: bytes | None = None,
    html: bytes | None = None,
    *more: Route,
    changed: str = "2020-11-01",
) -> Playback:
    """Play a portal of one call, whose page has not changed as far as its sitemap tells."""
    entry = f"<url><loc>{NOTICE}</loc><lastmod>{changed}</lastmod></url>"
    routes = [
        Route(f"{BANDI}/servizi/sitemap.xml", f"<urlset>{entry}</urlset>".encode(), headers=XML),
        Route(NOTICE, html or page(), headers=HTML),
        *more,
    ]
    if body is not None:
        routes.append(Route(DOCUMENT, body, headers=PDF))
    return play(routes)


Run = Callable[..., Pipeline]


@pytest.fixture
def run(tmp_path: Path) -> Run:
    """Crawl and process what a site plays on a day; return the pipeline, closed."""

    def crawl(playing: Playback, day: int = 0, **options: int) -> Pipeline:
        config = CrawlConfig(
            delay=0,
            backoff=0,
            retries=0,
            connect=playing.connect,
            **options,  # type: ignore[arg-type]
        )
        pipeline = Pipeline(Config(base=tmp_path, now=MONDAY + timedelta(days=day), crawl=config))
        with playing:
            pipeline.prepare()
            (report,) = pipeline.crawl([STEM], expect={STEM: (1, 1)})
            pipeline.process()
        pipeline.close()
        assert report.state is CrawlState.COMPLETE, report.reason
        return pipeline

    return crawl


def known(pipeline: Pipeline) -> Call:
    with pipeline.database.read() as connection:
        (notice,) = notices.current(connection)
    return notice.call


def issue_kinds(pipeline: Pipeline) -> list[str]:
    return [kind for (kind,) in rows(pipeline, "SELECT kind FROM issue ORDER BY kind, at")]


def rows(pipeline: Pipeline, query: str) -> list[tuple[object, ...]]:
    with closing(sqlite3.connect(pipeline.config.data / "callboard.sqlite")) as database:
        return database.execute(query).fetchall()


def dump(pipeline: Pipeline) -> list[str]:
    with closing(sqlite3.connect(pipeline.config.data / "callboard.sqlite")) as database:
        return sorted(database.iterdump())


def rebuilt(pipeline: Pipeline) -> Pipeline:
    again = Pipeline(pipeline.config)
    again.process(everything=True)
    again.close()
    return again


def deadlines(call: Call) -> list[str]:
    return [each.moment.isoformat() for each in call.deadlines]


def test_a_document_fills_the_call_and_every_quote_can_be_checked(run: Run) -> None:
    playing = site(text())
    pipeline = run(playing)
    assert playing.asked.index(f"GET {Route(NOTICE).target}") < playing.asked.index(
        f"GET {Route(DOCUMENT).target}"
    )
    call = known(pipeline)
    assert str(call.budget_total) == "5,400,000 EUR"
    assert deadlines(call) == ["2021-01-29T16:00"]
    (linked,) = call.documents
    with pipeline.database.read() as connection:
        stored = attachments.find(connection, linked.sha256 or "")
    assert stored is not None
    for name in ("budget_total", "deadlines"):
        for proof in call.evidence[name]:
            assert proof.source == f"sha256:{linked.sha256}"
            assert proof.span.quote(stored.text) == proof.quote
    pipeline = Pipeline(pipeline.config)
    pipeline.link()
    shown = rows(pipeline, "SELECT document, url FROM value_source WHERE field = 'budget_total'")
    pipeline.close()
    assert shown == [("Testo del bando", DOCUMENT)]


def test_processing_everything_again_gives_the_same_bytes(run: Run) -> None:
    run(site(text()))
    pipeline = run(site(text("15 febbraio 2021")), day=8)
    before = dump(pipeline)
    assert dump(rebuilt(pipeline)) == before
    (pipeline.config.data / "callboard.sqlite").unlink()
    pipeline.prepare()
    pipeline.close()
    assert dump(rebuilt(pipeline)) == before


def test_a_known_document_is_asked_again_only_when_it_is_old_and_then_conditionally(
    run: Run,
) -> None:
    asked = f"GET {Route(DOCUMENT).target}"
    run(site(text()))
    soon, later = site(text()), site(text())
    run(soon, day=2)
    assert asked not in soon.asked
    pipeline = run(later, day=8)
    assert asked in later.asked
    assert f"GET {Route(NOTICE).target}" not in later.asked
    assert rows(pipeline, "SELECT count(*) FROM page WHERE kind = 'document'") == [(1,)]
    assert rows(pipeline, "SELECT versions FROM notice") == [(1,)]


def test_a_document_that_changes_while_its_page_does_not_is_an_event(run: Run) -> None:
    run(site(text()))
    pipeline = run(site(text("15 febbraio 2021")), day=8)
    assert deadlines(known(pipeline)) == ["2021-02-15T16:00"]
    (event,) = rows(
        pipeline,
        "SELECT event.kind, field, page.kind, url FROM event JOIN page ON page.id = event.page_id",
    )
    assert event == ("deadline_extended", "deadlines", "document", DOCUMENT)
    assert rows(pipeline, "SELECT versions, missed FROM notice") == [(2, 0)]


def test_another_file_with_the_same_words_is_no_new_version(run: Run) -> None:
    run(site(text()))
    pipeline = run(site(text() + b"% written anew\n"), day=8)
    assert rows(pipeline, "SELECT count(*) FROM document") == [(2,)]
    assert rows(pipeline, "SELECT versions FROM notice") == [(1,)]
    before = dump(pipeline)
    assert dump(rebuilt(pipeline)) == before


def test_what_the_page_printed_outlives_what_a_document_says(run: Run) -> None:
    printed = "<p>Scade il: <strong>31/03/2021 , ore 12:00</strong></p>"
    run(site(text(), page(printed=printed)))
    pipeline = run(site(text(), page(), changed="2020-11-20"), day=8)
    call = known(pipeline)
    assert deadlines(call) == ["2021-03-31T12:00"]
    assert "no_longer_printed" in issue_kinds(pipeline)
    assert not rows(pipeline, "SELECT * FROM event WHERE field = 'deadlines'")


def test_a_document_that_comes_late_is_a_correction(run: Run) -> None:
    first = run(site())
    assert known(first).budget_total is None
    assert "missing_document" in issue_kinds(first)
    pipeline = run(site(text()), day=8)
    assert deadlines(known(pipeline)) == ["2021-01-29T16:00"]
    found = rows(pipeline, "SELECT DISTINCT kind FROM event")
    assert found == [("corrected",)]


@pytest.mark.parametrize(
    ("status", "days"), [(404, [0, 8]), (410, [0, 8]), (302, [0, 8]), (503, [0, 1, 8])]
)
def test_a_document_that_is_not_there_is_asked_for_again_when_that_is_old(
    run: Run, status: int, days: list[int]
) -> None:
    asked = []
    for day in (0, 1, 8):
        there = Route(DOCUMENT, b"", status, {"Location": f"{BANDI}/gone.pdf"})
        playing = site(None, None, there)
        run(playing, day=day)
        asked += [day for each in playing.asked if "download" in each]
    assert asked == days


def test_a_document_is_found_behind_a_redirect(run: Run) -> None:
    real = f"{BANDI}/servizi/files/bando-v2.pdf"
    redirect = Route(DOCUMENT, status=302, headers={"Location": "/servizi/files/bando-v2.pdf"})
    call = known(run(site(None, None, redirect, Route(real, text(), headers=PDF))))
    assert deadlines(call) == ["2021-01-29T16:00"]
    assert call.documents[0].url == DOCUMENT


@pytest.mark.parametrize(
    ("playing", "options", "kind"),
    [
        (lambda: site(write_scan()), {}, "scanned_document"),
        (lambda: site(text()[:400]), {}, "unreadable_document"),
        (lambda: site(b"<html><body>Accesso</body></html>"), {}, "unreadable_document"),
        (site, {}, "missing_document"),
        (lambda: site(text()), {"document_max_bytes": 300}, "document_too_large"),
        (lambda: site(None, page(FOREIGN)), {}, "foreign_document"),
        (
            lambda: site(
                text(),
                None,
                Route(f"{BANDI}/robots.txt", b"User-agent: *\nDisallow: /*download", headers=TEXT),
            ),
            {},
            "missing_document",
        ),
    ],
)
def test_a_document_that_cannot_be_read_is_an_issue_and_harms_nothing_else(
    run: Run, playing: Callable[[], Playback], options: Mapping[str, int], kind: str
) -> None:
    pipeline = run(playing(), **options)
    assert kind in issue_kinds(pipeline)
    call = known(pipeline)
    assert call.is_call
    assert call.codes == (CODE,)
    assert call.budget_total is None
    assert call.absence["budget_total"] == "not_published"
    before = dump(pipeline)
    assert dump(rebuilt(pipeline)) == before


def test_no_document_is_asked_for_where_none_is_wanted(run: Run) -> None:
    playing = site(text())
    run(playing, documents_per_notice=0)
    assert not [each for each in playing.asked if "download" in each]


def test_closed_calls_are_left_alone(run: Run) -> None:
    playing = site(text(), page(printed="<p>Scade il: <strong>30/06/2019</strong></p>"))
    run(playing)
    assert not [each for each in playing.asked if "download" in each]


def test_a_portals_policy_decides_and_hosts_are_its_own() -> None:
    portal = registry.load()[STEM]
    notice = RawNotice(STEM, "1", NOTICE, "x", attachments=(Attachment("bando", DOCUMENT),))
    urls = [DOCUMENT, FOREIGN, "mailto:x@y.example", f"{DOCUMENT}&n=2", f"{DOCUMENT}&n=3"]
    attachment_policy = AttachmentPolicy(lambda _: urls, per_notice=2)

    def asked(policy: DocumentPolicy) -> list[str]:
        record = CrawlRecord(replace(portal, documents=policy))
        linked = AttachmentRequests(
            record, attachment_policy, [BANDI.partition("//")[2]], timedelta(days=7)
        )
        return [each.url for each in (*linked.requests_for(notice), *linked.requests_for(notice))]

    assert asked(DocumentPolicy.NEVER) == []
    assert asked(DocumentPolicy.GUIDELINES) == [DOCUMENT, f"{DOCUMENT}&n=2"]
