"""Pages: decoding, selecting, cleaning, and recognising what is no content."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crawlers.pages.charset import decode
from crawlers.pages.fragments import HALF_A_PAIR, clean_elements, clean_fragment
from crawlers.pages.page import Page, PageChangedError
from crawlers.pages.page_problems import find_problem
from schema.exchanges import Exchange
from tests.support.loopback import MONDAY

CROATIAN = "Natječaj za poduzeća: šume, žito, đački domovi, ćuprija"
ITALIAN = "Attività già avviate: è più facile così, perché no"


def page(body: bytes | str, content_type: str = "text/html; charset=utf-8") -> Page:
    raw = body.encode() if isinstance(body, str) else body
    headers = {"content-type": content_type}
    url = "https://www.example.hr/poziv/"
    return Page(Exchange("hr_test", "call", url, MONDAY, 200, raw, headers))


def test_one_insists_and_names_what_is_missing() -> None:
    with pytest.raises(PageChangedError) as raised:
        page("<h2>Poziv</h2>").one("h1")
    message = str(raised.value)
    assert all(part in message for part in ("hr_test", "'h1'", "https://www.example.hr/poziv/"))


def test_text_comes_as_a_browser_shows_it_and_attributes_come_raw() -> None:
    found = page('<h1 data-id=" RL 1 ">\n  Poziv\t<b>2020</b>\u00a0! </h1><h1> </h1>')
    assert found.one("h1") == "Poziv 2020\u00a0!"
    assert found.many("h1::text") == ["Poziv", "\u00a0!"]
    assert found.one("h1::attr(data-id)") == " RL 1 "
    assert found.maybe("h3") is None


def test_json_that_is_none_says_so() -> None:
    with pytest.raises(PageChangedError, match="no JSON"):
        page("<html>").json()


@pytest.mark.parametrize(
    ("text", "language", "real", "declared", "contradicted"),
    [
        (CROATIAN, "hr", "utf-8", "utf-8", False),
        (CROATIAN, "hr", "utf-8", "iso-8859-2", True),
        (CROATIAN, "hr", "cp1250", "utf-8", True),
        (CROATIAN, "hr", "cp1250", "iso-8859-1", True),
        (CROATIAN, "hr", "cp1250", "windows-1250", False),
        (CROATIAN, "hr", "iso8859-2", "iso-8859-2", False),
        (CROATIAN, "hr", "iso8859-2", "windows-1252", True),
        (ITALIAN, "it", "cp1252", "iso-8859-1", False),
        (ITALIAN, "it", "cp1252", "utf-8", True),
        (ITALIAN, "it", "utf-8", "iso-8859-1", True),
        (ITALIAN, "it", "utf-16", "utf-8", False),
    ],
)
def test_text_is_never_mangled(
    text: str, language: str, real: str, declared: str, contradicted: bool
) -> None:
    html = f'<html lang="{language}"><body><h1>{text}</h1></body></html>'
    found = page(html.encode(real), f"text/html; charset={declared}")
    assert found.one("h1") == text
    assert (found.wrongly_declared is not None) is contradicted


def test_the_charset_may_stand_in_the_page() -> None:
    body = f'<meta charset="windows-1250"><h1>{CROATIAN}</h1>'.encode("cp1250")
    assert page(body, "text/html").one("h1") == CROATIAN


@given(st.binary(max_size=400), st.text(max_size=60))
def test_any_bytes_decode(body: bytes, content_type: str) -> None:
    text, charset, _ = decode(body, content_type)
    assert isinstance(text, str)
    assert charset


@given(st.text(max_size=200))
def test_utf_8_survives_whatever_is_declared(text: str) -> None:
    body = "\ufeff".encode() + text.encode()
    assert decode(body, "text/html; charset=iso-8859-1")[0] == text


def test_a_fragment_keeps_structure_and_links_and_loses_widgets() -> None:
    html = """<div class="x" onclick="go()"><!-- note --><p style="a">Uno<br>due</p>
        <script>bad()</script><form><input value="q"></form><svg><text>logo</text></svg>
        <table><tr><td colspan="2">3</td></tr></table>
        <a href="../doc.pdf">Doc</a> <a href="javascript:go()">No</a> <p hidden>x</p></div>"""
    cleaned = clean_fragment(html, "https://example.org/a/b/")
    assert "<p>Uno<br/>due</p>" in cleaned
    assert '<td colspan="2">3</td>' in cleaned
    assert '<a href="https://example.org/a/doc.pdf">Doc</a>' in cleaned
    assert "<a>No</a>" in cleaned
    for gone in ("script", "bad()", "form", "logo", "note", "style", "onclick", "<div", "hidden"):
        assert gone not in cleaned


def test_a_fragment_must_be_there() -> None:
    found = page("<main><article><p>Poziv</p></article></main>")
    assert found.fragment(".entry-content", "article") == "<p>Poziv</p>"
    with pytest.raises(PageChangedError):
        found.fragment("aside")


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200))
@example("bando.html")
@example("https://example.org")
def test_any_text_can_be_cleaned_twice(text: str) -> None:
    once = clean_fragment(text, "https://example.org/")
    assert clean_fragment(once, "https://example.org/") == once


elements = st.sampled_from([
    "<p>Uno</p>",
    "<div><section> <b>Due</b> e tre</section></div>",
    "<div hidden>x</div>",
    "<li>Quattro</li>",
    "<td>Cinque</td>",
    "<title>Sei</title>",
    "<script>'</script>",
    "<p>Sette <script>'</p><p>'</script></p>",
    "<a href='x.pdf' class='y'>Otto</a>",
    "<body><p>Nove</p><p>Dieci</p></body>",
])  # fmt: skip


@given(st.lists(elements, max_size=5))
def test_elements_are_cleaned_together_as_each_alone(given_elements: list[str]) -> None:
    base = "https://example.org/"
    alone = [clean_fragment(each, base) for each in given_elements]
    assert clean_elements(given_elements, base) == alone


def test_what_no_parser_takes_costs_a_fragment_nothing_else() -> None:
    base = "https://example.org/"
    assert clean_fragment("<p>Uno \udc80 e <script>x</script>due</p>", base) == (
        f"<p>Uno {HALF_A_PAIR} e due</p>"
    )
    assert clean_fragment("<p>Due</p>", base) == "<p>Due</p>"
    assert clean_fragment('<p><a href="http://[x">Tre</a></p>', base) == "<p><a>Tre</a></p>"
    assert clean_fragment('<p><a href="x.pdf">Tre</a></p>', "http://[x") == "<p><a>Tre</a></p>"
    assert clean_fragment(7, base) == 7  # the check of notices says so


LONG = "<p>Regija dodjeljuje bespovratna sredstva poduzećima u županiji.</p>" * 5


@pytest.mark.parametrize(
    ("html", "answer"),
    [
        ("", "empty_page"),
        ("   \n", "empty_page"),
        ("<html><body><p>Kratko.</p></body></html>", "empty_page"),
        (f"<html><title>Errore | Bandi Online</title><body>{LONG}</body></html>", "soft_404"),
        (f"<html><title>Stranica nije pronađena</title><body>{LONG}</body></html>", "soft_404"),
        (f"<html><title>404</title><body>{LONG}</body></html>", "soft_404"),
        ("<html><title>Attention Required! | Cloudflare</title><body>x</body></html>", "bot_wall"),
        ("<html><body><script src='/_Incapsula_Resource?x'></script></body></html>", "bot_wall"),
        (f"<html><title>Prijava</title><body>{LONG}<input type=password></html>", "login_wall"),
        ("<html><body><div id=__next></div><script>x</script></body></html>", "script_shell"),
        (f"<html><body><noscript>{LONG}</noscript><script>{LONG}</script></html>", "script_shell"),
        (f"<html><title>Poziv 2020</title><body>{LONG}</body></html>", None),
        (f"<html><title>Poziv</title><body>{LONG * 5}<input type=password></html>", None),
        (f"<html><title>Terrore e sicurezza</title><body>{LONG}</body></html>", None),
    ],
)
def test_what_is_no_content_is_recognised(html: str, answer: str | None) -> None:
    problem = find_problem(page(html))
    assert (problem.kind.value if problem else None) == answer


def test_json_and_xml_answer_for_themselves() -> None:
    assert find_problem(page("[]", "application/json")) is None
    assert find_problem(page('<?xml version="1.0"?><urlset/>', "application/xml")) is None
    assert find_problem(page("<urlset></urlset>", "text/html")) is None
