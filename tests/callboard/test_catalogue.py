"""The catalogue: printed, checked, kept in step with its page, and added to by probing a site."""

import importlib.util
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from callboard.catalogue import check
from callboard.cli.main import group
from callboard.scaffold import suggest_stem, zone_of
from crawlers import registry
from crawlers.bases.portal import PortalSpider
from crawlers.crawl_record import CrawlRecord
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, read
from crawlers.playback import Playback, Route
from crawlers.portals import load_portal
from schema.exchanges import Exchange
from scripts.portals import CAPTURES as CAPTURES_FILE
from scripts.portals import PAGE, START, render, seen
from tests.crawlers.spiders.test_captures import CAPTURES as REAL
from tests.support.installation import ROOT, Installation, callboard
from tests.support.loopback import HTML, JSON, MONDAY, XML, play


def run(config: Installation, *arguments: str) -> Result:
    """Run a command in this process: many are run here, and each would import everything."""
    return CliRunner().invoke(group, ["--config", str(config.config), *arguments])


FIXTURES = ROOT / "tests" / "fixtures" / "portals"
TEXT = "<p>Javni natječaj za dodjelu bespovratnih potpora poduzetnicima u 2026. godini.</p>" * 8


def page_of(title: str, body: str = TEXT) -> bytes:
    return f"""<html lang="hr"><head><title>{title}</title></head>
        <body><main><h1>{title}</h1>{body}</main></body></html>""".encode()


def test_every_registered_portal_is_in_order() -> None:
    assert check((), FIXTURES) == []


def test_the_catalogue_is_a_list_with_one_object_a_portal() -> None:
    entries = json.loads(callboard("portals", "--json").stdout)
    assert [entry["portal"] for entry in entries] == list(registry.load())
    keys = {"country", "languages", "publisher", "access", "licence", "rhythm", "last_success"}
    partial = {entry["portal"]: entry["scope"] for entry in entries if entry["scope"]}
    assert "Municipalities" in partial["es_bdns"]
    assert all((keys | {"calls"}) <= set(entry) for entry in entries)


CAPTURED = ("it_a", "it_b", "us_made_up")
CAPTURES = """
    Captured(
        "it_a",
        "it_a/list.html",
    ),
    reading = read("it_b", "call", url, body)
    Captured("us_made_up", "us/extract.synthetic.xml"), ("it_none", "of it")
"""


def test_the_page_of_portals_is_todays() -> None:
    page = PAGE.read_text(encoding="utf-8")
    captures = CAPTURES_FILE.read_text(encoding="utf-8")
    assert render(page, registry.load(), captures) == page, "out of step: make portals"


def test_the_lists_are_put_behind_their_mark() -> None:
    portals = registry.load()
    once = render(f"before\n{START}old", portals, "")
    assert once.startswith("before\n")
    assert "old" not in once
    assert render(once, portals, "") == once
    assert render(once, dict(list(portals.items())[:1]), "").count("\n| [") == 1
    with pytest.raises(ValueError, match="no place"):
        render("nothing", portals, "")


def test_a_portal_was_seen_if_a_test_reads_a_real_answer_of_it() -> None:
    """An answer that was made up does not count, nor what is no portal."""
    assert seen(CAPTURED, CAPTURES) == {"it_a", "it_b"}
    found = seen(registry.load(), CAPTURES_FILE.read_text(encoding="utf-8"))
    listed = {each.stem for each in REAL if "synthetic" not in each.file}
    apart = {"it_lombardia", "it_lombardia_register", "eu_funding_tenders"}
    assert found == listed | apart


def test_the_readme_counts_what_was_seen() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    portals = registry.load()
    of_answers = len(seen(portals, CAPTURES_FILE.read_text(encoding="utf-8")))
    told = (
        f"Of {len(portals)} portals, {of_answers} are written from saved answers, "
        f"{len(portals) - of_answers} from descriptions"
    )
    assert told in " ".join(readme.split())


def test_a_licence_that_allows_no_derivatives_allows_no_translation(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sound = registry.load()["it_lombardia"]
    wrong = replace(sound.licence, name="CC-BY-ND-4.0", translate=True)
    monkeypatch.setattr("callboard.catalogue.load_portal", lambda _: replace(sound, licence=wrong))
    (line,) = check(["it_lombardia"], FIXTURES)
    assert "no derivatives" in line
    assert check(["xx_none"], FIXTURES) == ["xx_none: no such portal"]


def test_an_unknown_licence_is_decided_by_a_person_before_a_portal_is_released(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    portal = replace(registry.load()["hr_ra_vsz"], status="released")
    assert portal.licence.name == "unknown"
    monkeypatch.setattr("callboard.catalogue.load_portal", lambda _: portal)
    (line,) = check(["hr_ra_vsz"], FIXTURES)
    assert "a person decides" in line


def test_a_portal_without_approved_cases_is_named(tmp_path: Path) -> None:
    case = tmp_path / "it_lombardia" / "one"
    case.mkdir(parents=True)
    (case / "meta.json").write_text('{"url": 1}')
    found = "\n".join(check(["it_lombardia"], tmp_path))
    assert "1 fixture cases, not 2" in found or "1 fixture case" in found
    assert "needs exactly" in found
    assert "not approved" in found


@pytest.mark.parametrize(
    ("url", "stem"),
    [
        ("https://www.ra-vsz.hr/", "hr_ra_vsz"),
        ("https://mingo.gov.hr/pozivi", "hr_mingo"),
        ("https://www.find-government-grants.service.gov.uk/", "uk_service"),
        ("https://www.bandi.regione.lombardia.it/x", "it_lombardia"),
    ],
)
def test_stems_are_suggested_from_addresses(url: str, stem: str) -> None:
    assert suggest_stem(url) == stem


def test_zones_come_from_the_zone_database() -> None:
    assert [zone_of(code) for code in ("HR", "IT", "EU", "XX")] == [
        "Europe/Zagreb",
        "Europe/Rome",
        "Europe/Brussels",
        "UTC",
    ]


HOST = "https://www.zaklada.hr"
POST = {
    "link": f"{HOST}/natjecaj-1/",
    "title": {"rendered": "Natječaj 1"},
    "date": "2026-11-16T10:00:00",
    "modified": "2026-11-16T10:00:00",
    "content": {"rendered": TEXT},
}
REST = f"{HOST}/wp-json/wp/v2/posts?per_page=3&_embed=wp:term"
BANDI = "/@search?portal_type=Bando&b_size=3&fullobjects=true"
BANDO = {"UID": "a1", "@id": f"{HOST}/bandi/uno", "title": "Bando uno", "bando_state": ["open"]}
ROWS = [{"codice": str(n), "titolo": f"Bando {n}", "link": f"/bandi/{n}"} for n in range(3)]
FEED = f"""<rss version="2.0"><channel><item><title>Natječaj</title><link>{HOST}/n/1</link>
    <description>{"Potpore poduzetnicima. " * 10}</description></item></channel></rss>"""
GRANTS = [{"id": n, "name": f"Grant {n}", "path": f"/grants/{n}"} for n in range(3)]


def next_page(props: dict[str, object], *cards: int) -> bytes:
    data = json.dumps({"props": {"pageProps": props}, "page": "/grants"})
    links = "".join(f"<li class='card'><a href='/grants/{n}'>Grant {n}</a></li>" for n in cards)
    script = f'<script id="__NEXT_DATA__" type="application/json">{data}</script>'
    return page_of("Grants", f"{TEXT}<ul>{links}</ul>{script}")


SITES: dict[str, tuple[str, list[Route]]] = {
    "wordpress": (
        f"{HOST}/",
        [
            Route(f"{HOST}/", page_of("Zaklada"), headers=HTML),
            Route(REST, json.dumps([POST]).encode(), headers={**JSON, "X-WP-Total": "40"}),
            Route(f"{HOST}/natjecaj-1/", page_of("Natječaj 1"), headers=HTML),
        ],
    ),
    "plone": (
        f"{HOST}/",
        [
            Route(f"{HOST}/", page_of("Ente"), headers=HTML),
            Route(
                f"{HOST}/++api++{BANDI}",
                json.dumps({"items": [BANDO], "items_total": 1}).encode(),
                headers=JSON,
            ),
        ],
    ),
    "records": (
        f"{HOST}/api/bandi?limit=3&offset=0",
        [
            Route(
                f"{HOST}/api/bandi?limit=3&offset=0",
                json.dumps({"result": {"total": 7, "rows": ROWS}}).encode(),
                headers=JSON,
            )
        ],
    ),
    "sitemap": (
        f"{HOST}/",
        [
            Route(f"{HOST}/", page_of("Agencija"), headers=HTML),
            Route(
                f"{HOST}/sitemap.xml",
                "".join(
                    ["<urlset>", f"<url><loc>{HOST}/o-nama</loc></url>"]
                    + [f"<url><loc>{HOST}/natjecaji/{n}</loc></url>" for n in range(4)]
                    + ["</urlset>"]
                ).encode(),
                headers=XML,
            ),
            Route(f"{HOST}/natjecaji/0", page_of("Natječaj 0"), headers=HTML),
        ],
    ),
    "nextdata": (
        f"{HOST}/grants?page=1",
        [Route(f"{HOST}/grants?page=1", next_page({"total": 7, "list": GRANTS}), headers=HTML)],
    ),
    "nextdata without a list": (
        f"{HOST}/grants",
        [
            Route(
                f"{HOST}/grants",
                next_page({"title": "Grants", "nav": [{"label": "Home"}]}, *range(3)),
                headers=HTML,
            ),
            Route(f"{HOST}/grants/2", next_page({"budget": "9 EUR", "code": "G-2"}), headers=HTML),
        ],
    ),
    "feed": (f"{HOST}/rss", [Route(f"{HOST}/rss", FEED.encode(), headers=XML)]),
    "listing": (
        f"{HOST}/pozivi",
        [
            Route(
                f"{HOST}/pozivi",
                page_of(
                    "Pozivi",
                    TEXT + "".join(
                        f"<article><h2>Poziv {n}</h2><a href='/pozivi/{n}'>više</a></article>"
                        for n in range(3)
                    ),
                ),
                headers=HTML,
            ),
            Route(f"{HOST}/pozivi/2", page_of("Poziv 2"), headers=HTML),
        ],
    ),
}  # fmt: skip


@contextmanager
def spider_at(path: Path) -> Iterator[type[PortalSpider]]:
    """Load a spider from a file outside the package."""
    spec = importlib.util.spec_from_file_location(f"written_{path.stem}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    try:
        spec.loader.exec_module(module)
        yield getattr(module, "".join(part.capitalize() for part in path.stem.split("_")))
    finally:
        del sys.modules[spec.name]


def read_case(spider: type[PortalSpider], case: Path) -> ParseResult:
    meta = json.loads((case / "meta.json").read_text(encoding="utf-8"))
    (saved,) = case.glob("page.*")
    exchange = Exchange(
        case.parent.name, meta["kind"], meta["url"], MONDAY, 200, saved.read_bytes(),
        {"content-type": meta["content_type"]},
    )  # fmt: skip
    return read(spider.readers[meta["kind"]], Page(exchange))


FOUND: dict[str, tuple[list[str], list[str], list[tuple[str, str]]]] = {
    "nextdata": (["Grant 0", "Grant 1", "Grant 2"], [], [("id", "0"), ("name", "Grant 0")]),
    "nextdata without a list": (
        ["Grants"],
        [f"{HOST}/grants/{n}" for n in range(3)],
        [("budget", "9 EUR"), ("code", "G-2")],
    ),
}
"""What a written portal reads at once of its first pages, where it is more than anything."""


@pytest.mark.parametrize("kind", SITES)
def test_probing_a_site_writes_a_portal_that_begins_and_reads(kind: str, tmp_path: Path) -> None:
    url, routes = SITES[kind]
    platform = kind.partition(" ")[0]
    with play(routes) as site:
        installation = Installation.make(tmp_path, site.connect)
        done = run(installation, "portals", "new", url, "--root", str(tmp_path))
        agents, asked = site.agents, site.asked
    assert done.exit_code == 0, done.stderr
    assert f"taken for {platform}" in done.stdout
    assert all("Callboard" in agent for agent in agents)
    assert asked[0].endswith("/robots.txt")
    folder = tmp_path / "crawlers" / "spiders"
    portal = load_portal(folder / "hr_zaklada.toml")
    assert (portal.country, portal.zone, portal.access) == ("HR", "Europe/Zagreb", platform)
    assert not portal.licence.republish
    cases = [path.parent for path in tmp_path.glob("tests/fixtures/portals/hr_zaklada/*/meta.json")]
    assert cases
    with spider_at(folder / "hr_zaklada.py") as spider:
        first = next(iter(spider(CrawlRecord(portal)).begin()))
        assert getattr(first, "url", "").startswith(HOST)
        readings = [read_case(spider, case) for case in cases]
    assert any(reading.notices or reading.elsewhere for reading in readings)
    assert [issue.message for reading in readings for issue in reading.issues] == []
    if kind in FOUND:
        names = [notice.title for reading in readings for notice in reading.notices]
        visits = [url for reading in readings for url in reading.elsewhere]
        labels = [each for reading in readings for n in reading.notices for each in n.labelled]
        assert (names, visits, labels[:2]) == FOUND[kind]
    with Playback([]) as nothing:
        again = Installation.make(tmp_path, site.connect | nothing.connect)
        done = run(again, "portals", "new", url, "--root", str(tmp_path))
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1


def test_what_robots_forbids_is_not_probed(tmp_path: Path) -> None:
    robots = Route(f"{HOST}/robots.txt", b"User-agent: *\nDisallow: /\n")
    with play([robots, Route(f"{HOST}/", page_of("Zaklada"), headers=HTML)]) as site:
        installation = Installation.make(tmp_path, site.connect)
        done = run(installation, "portals", "new", f"{HOST}/", "--root", str(tmp_path))
        assert set(site.asked) == {"GET www.zaklada.hr/robots.txt"}
    assert done.exit_code == 1
    assert "robots.txt forbids" in done.stderr


def test_a_page_is_saved_as_a_case(tmp_path: Path) -> None:
    url = "https://www.ra-vsz.hr/poziv-1/"
    with play([Route(url, page_of("Poziv 1"), headers=HTML)]) as site:
        installation = Installation.make(tmp_path, site.connect)
        arguments = ("portals", "fixture", url, "--portal", "hr_ra_vsz", "--root", str(tmp_path))
        assert run(installation, *arguments).exit_code == 0
        assert run(installation, *arguments).exit_code == 1  # nothing is overwritten
        assert run(installation, *arguments[:-2], "--kind", "sitemap").exit_code == 2
    case = tmp_path / "tests" / "fixtures" / "portals" / "hr_ra_vsz" / "poziv_1"
    meta = json.loads((case / "meta.json").read_text(encoding="utf-8"))
    assert (meta["url"], meta["kind"]) == (url, "call")
    assert (case / "page.html").read_bytes() == page_of("Poziv 1")
