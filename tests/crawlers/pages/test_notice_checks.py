"""What readers hand on is checked field by field: a new field of a notice has a rule, too."""

import dataclasses
import math
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawlers.pages.notice_checks import Misfit, check, is_text
from crawlers.pages.page import Page
from crawlers.pages.readers import Elsewhere, ParseResult, read, read_rows
from schema.exchanges import Exchange
from schema.issues import Issue, Severity
from schema.notices import Attachment, Markup, RawNotice, Section
from storage.canonical import from_json, to_json
from tests.support.loopback import MONDAY

URL = "https://example.org/poziv/1"
SOUND = RawNotice(
    portal="hr_test",
    source_id="1",
    url=URL,
    title="Poziv",
    labelled=(("Rok", "1.2.2021."),),
    sections=(Section("<p>Tekst</p>", "Opis"), Section("Tekst", markup=Markup.TEXT)),
    attachments=(Attachment("Upute", "https://example.org/upute.pdf"),),
    declared_language="hr",
    declared_status="Otvoren",
)
IDENTITY = ("portal", "source_id", "url")
OTHERS = tuple(each.name for each in dataclasses.fields(RawNotice) if each.name not in IDENTITY)
UNFIT: tuple[Any, ...] = (
    None, True, 1.5, math.nan, math.inf, [], [1], {}, {"a": 1}, object(), b"x", (None,),
    ((1,),), ((None, None),), "\ud800", "a\0", ("x", "y"), 10**5000,
)  # fmt: skip


def page(kind: str = "register") -> Page:
    return Page(Exchange("hr_test", kind, URL, MONDAY, 200, b"[]"))


def changed(name: str, value: Any) -> RawNotice:
    return dataclasses.replace(SOUND, **{name: value})


def test_a_sound_notice_is_handed_on_as_it_is() -> None:
    notice, misfits = check(SOUND)
    assert notice is SOUND
    assert misfits == ()


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("value", UNFIT, ids=lambda value: type(value).__name__)
def test_an_unfit_field_costs_itself(name: str, value: Any) -> None:
    notice, misfits = check(changed(name, value))
    assert notice is not None
    if value != [] and notice != changed(name, value):  # an empty list is an empty tuple
        assert {each.field for each in misfits} == {name}
    for other in dataclasses.fields(RawNotice):
        if other.name != name:
            assert getattr(notice, other.name) == getattr(SOUND, other.name)
    assert from_json(RawNotice, to_json(notice)) == notice


@pytest.mark.parametrize("name", IDENTITY)
@pytest.mark.parametrize(
    "value", [*UNFIT, "", " ", "x" * 5000], ids=lambda value: type(value).__name__
)
def test_an_unfit_identity_costs_the_notice(name: str, value: Any) -> None:
    notice, misfits = check(changed(name, value))
    assert notice is None
    assert [each.field for each in misfits if each.is_lost] == [name]


@pytest.mark.parametrize(
    "url", ["http://[x", "http://a:b/", "http://a:99999/", "https://\u2100.it"]
)
def test_an_address_that_can_not_be_taken_apart(url: str) -> None:
    assert check(changed("url", url))[0] is None
    notice, misfits = check(changed("attachments", (Attachment("Upute", url),)))
    assert notice is not None
    assert notice.attachments == (Attachment("Upute", None),)
    assert misfits == (Misfit("attachments", "an address that can't be taken apart"),)


def test_a_whole_number_is_its_digits_also_as_an_identity() -> None:
    notice, misfits = check(changed("source_id", 2))
    assert notice == changed("source_id", "2")
    assert misfits == (Misfit("source_id", "a number where text is due"),)
    notice, _ = check(changed("labelled", (("Rok", 5), ("Iznos", None), ("Vrsta", "x"))))
    assert notice is not None
    assert notice.labelled == (("Rok", "5"), ("Vrsta", "x"))


def test_characters_that_are_no_text_become_one_for_one() -> None:
    notice, misfits = check(changed("sections", (Section("a\ud800b\0c", "Opis"),)))
    assert notice is not None
    assert notice.sections == (Section("a\ufffdb\ufffdc", "Opis"),)
    assert misfits == (Misfit("sections", "characters that are no text"),)


def test_parts_of_a_notice_are_mended_in_their_own_fields() -> None:
    sections: Any = (Section("x", 5), Section(None), Section("y", markup="html"), "z")  # type: ignore[arg-type]
    notice, _ = check(changed("sections", sections))
    assert notice is not None
    assert notice.sections == (Section("x", "5"), Section("y"))
    files: Any = (Attachment(None, URL), Attachment("x", 5), Attachment(None, None))  # type: ignore[arg-type]
    notice, _ = check(changed("attachments", files))
    assert notice is not None
    assert notice.attachments == (Attachment("", URL), Attachment("x", None))


@dataclass(frozen=True, slots=True)
class Richer(RawNotice):
    """A notice as it may be one day."""

    topics: tuple[str, ...] = ()
    summary: str | None = None
    is_relay: bool = False
    severity: Severity = Severity.NOTE
    notes: tuple[tuple[str, ...], ...] = field(default_factory=tuple)


def test_a_new_field_is_checked_without_a_line_about_it() -> None:
    unfit: dict[str, Any] = {
        "topics": ("a", 5, None), "summary": 1.5, "is_relay": "yes", "severity": "note",
        "notes": (("a",), 7, ["b", {}]),
    }  # fmt: skip
    notice, misfits = check(Richer("hr_test", "1", URL, "Poziv", **unfit))
    assert notice == Richer("hr_test", "1", URL, "Poziv", topics=("a", "5"), notes=(("a",), ("b",)))
    assert {each.field for each in misfits} == set(unfit)


def test_a_field_of_which_nobody_knows_what_fits_is_refused_at_once() -> None:
    made = dataclasses.make_dataclass("Odd", [("a", set[str])])
    with pytest.raises(TypeError, match="no rule"):
        check(made(set()))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner)
    | st.dictionaries(st.text(max_size=3), inner, max_size=2),
    max_leaves=5,
)  # fmt: skip


@given(st.sampled_from([each.name for each in dataclasses.fields(RawNotice)]), VALUES)
def test_whatever_a_reader_hands_on_can_be_kept_afterwards(name: str, value: Any) -> None:
    notice, misfits = check(changed(name, value))
    assert (notice is None) == any(each.is_lost for each in misfits)
    if notice is not None:
        to_json(notice).encode()
        assert check(notice) == (notice, ())


# -- readings ------------------------------------------------------------------------------------


def test_issues_name_the_field_once_for_all_rows_and_print_no_foreign_object() -> None:
    rows = [{"id": str(number), "title": None} for number in range(3)]
    reading = read(
        lambda page: read_rows(
            rows, lambda row, page: RawNotice(page.portal, row["id"], URL, row["title"]), page
        ),
        page(),
    )
    assert [notice.title for notice in reading.notices] == ["", "", ""]
    (issue,) = reading.issues
    assert (issue.kind, issue.field, issue.portal) == ("unfit_field", "title", "hr_test")
    assert issue.url == URL
    assert "null where text is due" in issue.message
    assert "2 more" in issue.message


@pytest.mark.parametrize("identity", [None, 1.5, True, "", [], {}, "\ud800"])
def test_a_row_without_an_identity_is_lost_alone(identity: Any) -> None:
    def read_row(row: Any, page: Page) -> RawNotice:
        return RawNotice(page.portal, row["id"], URL, "Poziv")

    rows = [{"id": "1"}, {"id": identity}, {"id": "3"}]
    reading = read(lambda page: read_rows(rows, read_row, page), page())
    assert [notice.source_id for notice in reading.notices] == ["1", "3"]
    (issue,) = reading.issues
    assert (issue.kind, issue.field) == ("unreadable_row", "source_id")
    assert reading.rows == 3


@pytest.mark.parametrize(
    "url", [None, 5, "", "http://[x", "https://x.it/\ud800", "https://x/" * 900]
)
def test_a_row_that_names_no_address_is_lost_alone(url: Any) -> None:
    rows = [{"url": URL}, {"url": url}]
    reading = read(lambda page: read_rows(rows, lambda row, _: Elsewhere(row["url"]), page), page())
    assert reading.elsewhere == (URL,)
    (issue,) = reading.issues
    assert (issue.kind, issue.field) == ("unreadable_row", "url")


def test_rows_that_break_off_leave_those_before() -> None:
    def rows() -> Any:
        yield {"id": "1"}
        raise RecursionError("too deep")

    reading = read(
        lambda page: read_rows(
            rows(), lambda row, page: RawNotice(page.portal, row["id"], URL, "x"), page
        ),
        page(),
    )
    assert [notice.source_id for notice in reading.notices] == ["1"]
    assert [issue.kind for issue in reading.issues] == ["reader_failed"]


def test_a_reading_that_no_helper_made_is_checked_as_well() -> None:
    odd: Any = (SOUND, changed("title", None), changed("source_id", None))
    made = ParseResult(odd, elsewhere=(URL, "http://[x", 5))  # type: ignore[arg-type]
    reading = read(lambda _: made, page())
    assert [notice.title for notice in reading.notices] == ["Poziv", ""]
    assert reading.elsewhere == (URL,)
    assert sorted(issue.field or "" for issue in reading.issues) == [
        "source_id", "title", "url", "url",
    ]  # fmt: skip


@pytest.mark.parametrize("made", [None, [], "x", ParseResult(notices=("x",))])  # type: ignore[arg-type]
def test_a_reader_that_gives_something_else_has_failed(made: Any) -> None:
    reading = read(lambda _: made, page("call"))
    assert reading.notices == ()
    assert [issue.kind for issue in reading.issues] == ["reader_failed"]


class LoudError(Exception):
    """Prints itself in the worst of ways."""

    def __str__(self) -> str:
        raise ValueError("not even that")


@pytest.mark.parametrize(
    ("error", "told"),
    [
        (LoudError(), "LoudError"),
        (KeyError(object()), "KeyError"),
        (KeyError("naziv"), "KeyError: 'naziv'"),
        (ValueError("a\n\x1b[31mb\ud800"), "ValueError: a \\x1b[31mb\\ud800"),
        (TypeError(f"no {object()}"), "TypeError: no <object object>"),
        (ValueError("x" * 5000), f"ValueError: {'x' * 299}…"),
    ],
)
def test_an_error_is_one_line_of_plain_text(error: Exception, told: str) -> None:
    def fail(_: Page) -> RawNotice:
        raise error

    (issue,) = read(fail, page("call")).issues
    assert issue.kind == "reader_failed"
    assert issue.detail == told[:300]
    assert issue.message.count("\n") == 0
    assert is_text(issue.message)


def test_issues_of_readers_are_checked_too() -> None:
    odd: Any = Issue("stale_rows", "a\nb\ud800", Severity.NOTE, "hr_test", URL, detail=5)  # type: ignore[arg-type]
    (issue,) = read(lambda _: ParseResult(issues=(odd,)), page()).issues
    assert (issue.message, issue.detail) == ("a b\ufffd", "5")
