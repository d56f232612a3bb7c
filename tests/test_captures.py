"""Readers over real pages and answers, where the folder of captures is there."""

import json
from pathlib import Path
from typing import Any

import pytest

from crawlers import registry
from crawlers.answers import recognise
from crawlers.bases.wordpress import REST_LINK
from crawlers.page import Page
from crawlers.readings import Reading
from schema.exchanges import Exchange
from tests.loopback import MONDAY

pytestmark = pytest.mark.shared

LOMBARDY = "https://www.bandi.regione.lombardia.it/servizi/servizio/bandi/dettaglio/x/"


def read(stem: str, kind: str, url: str, body: bytes) -> Reading:
    reader = registry.reader(stem, kind)
    assert reader is not None
    return reader(Page(Exchange(stem, kind, url, MONDAY, 200, body)))


def capture(shared: Path, name: str) -> Any:
    return json.loads((shared / "captures" / name).read_text(encoding="utf-8"))


def test_a_lombardy_page_of_2026(shared: Path) -> None:
    sample = capture(shared, "lombardia/sensefound_lombardia-sample.json")
    parts = sample["detail_fragments"]
    body = (
        f"<html lang='it'><body><h1>Bando Tertium</h1>{parts['status_chip']}{parts['dates']}"
        f"<p>{parts['fonti_finanziamento']}<div id='accordion-boxtext-container'>"
        f"{parts['eligibility_heading']}{parts['eligibility_body']}</div></body></html>"
    ).encode()
    reading = read("it_lombardia", "call", sample["_source"]["detail_url"], body)
    (notice,) = reading.notices
    assert notice.source_id == sample["socrata_row"]["codice_bando"]
    assert notice.declared_status == "Aperto"
    assert notice.labelled == (
        ("Pubblicato il", "14/05/2026 , ore 09:16"),
        ("Domande dal", "16/06/2026 , ore 10:00"),
        ("Scade il", "07/09/2026 , ore 12:00"),
        ("Fonti di finanziamento", "PR Lombardia FESR 2021-2027"),
    )
    assert [section.heading for section in notice.sections] == ["Chi può partecipare"]
    assert "due bilanci" in notice.sections[0].content


def test_a_lombardy_page_of_2021(shared: Path) -> None:
    body = (shared / "captures/lombardia/detail_2021_vintage_fragment.html").read_bytes()
    (notice,) = read("it_lombardia", "call", f"{LOMBARDY}veicoli-RLT12021020242", body).notices
    assert notice.declared_status == "Aperto"
    assert dict(notice.labelled) == {
        "Codice": "RLT12021020242",
        "Disponibile dal": "07/07/2021 , ore 10:00",
        "Scade il": "29/10/2021 , ore 12:00",
        "Ente responsabile": "Regione Lombardia",
    }
    headings = [section.heading for section in notice.sections]
    assert headings[1:] == [
        "Chi può partecipare",
        "Di cosa si tratta",
        "Dotazione finanziaria",
        "Caratteristiche dell'agevolazione",
        "Regime di Aiuto di Stato",
        "Come partecipare",
        "Procedura selezione",
        "Informazioni e contatti",
    ]
    assert notice.sections[3].content == "1.000.000,00"
    assert set(filter(None, headings)) <= set(registry.load()["it_lombardia"].labels)


def test_a_row_of_the_lombardy_register(shared: Path) -> None:
    row = capture(shared, "lombardia/sensefound_lombardia-sample.json")["socrata_row"]
    url = "https://www.dati.lombardia.it/resource/bukx-h2uy.json"
    reading = read("it_lombardia_register", "register", url, json.dumps([row]).encode())
    (notice,) = reading.notices
    assert {label for label, _ in notice.labelled} == set(row)
    assert set(row) <= set(registry.load()["it_lombardia_register"].labels)


def test_a_page_of_sedia_results(shared: Path) -> None:
    body = (shared / "captures/eu_sedia/aarhusai_search_page_subset.json").read_bytes()
    reading = read("eu_funding_tenders", "register", "https://api.tech.ec.europa.eu/", body)
    rows = len(json.loads(body)["results"])
    assert reading.rows == rows
    assert len(reading.notices) == len({notice.source_id for notice in reading.notices}) >= 2
    known = registry.load()["eu_funding_tenders"]
    for notice in reading.notices:
        assert {label for label, _ in notice.labelled} <= set(known.labels)
        assert notice.declared_status in known.statuses
        assert ("programme", "Horizon Europe") in notice.labelled
        assert notice.title
    two_stage = next(notice for notice in reading.notices if "two-stage" in notice.source_id)
    deadlines = [value for label, value in two_stage.labelled if label == "deadlineDate"]
    assert deadlines == ["2027-04-08T00:00:00.000+0000", "2027-09-14T00:00:00.000+0000"]


@pytest.mark.parametrize(("which", "budget"), [("open", "53200000"), ("closed", "23500000")])
def test_sedia_budgets(shared: Path, which: str, budget: str) -> None:
    row = capture(shared, "eu_sedia/sensefound_sedia-sample.json")[which]
    body = json.dumps({"results": [{"reference": "x", **row}]}).encode()
    reading = read("eu_funding_tenders", "register", "https://api.tech.ec.europa.eu/", body)
    (notice,) = reading.notices
    assert ("budgetYearMap", f"{budget} EUR (2026)") in notice.labelled
    assert len(notice.sections) == 1


@pytest.mark.parametrize(
    ("name", "root"),
    [
        ("wp_webalkans_opportunities.html", "https://webalkans.eu/en/wp-json/"),
        ("wp_elementor_redi_ngo_tenders.html", "https://redi-ngo.eu/wp-json/"),
        ("wp_ipard_mk_home.html", None),
        ("drupal_eeas_grants.html", None),
        ("euro_access_home.html", None),
    ],
)
def test_real_sites_are_content_and_wordpress_names_its_interface(
    shared: Path, name: str, root: str | None
) -> None:
    body = (shared / "captures/generic_cms" / name).read_bytes()
    page = Page(Exchange("xx_any", "listing", "https://example.org/", MONDAY, 200, body))
    assert recognise(page) is None
    if root is not None:
        assert page.maybe(REST_LINK) == root
