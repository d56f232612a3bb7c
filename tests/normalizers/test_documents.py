"""Linked documents: their roles, their text, faults and bombs, and what they add to a call.

Over 400 lines because every fault has a document of its own.
"""

import hashlib
import io
import os
import struct
import zlib
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from normalizers.documents import reader
from normalizers.documents.completion import STATABLE, complete
from normalizers.documents.formats import read_document
from normalizers.documents.limits import Limits
from normalizers.documents.reader import read_apart
from normalizers.documents.roles import choose_documents, find_role
from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_text
from schema.calls import Absence, Call, DeadlineKind
from schema.documents import DocumentText
from schema.fields import KEY_FIELDS
from schema.money import Money
from schema.notices import Attachment
from tests.support.tiny_packed import pack, paragraph, write_docx, write_odt
from tests.support.tiny_pdf import write_pdf, write_scan

SITES = Path(__file__).parents[1] / "fixtures" / "sites" / "demo"
LINES = ["Javni poziv udrugama za programe mladih 2020.", "Rok za prijavu je 15. prosinca 2020."]
LIMITS = Limits()


def text_of(body: bytes) -> str:
    read = read_document(body, LIMITS)
    assert read.problem is None, read.message
    return read.text


# Roles


@pytest.mark.parametrize(
    ("label", "url", "role"),
    [
        ("Upute za prijavitelje", "https://x.hr/u.pdf", "guidelines"),
        ("Prijavni obrazac", "https://x.hr/o.docx", "form"),
        ("Obrazovanje 2021 – smjernice", "https://x.hr/o.pdf", "guidelines"),
        ("Allegato A - Testo del bando", "https://x.it/a.pdf", "text of the call"),
        ("", "https://x.it/d/8?fileName=Allegato%20B%20spese.pdf", "budget"),
        ("Modulo di domanda del bando", "https://x.it/m.pdf", "form"),
        ("FAQ bando", "https://x.it/f.pdf", "faq"),
        ("Logo", "https://x.it/logo.pdf", "picture"),
        ("Graduatoria bando", "https://x.it/g.pdf", "result"),
        ("Guide for applicants", "https://x.eu/g.pdf", "guidelines"),
        ("Programme guide", "https://x.eu/g.pdf", "programme"),
        ("Download", "https://x.de/Richtlinie.pdf", "guidelines"),
        ("Download", "https://x.de/4711.pdf", None),
    ],
)
def test_a_name_tells_the_role(label: str, url: str, role: str | None) -> None:
    assert find_role(label, url) == role


def test_only_rules_of_the_call_are_chosen_the_best_first() -> None:
    chosen = choose_documents(
        [
            Attachment("Obrazac prijave", "https://x.hr/obrazac.docx"),
            Attachment("Upute za prijavitelje", "https://x.hr/upute.pdf"),
            Attachment("Tekst natječaja", "https://x.hr/tekst.docx"),
            Attachment("Upute, tablica", "https://x.hr/upute.xlsx"),
            Attachment("Upute", None),
            Attachment("Upute još jednom", "https://x.hr/upute.pdf"),
        ]
    )
    assert chosen == ("https://x.hr/tekst.docx", "https://x.hr/upute.pdf")


@given(st.text(max_size=80), st.none() | st.text(max_size=80))
def test_any_name_has_a_role_or_none(label: str, url: str | None) -> None:
    role = find_role(label, url)
    assert role is None or role


# Text


def test_a_pdf_gives_its_lines_page_by_page() -> None:
    total = "Ukupno: 400.000,00 €, za sve prijavitelje"
    read = read_apart(write_pdf([LINES, [total]]))
    assert (read.media, read.pages, read.problem) == ("pdf", 2, None)
    assert read.text.split("\n\f") == [
        "\n".join(LINES),
        "Ukupno: 400.000,00 €, za sve prijavitelje",
    ]
    assert [read.page_of(read.text.index(word)) for word in ("Javni", "Ukupno")] == [1, 2]


def test_running_heads_page_numbers_and_contents_are_left_out() -> None:
    pages = [
        ["Upute za prijavitelje", f"Svrha poziva {name} ........ {number}", name * 40, f"{number}"]
        for number, name in enumerate("abcd", start=1)
    ]
    assert text_of(write_pdf(pages)) == "\n\f".join(name * 40 for name in "abcd")


def test_encryption_without_a_password_is_opened_any_other_is_respected() -> None:
    for password, problem in (("", None), ("secret", "unreadable_document")):
        writer = PdfWriter()
        writer.append_pages_from_reader(PdfReader(_file(write_pdf([LINES]))))
        writer.encrypt(password, "owner", algorithm="AES-256")
        body = _written(writer)
        read = read_apart(body)
        assert read.problem == problem
        if problem:
            assert read.message == "it is encrypted with a password"
        else:
            assert LINES[0] in read.text


def test_a_docx_gives_paragraphs_items_and_rows_without_what_was_struck() -> None:
    def cells(*texts: str) -> str:
        return "<w:tr>" + "".join(f"<w:tc>{paragraph(t)}</w:tc>" for t in texts) + "</w:tr>"

    item = "<w:p><w:pPr><w:numPr/></w:pPr><w:r><w:t>udruge</w:t></w:r></w:p>"
    body = (
        paragraph("Rok: 1.12.2020.", "<w:strike/>")
        + paragraph("Rok: 15.12.2020.", '<w:strike w:val="false"/>')
        + f"<w:del>{paragraph('izbrisano')}</w:del><w:ins>{paragraph('dodano')}</w:ins>"
        + f"<w:sdt><w:sdtContent>{item}</w:sdtContent></w:sdt>"
        + f"<w:tbl>{cells('Ukupno', '400.000 kn')}{cells('a', 'b', 'c')}</w:tbl>"
    )
    assert text_of(write_docx(body)).split("\n") == [
        "", "Rok: 15.12.2020.", "dodano", "- udruge", "Ukupno: 400.000 kn", "a | b | c"
    ]  # fmt: skip


def test_an_odt_gives_the_same() -> None:
    struck = (
        '<style:style style:name="S"><style:text-properties '
        'style:text-line-through-style="solid"/></style:style>'
    )
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>"
    row = "<table:table-row>{}</table:table-row>"
    body = (
        "<text:tracked-changes><text:p>izbrisano</text:p></text:tracked-changes>"
        '<text:h>Upute</text:h><text:p>Rok: <text:span text:style-name="S">1.12.</text:span>'
        "<text:s/>15.12.2020.</text:p><text:list><text:list-item><text:p>udruge</text:p>"
        "</text:list-item></text:list>"
        + row.format(cell.format("Ukupno") + cell.format("400.000 kn"))
    )
    read = read_apart(write_odt(body, struck))
    assert read.media == "odt"
    lines = ["Upute", "Rok: 15.12.2020.", "- udruge", "Ukupno: 400.000 kn"]
    assert read.text.split("\n") == lines


def test_the_demos_documents_are_what_their_texts_say() -> None:
    """Write them anew with ``APPROVE=1``."""
    found = sorted(SITES.rglob("*.txt"))
    texts = [path for path in found if path.name != "robots.txt"]
    assert texts
    for path in texts:
        pages = path.read_text(encoding="utf-8").split("\f")
        made = write_pdf([page.splitlines() for page in pages])
        if os.environ.get("APPROVE") and not os.environ.get("CI"):
            path.with_suffix(".pdf").write_bytes(made)
        assert path.with_suffix(".pdf").read_bytes() == made, "approve with APPROVE=1"


# Faults


def test_a_scan_is_an_issue_of_its_own() -> None:
    read = read_apart(write_scan(3))
    assert (read.problem, read.text) == ("scanned_document", "")


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"", "neither PDF nor DOCX nor ODT"),
        (b"<!DOCTYPE html><html><body>Prijava</body></html>", "a web page"),
        (b"\xd0\xcf\x11\xe0" + bytes(512), "old binary format"),
        (pack({"xl/workbook.xml": "<workbook/>"}), "neither DOCX nor ODT"),
        (pack({"word/document.xml": "<w:document"}), "no well-formed XML"),
        (write_docx("")[:-30], "damaged"),
        (write_docx(paragraph("x"))[:80], "damaged"),
        (b"%PDF-1.4\n%%EOF", "damaged"),
    ],
)
def test_what_is_no_document_says_so(body: bytes, why: str) -> None:
    read = read_apart(body)
    assert read.problem == "unreadable_document"
    assert why in (read.message or "")
    assert read.sha256 == hashlib.sha256(body).hexdigest()


@pytest.mark.parametrize("share", [0.1, 0.4, 0.7, 0.95])
def test_a_truncated_pdf_is_read_or_an_issue_never_an_error(share: float) -> None:
    whole = write_pdf([LINES] * 4)
    read = read_apart(whole[: int(len(whole) * share)])
    assert (read.problem is None) == bool(read.text)


def test_too_many_pages_are_not_read_at_all() -> None:
    read = read_apart(write_pdf([LINES] * 5), replace(LIMITS, pages=4))
    assert (read.problem, read.message) == (
        "unreadable_document",
        "it has 5 pages; at most 4 are read",
    )


def bomb(size: int) -> bytes:
    """Return a small PDF whose page unpacks to ``size`` bytes, packed twice."""
    packer = zlib.compressobj(9)
    first = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    same = packer.compress(bytes(1_000_000)) + packer.flush(zlib.Z_FULL_FLUSH)
    checksum = struct.pack(">HH", size % 65521, 1)  # Adler-32 of nothing but zeros
    packed = first + same * (size // 1_000_000 - 1) + b"\x03\x00" + checksum
    twice = zlib.compress(packed, 9)
    whole = write_pdf([["x"]])
    start, end = whole.index(b"stream\n") + 7, whole.index(b"\nendstream")
    return (whole[:start] + twice + whole[end:]).replace(
        b"/Length %d /Filter /FlateDecode" % (end - start),
        b"/Length %d /Filter [/FlateDecode /FlateDecode]" % len(twice),
    )


def test_a_gigabyte_in_a_small_pdf_harms_nobody() -> None:
    body = bomb(1_000_000_000)
    assert len(body) < 50_000
    read = read_apart(body, replace(LIMITS, memory=600_000_000, seconds=10))
    assert read.problem in ("unreadable_document", "scanned_document")
    assert read.text == ""


def test_a_docx_that_unpacks_to_too_much_is_refused() -> None:
    body = write_docx(paragraph(" " * 60_000_000))
    assert len(body) < 100_000
    assert "unpacks to more than" in (read_apart(body).message or "")


def test_entities_are_not_expanded() -> None:
    laughs = '<!ENTITY l0 "ha">' + "".join(
        f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 9)
    )
    body = write_docx("<w:p><w:r><w:t>&l8;</w:t></w:r></w:p>", f"<!DOCTYPE d [{laughs}]>")
    assert read_apart(body).problem == "unreadable_document"
    outside = '<!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/hostname">]>'
    read = read_apart(write_docx("<w:p><w:r><w:t>&x;</w:t></w:r></w:p>", outside))
    assert (read.problem, read.text) == ("unreadable_document", "")


def test_a_document_that_takes_for_ever_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    loop = "import sys; sys.stdin.buffer.read()\nwhile True: pass"
    monkeypatch.setattr(reader, "_COMMAND", (reader.sys.executable, "-c", loop))
    monkeypatch.setattr(reader, "_PATIENCE", 0.3)
    read = read_apart(write_pdf([LINES]), replace(LIMITS, seconds=1))
    assert read.message == "reading it takes more than 1 seconds"


def test_computing_time_is_limited_by_the_process_itself() -> None:
    crowded = write_pdf([["udruga " * 30] * 300] * 140)
    read = read_apart(crowded, replace(LIMITS, seconds=1, characters=10**9))
    assert read.message == "reading it takes more than 1 seconds"


def test_memory_is_limited() -> None:
    read = read_apart(write_docx(paragraph("x" * 9_000_000)), replace(LIMITS, memory=120_000_000))
    assert read.problem == "unreadable_document"


@given(st.binary(max_size=400))
def test_no_bytes_crash_the_reader(body: bytes) -> None:
    for start in (b"", b"%PDF-1.4\n", b"PK\x03\x04"):
        read = read_document(start + body, LIMITS)
        assert read.problem in (None, "unreadable_document", "scanned_document")


@given(st.data())
def test_damage_in_the_middle_never_raises_and_reads_the_same_twice(data: st.DataObject) -> None:
    whole = data.draw(st.sampled_from([write_pdf([LINES]), write_docx(paragraph(LINES[0]))]))
    place = data.draw(st.integers(0, len(whole) - 1))
    damaged = whole[:place] + data.draw(st.binary(min_size=1, max_size=9)) + whole[place + 4 :]
    assert read_document(damaged, LIMITS) == read_document(damaged, LIMITS)


# Completion

PAGE = """Javni poziv udrugama za programe mladih 2020.
Pozivaju se udruge da prijave programe za mlade.
Najviši iznos potpore je 40.000,00 kn.
"""
DOCUMENT = """Upute za prijavitelje
Javni poziv udrugama za programe mladih 2020.
Ukupna vrijednost poziva iznosi 400.000,00 kn.
Najviši iznos potpore je 50.000,00 kn.
Rok za podnošenje prijava je 15. prosinca 2020. do 16:00 sati.
Prihvatljivi prijavitelji su udruge.
"""
UPUTE = Attachment("Upute za prijavitelje", "https://x.hr/upute.pdf")
HINTS = Hints(language="hr", today=date(2020, 11, 16), portal="hr_x", url="https://x.hr/poziv")


def read_as(text: str) -> DocumentText:
    return DocumentText(hashlib.sha256(text.encode()).hexdigest(), "pdf", text, 1)


def page_call(text: str = PAGE) -> Call:
    call = normalise(read_text(text), HINTS)
    documents = normalise(replace(read_text(text), attachments=(UPUTE,)), HINTS).documents
    return replace(call, documents=documents)


def completed(text: str = DOCUMENT, page: str = PAGE) -> Call:
    return complete(page_call(page), [UPUTE], {"https://x.hr/upute.pdf": read_as(text)}, HINTS)


def test_a_document_fills_what_the_page_lacks_with_its_own_words() -> None:
    before, call = page_call(), completed()
    assert before.budget_total is None
    assert not before.deadlines
    assert call.budget_total == Money(Decimal(400000), "HRK")
    assert [each.moment.isoformat() for each in call.deadlines] == ["2020-12-15T16:00"]
    assert call.deadline_kind is DeadlineKind.FIXED
    assert "budget_total" not in call.absence
    for name in ("budget_total", "deadlines"):
        for proof in call.evidence[name]:
            assert proof.source == read_as(DOCUMENT).source
            assert proof.span.quote(DOCUMENT) == proof.quote
    (document,) = call.documents
    assert (document.role, document.sha256) == ("guidelines", read_as(DOCUMENT).sha256)


def test_the_page_wins_and_the_contradiction_is_an_issue() -> None:
    before, call = page_call(), completed()
    assert call.grant_max == before.grant_max
    assert call.evidence["grant_max"] == before.evidence["grant_max"]
    (issue,) = (each for each in call.issues if each.kind == "conflicting_values")
    assert issue.field == "grant_max"
    assert "40.000,00" in (issue.detail or "")
    assert "50.000,00" in (issue.detail or "")


@pytest.mark.parametrize(
    "other", [DOCUMENT.replace("2020", "2019"), DOCUMENT.replace("udrugama za programe mladih", "")]
)
def test_a_document_of_another_call_or_year_adds_nothing(other: str) -> None:
    call = completed(other)
    assert [each.kind for each in call.issues] == ["unrelated_document"]
    assert all(getattr(call, name) == getattr(page_call(), name) for name in STATABLE)


def test_a_deadline_before_the_page_was_published_is_not_taken() -> None:
    late = PAGE + "Datum objave: 20. prosinca 2020.\n"
    call = completed(page=late)
    assert not call.deadlines
    assert "conflicting_values" in {each.kind for each in call.issues}


def test_an_unread_document_may_hold_what_was_not_found() -> None:
    scan = DocumentText("0" * 64, "pdf", problem="scanned_document", message="")
    for known in ({}, {"https://x.hr/upute.pdf": scan}):
        call = complete(page_call(), [UPUTE], known, HINTS)
        assert call.absence["budget_total"] is Absence.NOT_PUBLISHED
        assert call.absence["issuer"] is Absence.NOT_FOUND


def test_what_is_no_call_takes_nothing() -> None:
    before = replace(page_call(), is_call=False)
    call = complete(before, [UPUTE], {"https://x.hr/upute.pdf": read_as(DOCUMENT)}, HINTS)
    assert call.budget_total is None
    assert call.documents[0].sha256


SENTENCES = (*PAGE.splitlines(), *DOCUMENT.splitlines(), "Objava: 1.11.2020.", "KK.03.2.1.19")


@given(st.lists(st.sampled_from(SENTENCES)), st.lists(st.sampled_from(SENTENCES)))
def test_nothing_on_the_page_changes_and_every_field_is_accounted_for(
    page: list[str], document: list[str]
) -> None:
    before = page_call("\n".join([*PAGE.splitlines()[:2], *page]))
    text = "\n".join(document)
    read = {"https://x.hr/upute.pdf": read_as(text)}
    call = complete(before, [UPUTE], read, HINTS)
    assert call == complete(before, [UPUTE], read, HINTS)
    for name in KEY_FIELDS:
        was, now = getattr(before, name), getattr(call, name)
        if was not in (None, (), ""):
            assert now == was
        assert (name in call.absence) == (now in (None, (), ""))
        for proof in call.evidence.get(name, ()):
            if proof.source is not None:
                assert proof.span.quote(text) == proof.quote


def _file(body: bytes) -> "io.BytesIO":
    return io.BytesIO(body)


def _written(writer: PdfWriter) -> bytes:
    file = io.BytesIO()
    writer.write(file)
    return file.getvalue()
