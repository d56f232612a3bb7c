"""Readers over real pages and answers, where the folder of captures is there.

``pytest -rP tests/crawlers/spiders/test_captures.py -k table`` prints how much is read of each.
Over 400 lines because most of it is the table of what was saved from which portal.
"""

import csv
import io
import json
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from crawlers import registry
from crawlers.bases.wordpress import REST_LINK
from crawlers.inventory import filled_fields
from crawlers.pages.page import Page
from crawlers.pages.page_problems import find_problem
from crawlers.pages.readers import ParseResult
from schema.exchanges import Exchange
from tests.support.loopback import MONDAY

pytestmark = pytest.mark.shared

LOMBARDY = "https://www.bandi.regione.lombardia.it/servizi/servizio/bandi/dettaglio/x/"


def read(stem: str, kind: str, url: str, body: bytes) -> ParseResult:
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
    assert find_problem(page) is None
    if root is not None:
        assert page.maybe(REST_LINK) == root


# The table: what is read of each captured list


@dataclass(frozen=True)
class Captured:
    """A capture, and how much of it must be read at least."""

    stem: str
    file: str
    url: str
    notices: int
    elsewhere: int = 0
    """Notices that it only names."""
    filled: Mapping[str, int] = field(default_factory=dict)
    """In how many notices a field or label is filled."""
    kind: str = "listing"
    body: Callable[[bytes], bytes] = bytes
    """Makes the portal's answer of what was captured: captures of interfaces are bare rows."""


def posts(captured: bytes) -> bytes:
    """Return the posts of a capture; some lost their moment of change."""
    found = json.loads(captured)
    rows = found["posts"] if isinstance(found, dict) else found
    return json.dumps([{"modified": row.get("date", ""), **row} for row in rows]).encode()


def documents(captured: bytes) -> bytes:
    return json.dumps({"response": {"docs": json.loads(captured)["docs"]}}).encode()


def calendar(captured: bytes) -> bytes:
    rows = json.loads(captured)["rows"]
    file = io.StringIO()
    writer = csv.DictWriter(file, rows[0], delimiter=";")
    writer.writeheader()
    writer.writerows(rows)
    return file.getvalue().encode()


HOME_OF = "https://{}/".format
BDNS = "https://www.infosubvenciones.es/bdnstrans/api/convocatorias"
GERMANY = (
    "https://www.foerderdatenbank.de/SiteGlobals/FDB/Forms/Suche/Foederprogrammsuche_Formular.html"
)
CAPTURES = (
    Captured(
        "it_incentivi_gov",
        "incentivi_gov_it/fixture_incentivi.json",
        HOME_OF("www.incentivi.gov.it"),
        13,
        filled={
            "sections": 13,
            "zs_field_open_date": 13,
            "zs_field_close_date": 13,
            "zs_field_budget_allocation": 13,
            "zs_field_support_grant_type_max": 9,
            "zm_field_regions_value": 13,
            "zs_field_subject_grant": 13,
        },
        kind="register",
        body=documents,
    ),
    Captured(
        "it_emilia_romagna_territorio",
        "plone_bando/fixture_emilia_romagna.json",
        HOME_OF("politicheterritoriali.regione.emilia-romagna.it"),
        18,
        filled={"declared_status": 18, "scadenza_bando": 17, "destinatari": 18, "sections": 18},
        kind="register",
    ),
    Captured(
        "it_lazio_innova",
        "lazio_innova/fixture_lazio.json",
        HOME_OF("www.lazioinnova.it"),
        15,
        filled={"sections": 15, "destinatari": 15, "attachments": 6},
        kind="register",
        body=posts,
    ),
    Captured(
        "it_basilicata",
        "basilicata/basilicata_listing.json",
        HOME_OF("portalebandi.regione.basilicata.it"),
        15,
        filled={"sections": 15, "date": 15},
        kind="register",
        body=posts,
    ),
    Captured(
        "it_sicilia_euroinfo",
        "sicilia_euroinfo/fixture_sicilia.json",
        HOME_OF("www.euroinfosicilia.it"),
        15,
        filled={"sections": 15, "date": 15},
        kind="register",
        body=posts,
    ),
    Captured(
        "it_calabria",
        "calabria/calabria_listing.json",
        HOME_OF("calabriaeuropa.regione.calabria.it"),
        0,
        elsewhere=5,
        kind="register",
        body=posts,
    ),
    Captured(
        "it_toscana_sviluppo",
        "toscana/toscana_listing.json",
        HOME_OF("www.sviluppo.toscana.it"),
        0,
        elsewhere=1,
        kind="register",
        body=posts,
    ),
    Captured(
        "it_piemonte",
        "piemonte/piemonte_listing.html",
        "https://bandi.regione.piemonte.it/contributi-finanziamenti",
        0,
        elsewhere=9,
    ),
    Captured(
        "it_sardegna",
        "sardegna/sardegna_listing.html",
        "https://www.sardegnaimpresa.eu/it/agevolazioni",
        10,
        filled={"Data di scadenza dell'agevolazione": 10, "sections": 10, "Macrosettore": 5},
    ),
    Captured(
        "it_fvg",
        "fvg/fvg_listing.html",
        "https://www.regione.fvg.it/rafvg/cms/RAFVG/MODULI/bandi_avvisi/ricerca.jsp",
        10,
        filled={"data": 10, "scadenza": 9, "ufficio": 10},
    ),
    Captured(
        "it_puglia_pr2127",
        "puglia/puglia_listing.html",
        "https://pr2127.regione.puglia.it/elenco-avvisi-pubblicati",
        10,
        filled={"data": 10, "categoria": 10, "declared_status": 9},
    ),
    Captured(
        "it_invitalia",
        "invitalia/invitalia_listing_one_card.html",
        "https://www.invitalia.it/per-le-imprese/incentivi-e-strumenti",
        1,
        filled={"declared_status": 1, "Data apertura": 1, "Data chiusura": 1, "sections": 1},
    ),
    Captured(
        "it_trento",
        "trentino/fixture_trentino.json",
        HOME_OF("www.provincia.tn.it"),
        41,
        filled={"declared_status": 41, "DATA APERTURA": 41, "IMPORTO (Euro)": 41},
        kind="register",
        body=calendar,
    ),
    Captured(
        "it_campania_sviluppo",
        "campania/campania_listing.html",
        "https://www.sviluppocampania.it/bandi-aperti/",
        2,
        filled={"sections": 1},
    ),
    Captured(
        "it_liguria_fesr",
        "liguria/liguria_listing.html",
        "https://www.regione.liguria.it/homepage-bandi-e-avvisi.html",
        10,
        filled={"Data pubblicazione": 10, "Data chiusura": 8, "pc_latest_item_beneficiari": 9},
    ),
    Captured(
        "us_grants_gov_extract",
        "us_grants_gov/extract_sample.synthetic.xml",
        "https://prod-grants-gov-chatbot.s3.amazonaws.com/extracts/GrantsDBExtract20220908v2.zip",
        2,
        filled={"OpportunityNumber": 2, "sections": 1, "CloseDate": 1, "AwardCeiling": 1},
        kind="register",
    ),
    Captured(
        "us_california",
        "us_ca_grants/111c8c88-21f6-453c-ae2c-b4785a0624f5.json",
        "https://data.ca.gov/datastore/dump/111c8c88-21f6-453c-ae2c-b4785a0624f5?format=json",
        50,
        filled={
            "declared_status": 50,
            "sections": 50,
            "AgencyDept": 50,
            "ApplicationDeadline": 48,
            "EstAvailFunds": 43,
            "OpenDate": 45,
        },
        kind="register",
    ),
    Captured(
        "pt_portugal2030",
        "pt_portugal2030/avisos-query-resposta.partial.json",
        "https://portugal2030.pt/wp-json/avisos/query",
        2,
        filled={
            "codigoAviso": 2,
            "dataInicio": 2,
            "dataFimAtual": 2,
            "dotacao (União Europeia)": 2,
            "attachments": 2,
        },
        kind="register",
    ),
    *(
        Captured(
            "es_bdns",
            f"es_bdns/convocatoria_{number}.json",
            f"{BDNS}?vpd=GE&numConv={number}",
            1,
            filled=dict.fromkeys(("codigoBDNS", "organo", "presupuestoTotal", end), 1),
            kind="call",
        )
        for number, end in (("790767", "fechaFinSolicitud"), ("795710", "textFin"))
    ),
    Captured(
        "de_foerderdatenbank",
        "de_foerderdatenbank/overview.html",
        f"{GERMANY}?filterCategories=FundingProgram",
        0,
        elsewhere=10,
    ),
    *(
        Captured(
            "de_foerderdatenbank",
            f"de_foerderdatenbank/{name}.html",
            HOME_OF("www.foerderdatenbank.de"),
            1,
            filled={"sections": 1, "Förderberechtigte": 1, **dict.fromkeys(more, 1)},
            kind="call",
        )
        for name, more in {
            "detail_multi_desc": ("Förderart", "Fördergebiet", "Ansprechpunkt"),
            "detail_single_desc": ("Förderart", "Fördergeber", "Fördergebiet"),
            "details_single_desc_alt": ("declared_status", "Fördergeber"),
            "detail_rechts_only": ("Förderart", "Fördergeber", "Fördergebiet"),
            "detail_fail_07_25": ("Förderart", "Förderbereich", "Fördergeber"),
            "detail_fail_19_12": ("Förderart", "Förderbereich", "Fördergebiet", "Fördergeber"),
        }.items()
    ),
    Captured(
        "fr_ile_de_france",
        "fr_aides_territoires/ile_de_france_data.json",
        HOME_OF("mesdemarches.iledefrance.fr"),
        3,
        filled={"referenceAdministrative": 3, "publicsBeneficiaire": 3, "sections": 3},
        kind="register",
    ),
    Captured(
        "fr_culture",
        "fr_aides_territoires/ministere_de_la_culture_data.json",
        HOME_OF("www.culture.gouv.fr"),
        3,
        filled={"deadline": 2, "amount": 2, "public": 3, "sections": 3},
        kind="register",
    ),
    Captured(
        "eu_interreg_italy_croatia",
        "interreg/interreg_italy_croatia_call.html",
        "https://www.italy-croatia.eu/4th-call-for-proposals",
        1,
        filled={"sections": 1},
        kind="call",
    ),
)


def read_capture(shared: Path, captured: Captured) -> tuple[ParseResult, Counter[str]]:
    body = captured.body((shared / "captures" / captured.file).read_bytes())
    reading = read(captured.stem, captured.kind, captured.url, body)
    filled = Counter(name for notice in reading.notices for name in filled_fields(notice))
    return reading, filled


@pytest.mark.parametrize("captured", CAPTURES, ids=lambda captured: captured.file)
def test_a_captured_list_is_read_whole(shared: Path, captured: Captured) -> None:
    reading, filled = read_capture(shared, captured)
    assert reading.issues == ()
    assert len(reading.notices) >= captured.notices
    assert len(reading.elsewhere) >= captured.elsewhere
    assert filled["title"] == len(reading.notices)
    short = {name for name, least in captured.filled.items() if filled[name] < least}
    assert not short, filled


@pytest.mark.parametrize("captured", CAPTURES, ids=lambda captured: captured.file)
def test_words_of_captured_lists_are_known(shared: Path, captured: Captured) -> None:
    portal = registry.load()[captured.stem]
    reading, _ = read_capture(shared, captured)
    for notice in reading.notices:
        headings = {section.heading for section in notice.sections if section.heading}
        assert {label for label, _ in notice.labelled} | headings <= set(portal.labels)
        assert notice.declared_status is None or notice.declared_status in portal.statuses


def test_table_of_captured_lists(shared: Path) -> None:
    for captured in CAPTURES:
        reading, filled = read_capture(shared, captured)
        counts = ", ".join(f"{name} {count}" for name, count in filled.most_common())
        print(  # noqa: T201 - the table is the point
            f"{captured.stem:32} {captured.kind:9} {reading.rows:4} rows "
            f"{len(reading.notices):4} notices {len(reading.elsewhere):4} elsewhere: {counts}"
        )
        assert reading.rows >= captured.notices + captured.elsewhere
