"""One sentence in English: what goes wrong is mended, and what can't be mended is marked."""

from collections.abc import Callable

import pytest

from schema.calls import TextStatus
from tests.support.translating import FakeEngine
from translators.renderings import Rendering, render

LOOP = "the call for the call for the call for the call for the call for the call for"


def rendered(
    source: str, make: Callable[[str], str], status: TextStatus = TextStatus.TRANSLATED
) -> Rendering:
    (made,) = render(FakeEngine(make, status=status), [source], "hr")
    return made


def test_a_loop_is_broken_by_translating_the_clauses() -> None:
    parts = {"Akcija potiče rast;": "The action promotes growth;", "drugi dio ovdje.": "more here."}
    made = rendered("Akcija potiče rast; drugi dio ovdje.", lambda s: parts.get(s.strip(), LOOP))
    assert made.english == "The action promotes growth; more here."
    assert made.status is TextStatus.TRANSLATED
    assert "split" in made.checks


@pytest.mark.parametrize(
    ("english", "fault"),
    [
        ("", "empty"),
        (LOOP, "repetition"),
        ("Akcija potiče rast, a drugi dio ovdje.", "untranslated"),
        ("Prvi je dio koji se može naći na stranici.", "untranslated"),
        ("word " * 9 + "and more of it until it is far too long for what was said", "repetition"),
    ],
)
def test_what_stays_wrong_fails_and_says_why(english: str, fault: str) -> None:
    made = rendered("Akcija potiče rast, a drugi dio ovdje.", lambda _: english)
    assert (made.english, made.status) == (None, TextStatus.FAILED)
    assert fault in made.checks


def test_a_value_in_another_shape_stands_as_printed_again() -> None:
    made = rendered("Iznos je 6.000.000,00 EUR.", lambda _: "The amount is EUR 6,000,000.00.")
    assert made.english == "The amount is 6.000.000,00 EUR."
    assert (made.status, made.checks) == (TextStatus.TRANSLATED, ("restored",))


def test_a_wrong_value_does_not_stay_beside_the_right_one() -> None:
    made = rendered("Prijave do 2.2.2021.", lambda s: "By 2.2.2012." if "2.2" in s else "")
    assert made.english == "By [?]. [2.2.2021]"
    assert made.status is TextStatus.PARTIAL
    assert made.checks[:2] == ("missing:2.2.2021", "invented:2.2.2012")


def test_a_value_in_the_middle_of_an_invented_one_is_not_lost_with_it() -> None:
    made = rendered(
        "Prijave do 00:59 za 72 %.", lambda s: "By 4-X00:59 for 7." if "00" in s else ""
    )
    assert made.english == "By [?]:59 for 7. [00:59; 72 %]"


def test_a_value_from_nowhere_is_marked() -> None:
    made = rendered("Prijave su otvorene do 2021.", lambda _: "Open until 2021 for 4.500.000.")
    assert made.status is TextStatus.PARTIAL
    assert "invented:4.500.000" in made.checks


def test_a_term_translated_otherwise_is_counted_and_nothing_else() -> None:
    made = rendered("Prijavitelji su škole.", lambda _: "Registrars are schools.")
    assert made.status is TextStatus.TRANSLATED
    assert made.checks == ("term:prijavitelj",)


def test_a_gist_gets_its_unknown_words_from_the_glossary_and_tells_the_rest() -> None:
    made = rendered(
        "Prijavitelji razvijaju ekosustave gradova.",
        lambda _: "Prijavitelji develop ekosustave of cities with care",
        TextStatus.GIST,
    )
    assert made.english == "Applicant develop ekosustave of cities with care"
    assert made.status is TextStatus.GIST
    assert made.checks == ("unknown:20%",)


@pytest.mark.parametrize(
    "source", ["", "🎉🎉", "دعوة لتقديم المقترحات", "שלום עולם", "\u200b", "a" * 5000]
)
def test_odd_text_is_rendered_or_failed_but_never_raises(source: str) -> None:
    made = rendered(source, lambda s: s[::-1])
    assert made.status in (TextStatus.TRANSLATED, TextStatus.FAILED, TextStatus.PARTIAL)
