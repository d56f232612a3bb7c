"""Linking: which notices become one call, which must not, and that the answer is stable."""

import tomllib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import combinations
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from linking.clustering import ALONE, Cluster, LinkedNotice, link
from linking.merge import merge
from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_text
from schema.money import Money
from tests.support.linked_notices import FOLDER, read_notice, read_notices

CASES = sorted(path.stem for path in FOLDER.glob("*.toml"))


def by_notice(clusters: Sequence[Cluster]) -> dict[str, Cluster]:
    return {each.notice_id: cluster for cluster in clusters for each in cluster.notices}


def pairs(case: str, kind: str) -> list[tuple[str, str]]:
    return tomllib.loads((FOLDER / f"{case}.toml").read_text(encoding="utf-8")).get(kind, [])


@pytest.mark.parametrize("case", CASES)
def test_same_calls_are_merged_and_near_misses_are_not(case: str) -> None:
    found = by_notice(link(read_notices(case).values()))

    merged = {
        (one, other)
        for one, other in combinations(found, 2)
        if found[one].call_id == found[other].call_id
    }
    expected = {tuple(pair) for pair in pairs(case, "same")}
    assert {frozenset(pair) for pair in merged} == {frozenset(pair) for pair in expected}


@pytest.mark.parametrize("case", CASES)
def test_notices_of_a_fixture_are_merged_pair_by_pair_too(case: str) -> None:
    """A small corpus knows little about rarity; a pair alone must fare no worse."""
    notices = read_notices(case)
    for one, other in pairs(case, "apart") + pairs(case, "edition"):
        assert len(link([notices[one], notices[other]])) == 2, (one, other)


@pytest.mark.parametrize("case", CASES)
def test_editions_stay_apart_and_know_each_other(case: str) -> None:
    found = by_notice(link(read_notices(case).values()))
    for one, other in pairs(case, "edition"):
        kinds = {(r.call_id, r.kind) for r in found[one].relations}
        assert (found[other].call_id, "edition") in kinds, (one, other)
        assert (found[one].call_id, "edition") in {
            (r.call_id, r.kind) for r in found[other].relations
        }


def test_croatian_page_without_facts_joins_the_italian_one_and_says_why() -> None:
    notices = read_notices("cosme_2020")
    (cluster,) = link([notices["hr"], notices["it"]])

    lead, other = cluster.links
    assert [lead.notice_id, other.notice_id] == ["it", "hr"]
    assert (lead.role, other.role) == ("original", "relay")
    assert other.confidence == "strong"
    assert other.reason.startswith("programme COSME; edition 2020; shares ")
    assert "ClusterXchange" in other.reason
    assert "\n" not in other.reason


def test_same_code_is_certain_even_if_typists_differ() -> None:
    notices = read_notices("codes_are_not_always_identity")
    (cluster,) = link([notices["code-a"], notices["code-b"]])
    assert {each.confidence for each in cluster.links} == {"certain"}
    assert cluster.links[1].reason == "same code AGEF2511"


def test_title_alone_is_never_an_identity() -> None:
    """Law 6: one distinctive title on two portals, and nothing else, is only a suggestion."""
    row = {
        "role": "original",
        "language": "it",
        "title": "Bando per il recupero dei frantoi ipogei del Salento 2024",
        "text": "Bando per il recupero dei frantoi ipogei del Salento 2024",
        "programme": "Frantoi",
    }
    one = read_notice(row | {"id": "a", "portal": "it_one"})
    other = read_notice(row | {"id": "b", "portal": "it_two"})
    clusters = link([one, other])
    assert len(clusters) == 2
    assert [r.kind for cluster in clusters for r in cluster.relations] == ["suggestion"] * 2
    assert "nothing but the title" in clusters[0].relations[0].reason


def test_notice_that_contradicts_one_member_does_not_enter_through_another() -> None:
    row = {
        "role": "relay",
        "language": "it",
        "title": "Invito innovazione dei distretti 2024",
        "text": "Invito con InnoDistretti, ReteDistretti e DistrettiLab.",
        "published": date(2024, 1, 10),
    }
    one = read_notice(row | {"id": "a", "portal": "it_a", "codes": ["DIS-2024-01"]})
    bare = read_notice(row | {"id": "b", "portal": "it_b"})
    other = read_notice(row | {"id": "c", "portal": "it_c", "codes": ["DIS-2024-02"]})
    found = by_notice(link([one, bare, other]))
    assert found["a"].call_id != found["c"].call_id
    assert found["b"].call_id in {found["a"].call_id, found["c"].call_id}


def test_other_calls_own_page_outranks_portals_that_pass_it_on() -> None:
    row = {"language": "it", "title": "Avviso filiere 2024", "codes": ["FIL-2024-77"], "text": ""}
    passed_on = row | {"role": "original", "issuer": "Regione Lombardia", "published": None}
    one = read_notice(passed_on | {"id": "a", "portal": "it_veneto", "seen": _day(1)})
    other = read_notice(passed_on | {"id": "b", "portal": "it_lombardia", "seen": _day(9)})
    (cluster,) = link([one, other])
    assert [(each.notice_id, each.role) for each in cluster.links] == [
        ("b", "original"),
        ("a", "relay"),
    ]


def test_the_unions_own_portal_leads_before_a_region_that_names_itself() -> None:
    row = {"role": "original", "language": "it", "title": "Invito", "codes": ["COS-X-2024-1-02"]}
    region = read_notice(
        row | {"id": "a", "portal": "it_lombardia", "issuer": "Regione Lombardia", "text": ""}
    )
    union = read_notice(
        row | {"id": "b", "portal": "eu_funding_tenders", "language": "en", "text": ""}
    )
    (cluster,) = link([region, union])
    assert [each.notice_id for each in cluster.links] == ["b", "a"]
    assert cluster.links[0].role == "original"


def test_call_id_survives_a_later_notice() -> None:
    notices = read_notices("cosme_2020")
    before = by_notice(link([notices["it"]]))["it"].call_id
    after = by_notice(link(notices.values()))
    assert before == after["it"].call_id == after["hr"].call_id
    assert len(before) == 12
    assert before.startswith("c-")


def test_a_single_notice_is_a_call_of_its_own() -> None:
    (cluster,) = link([read_notices("cosme_2020")["hr"]])
    assert cluster.links[0].reason == ALONE
    assert cluster.links[0].confidence == "certain"


def test_what_is_not_a_call_stands_in_no_cluster() -> None:
    notice = read_notices("cosme_2020")["hr"]
    assert link([replace(notice, call=replace(notice.call, is_call=False))]) == []


def test_an_id_given_twice_and_an_unknown_role_are_errors() -> None:
    notice = read_notices("cosme_2020")["hr"]
    with pytest.raises(ValueError, match="given twice"):
        link([notice, notice])
    with pytest.raises(ValueError, match="none of original, register, relay"):
        link([replace(notice, role="witness")])


def _all_notices() -> list[LinkedNotice]:
    return [
        replace(notice, notice_id=f"{case}/{notice.notice_id}")
        for case in CASES
        for notice in read_notices(case).values()
    ]


ALL = _all_notices()
EXPECTED = link(ALL)


def test_cases_do_not_disturb_each_other() -> None:
    found = by_notice(EXPECTED)
    for case in CASES:
        for kind, same in (("same", True), ("apart", False), ("edition", False)):
            for one, other in pairs(case, kind):
                ids = found[f"{case}/{one}"].call_id, found[f"{case}/{other}"].call_id
                assert (ids[0] == ids[1]) is same, (case, one, other)


@settings(max_examples=25)
@given(st.permutations(ALL))
def test_order_does_not_matter(notices: list[LinkedNotice]) -> None:
    assert link(notices) == EXPECTED


@settings(max_examples=40)
@given(st.sets(st.sampled_from(range(len(ALL)))))
def test_every_call_notice_stands_in_exactly_one_cluster(chosen: set[int]) -> None:
    notices = [ALL[at] for at in sorted(chosen)]
    clusters = link(notices)
    placed = [each.notice_id for cluster in clusters for each in cluster.notices]
    assert sorted(placed) == sorted(each.notice_id for each in notices)
    assert len({cluster.call_id for cluster in clusters}) == len(clusters)
    for cluster in clusters:
        assert [each.notice_id for each in cluster.links] == [
            each.notice_id for each in cluster.notices
        ]


def _day(number: int) -> date:
    return date(2024, 1, number)


HEADS = {
    "hr": "Objavljeno: 16.11.2020.\n\n",
    "it": "Codice: RLA12020034211\n\nPubblicato il: 09/11/2020\n\nScade il: 02/02/2021\n\n",
    "hr-tourism": "Objavljeno: 30.11.2020.\n\n",
    "it-tourism": "Pubblicato il: 24/11/2020\n\nScade il: 24/02/2021\n\n",
    "hr-2019": "Objavljeno: 18.11.2019.\n\n",
}


def _as_extracted(notice: LinkedNotice, text: str) -> LinkedNotice:
    """Return the notice with the call that the normalizers read in a text, not the hand-made."""
    call = normalise(read_text(text), Hints(language=notice.call.language))
    return replace(notice, call=call, text=text)


def test_calls_read_from_texts_are_linked_like_hand_made_ones() -> None:
    notices = read_notices("cosme_2020")
    read = {
        name: _as_extracted(
            notices[name], f"{notices[name].call.title.original}\n\n{head}{notices[name].text}"
        )
        for name, head in HEADS.items()
    }
    found = by_notice(link(read.values()))
    assert found["hr"].call_id == found["it"].call_id
    assert len({found[name].call_id for name in ("it", "it-tourism", "hr-2019")}) == 3
    merged = merge(found["hr"])
    assert {"RLA12020034211", "COS-CLUSTER-2020-3-03"} <= set(merged.codes)
    assert merged.budget_total == Money(Decimal(6_000_000), "EUR")
    assert merged.evidence["budget_total"][0].source == "it"


SEEDS = Path(__file__).parents[3] / "shared" / "seeds"


@pytest.mark.shared
@pytest.mark.skipif(not SEEDS.is_dir(), reason="the real pages do not lie beside the checkout")
def test_the_real_pages_of_one_call_are_linked() -> None:
    """The two seeds as extracted, with the near-misses in view."""
    notices = read_notices("cosme_2020")
    real = {"hr": "hr_ra-vsz_cosme-2020.txt", "it": "it_lombardia_RLA12020034211.txt"}
    for name, file in real.items():
        text = (SEEDS / file).read_text(encoding="utf-8")
        notices[name] = _as_extracted(notices[name], text)
    found = by_notice(link(notices.values()))
    assert found["hr"].call_id == found["it"].call_id
    assert found["hr"].call_id not in {found["hr-2019"].call_id, found["hr-tourism"].call_id}
