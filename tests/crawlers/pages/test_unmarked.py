"""Pages whose markup names nothing: the article by its density, values below their labels."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pages.page import Page, PageChangedError
from crawlers.pages.unmarked import find_article, read_lines, read_stacked
from schema.exchanges import Exchange
from tests.support.loopback import MONDAY

LABELS = ("Mjera", "Datum objave", "Kraj prijave")


def page(body: str) -> Page:
    text = f"<html><head><title>x</title></head><body>{body}</body></html>"
    return Page(Exchange("hr_havc", "call", "https://havc.hr/x", MONDAY, 200, text.encode()))


def test_the_article_is_found_beside_a_menu_and_below_a_header() -> None:
    menu = "<ul>" + "<li><a href='/x'>Djelokrug ministarstva</a></li>" * 3 + "</ul>"
    found = find_article(
        page(
            f"<header><p>{'Zaglavlje ' * 50}</p></header><div class='a'>{menu}</div>"
            f"<div class='b'><h1>Naslov</h1><p>{'Prvi odlomak. ' * 9}</p><p>Drugi odlomak.</p>"
            f"<table><tr><td>Rok</td><td>1. 2. 2026.</td></tr></table></div>"
        )
    )
    assert "Prvi odlomak" in found
    assert "1. 2. 2026." in found
    assert "Djelokrug" not in found
    assert "Zaglavlje" not in found
    assert "Naslov" not in found


def test_columns_of_one_text_stay_together() -> None:
    column = "<div><p>{}</p></div>"
    found = find_article(
        page(f"<div>{column.format('Lijevo. ' * 20)}{column.format('Desno. ' * 20)}</div>")
    )
    assert "Lijevo" in found


def test_a_page_without_running_text_has_changed() -> None:
    with pytest.raises(PageChangedError, match="no running text"):
        find_article(page("<div>Samo riječ</div><nav><p>Izbornik</p></nav>"))


def test_values_stand_below_or_beside_their_labels() -> None:
    printed = page(
        "<div><span>Mjera</span></div><div><b>Datum objave:</b> <i>1. 7. 2026</i></div>"
        "<p>Kraj prijave: 31. 12. 2026</p><p>Mjera opreza je potrebna</p>"
    )
    assert list(read_stacked(printed, LABELS)) == [
        ("Datum objave", "1. 7. 2026"),
        ("Kraj prijave", "31. 12. 2026"),
    ]


def test_facts_that_were_read_are_left_out_of_the_article() -> None:
    text = "Poziv je namijenjen poljoprivrednicima. " * 3
    printed = page(
        f"<div><h1>Naslov</h1><div><b>Mjera:</b> <i>73</i></div><dl><dt>Kraj prijave</dt>"
        f"<dd>31. 12. 2026</dd></dl><p>{text}</p><p>Mjera 73 traje.</p></div>"
    )
    article = find_article(printed, (("Mjera", "73"), ("Kraj prijave", "31. 12. 2026")))
    assert "poljoprivrednicima" in article
    assert "Mjera 73 traje" in article
    assert "Mjera:" not in article
    assert "31. 12." not in article


def test_lines_are_what_a_visitor_sees() -> None:
    printed = page("<nav>Izbornik</nav>jedan<!-- ne --> dva<script>var x</script><p>tri</p>četiri")
    assert list(read_lines(printed)) == ["jedan", "dva", "tri", "četiri"]


@given(st.text(max_size=200))
def test_any_text_is_read_without_falling_over(text: str) -> None:
    printed = page(f"<p>{text}</p>")
    assert all(value for _, value in read_stacked(printed, LABELS))
    assert all(line.strip() for line in read_lines(printed))


@pytest.mark.shared
@pytest.mark.parametrize(
    ("name", "words", "frame"),
    [
        ("detail_single_desc.html", "EXIST", "Einwilligung in Tracking"),
        ("detail_rechts_only.html", "Förderart:", "Einwilligung in Tracking"),
        ("detail_multi_desc.html", "Kurzzusammenfassung", "Einwilligung in Tracking"),
        ("detail_fail_19_12.html", "Foerdergebiet:", "Einwilligung in Tracking"),
        ("details_single_desc_alt.html", "Antragsstellung nicht mehr möglich", "Servicesuche"),
    ],
)
def test_articles_of_real_pages_without_their_banners(
    shared: Path, name: str, words: str, frame: str
) -> None:
    body = (shared / "captures" / "de_foerderdatenbank" / name).read_bytes()
    url = "https://www.foerderdatenbank.de/x"
    article = find_article(Page(Exchange("xx_any", "call", url, MONDAY, 200, body)))
    assert words in article
    assert frame not in article
    assert len(article) > 700
