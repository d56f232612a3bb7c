"""Structure of originals: labels, headings, items, tables, struck-through words; spans quote."""

from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_html, read_notice, read_text
from normalizers.text.blocks import BlockKind, SourceText
from schema.notices import Markup, RawNotice, Section


def kinds(original: SourceText) -> list[tuple[str, str]]:
    return [(block.kind, block.span.quote(original.text)) for block in original.blocks]


def test_plain_text_has_labels_headings_items_and_paragraphs() -> None:
    original = read_text(
        "Javni poziv obrtnicima\n\nDatum objave: 1.3.2021.\nKorisnici:\n • obrti\n\n"
        "Sredstva se dodjeljuju do iskorištenja."
    )
    assert [kind for kind, _ in kinds(original)] == [
        BlockKind.HEADING, BlockKind.LABELLED, BlockKind.LABEL, BlockKind.ITEM, BlockKind.PARAGRAPH
    ]  # fmt: skip
    label, value = original.blocks[1].label, original.blocks[1].value
    assert label is not None
    assert value is not None
    assert label.quote(original.text) == "Datum objave"
    assert value.quote(original.text) == "1.3.2021."


def test_an_hour_is_no_label() -> None:
    assert read_text("Prijave do 12:00 sati 3. svibnja").blocks[0].kind is not BlockKind.LABELLED


def test_wrapped_lines_are_one_block() -> None:
    original = read_text("Le domande si presentano\nentro il 3 maggio 2021.\nAltro paragrafo.")
    assert len(original.blocks) == 2


def test_html_tables_and_definition_lists_are_labels_with_values() -> None:
    original = read_html(
        "<main><h1>Bando</h1><table><tr><th>Scadenza</th><td>31/12/2023</td></tr></table>"
        "<dl><dt>Codice</dt><dd>RLA12020034211</dd></dl><ul><li>imprese</li></ul></main>"
    )
    assert original.title is not None
    assert original.title.quote(original.text) == "Bando"
    assert (BlockKind.LABELLED, "Scadenza: 31/12/2023") in kinds(original)
    assert (BlockKind.LABELLED, "Codice: RLA12020034211") in kinds(original)
    assert (BlockKind.ITEM, "imprese") in kinds(original)


def test_navigation_and_scripts_are_left_out() -> None:
    original = read_html("<nav>Menu</nav><script>x()</script><main><p>Bando</p></main>")
    assert original.text.strip() == "Bando"


def test_a_struck_deadline_is_not_the_deadline() -> None:
    original = read_html(
        "<main><h1>Bando voucher</h1><p>Scadenza: <del>30/06/2023</del> 31/07/2023</p></main>"
    )
    call = normalise(original, Hints(language="it"))
    assert [deadline.moment.isoformat() for deadline in call.deadlines] == ["2023-07-31"]


def test_a_raw_notice_is_title_then_labels_then_sections() -> None:
    original = read_notice(
        RawNotice(
            portal="it_test",
            source_id="1",
            url="https://example.org/1",
            title="Bando per le imprese",
            labelled=(("Scade il", "02/02/2021 , ore 00:00"),),
            sections=(
                Section("<p>Dotazione: 6 milioni di euro</p>", "Risorse"),
                Section("Beneficiari: PMI", None, Markup.TEXT),
            ),
        )
    )
    assert original.text.splitlines()[:2] == [
        "Bando per le imprese",
        "Scade il: 02/02/2021 , ore 00:00",
    ]
    call = normalise(original, Hints(language="it"))
    assert call.title.original == "Bando per le imprese"
    assert call.deadlines[0].moment.isoformat() == "2021-02-02"
    assert call.budget_total is not None
    assert call.budget_total.amount == 6_000_000


def test_boilerplate_is_not_content() -> None:
    text = "Chiuso\n\nContributi alle imprese di Lodi\n\nSkip to content\n\nCondividi"
    call = normalise(read_text(text), Hints(language="it"))
    assert call.title.original == "Contributi alle imprese di Lodi"
    assert call.declared_status is not None
    assert call.declared_status.value == "closed"


def test_a_portals_own_labels_say_what_they_mean() -> None:
    original = read_text("Bando per le imprese\n\nGiorno X: 3/5/2022\nScadenza interna: 1/1/2022")
    labels = {"Giorno X": "deadlines", "Scadenza interna": "ignore"}
    call = normalise(original, Hints(language="it", labels=labels))
    assert [deadline.moment.isoformat() for deadline in call.deadlines] == ["2022-05-03"]


def test_words_in_any_depth_are_kept() -> None:
    for tag in ("div", "b", "ul", "table><tr><td"):
        deep = read_html(f"<{tag}>" * 3000 + "Bando per le imprese")
        assert deep.text.strip() == "Bando per le imprese"


def test_the_rows_of_a_table_inside_a_table_are_its_own() -> None:
    inner = "<table><tr><td>Scadenza</td><td>31/12/2023</td></tr></table>"
    original = read_html(f"<table><tr><td><script>x()</script>{inner}</td></tr></table>")
    assert kinds(original) == [(BlockKind.LABELLED, "Scadenza: 31/12/2023")]


def test_what_is_wrong_in_one_section_stays_in_it() -> None:
    sections = (Section("<table><tr><td><b>Aperto", "Stato"), Section("PMI", "Beneficiari"))
    raw = RawNotice("it_test", "1", "https://example.org/1", "Bando", sections=sections)
    assert read_notice(raw).text.splitlines() == ["Bando", "Stato", "Aperto", "Beneficiari", "PMI"]


def test_attachments_are_links_to_documents() -> None:
    page = '<p><a href="/d/bando.pdf">Il <b>testo</b></a> <a href="/altro">altro</a></p>'
    original = read_html(page, "https://example.org/x/")
    assert [(each.label, each.url) for each in original.attachments] == [
        ("Il testo", "https://example.org/d/bando.pdf")
    ]
