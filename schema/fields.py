"""The fields of a call, one row each: what every consumer must know of a field stands here.

To add a field: a row here, the attribute of :class:`schema.calls.Call`, the code that finds its
value, and its column or table with a migration. Rows and events, merging, the terminal, the flat
JSON and the words that a search sees follow from the row; the digest's columns are a contract, so a
new one is added there by hand. ``tests/schema/test_fields.py`` holds table, ``Call`` and consumers
together.
"""

from dataclasses import dataclass
from enum import Enum, auto


class Shape(Enum):
    """What the value of a field is. Consumers write and compare values by it."""

    FLAG = auto()
    """``bool``."""
    NAME = auto()
    """``str`` or ``StrEnum``: a name, a language tag, a word of a closed list."""
    TEXT = auto()
    """``Text``: prose, with its English beside it."""
    TEXTS = auto()
    """Several of them."""
    WORDS = auto()
    """Several ``str`` or ``StrEnum`` without spaces in them; written with spaces between."""
    PHRASES = auto()
    """Several ``str`` that may hold spaces; written with semicolons between."""
    DAY = auto()
    """``date``."""
    MOMENT = auto()
    """``Moment``: a day, with its hour where one is printed."""
    DEADLINES = auto()
    """Several ``Deadline``."""
    MONEY = auto()
    """``Money``."""
    PERCENT = auto()
    """``float``, 0..100."""
    COUNT = auto()
    """``int``."""
    CONSORTIUM = auto()
    """``Consortium``."""
    DOCUMENTS = auto()
    """Several ``Document``."""


class Merge(Enum):
    """Whose value a call of several notices takes."""

    LEAD = auto()
    """The leading notice's, whatever the others say."""
    BEST = auto()
    """The whole value of the best notice that has one: first who states it on the page, then who
    states it in a linked document, then who derives it."""
    UNITED = auto()
    """The values of all notices, each once."""
    WITH_DEADLINES = auto()
    """That of the notice which gives the deadlines."""


class OnChange(Enum):
    """What it means when a later version of a notice has another value."""

    NONE = auto()
    """No event."""
    CORRECTION = auto()
    """The event ``corrected``, unless only white space or the order of several values differs."""
    OWN_RULE = auto()
    """``processing/changes.py`` has a rule for this very field."""


@dataclass(frozen=True, slots=True)
class CallField:
    """One field of :class:`schema.calls.Call`. Empty text means: not there."""

    name: str
    """Of the attribute, and of the field in evidence, absences, issues and events."""
    shape: Shape
    merge: Merge
    on_change: OnChange
    label: str = ""
    """What a person reads beside the value in the terminal and in the words of a change."""
    is_key: bool = False
    """Whether an empty value needs a reason (``Call.absence``), and any other its evidence."""
    is_kept: bool = False
    """Whether a known value stays when the page does not print it any more. That of a key field
    always does."""
    is_contradictable: bool = False
    """Whether notices of one call that differ in it contradict each other. (They may well differ
    in what is each portal's own, such as the day of publication.)"""
    in_documents: bool = False
    """Whether a linked document may state it where the page does not."""
    is_searched: bool = False
    """Whether its words are found by a search for text."""
    columns: tuple[str, ...] = ()
    """Of the table ``call``; several where the shape has several parts, in the order of
    ``storage/database/call_rows.py``."""
    table: str = ""
    """The table that has a row for each of several values. For ``WORDS`` and ``PHRASES`` its
    column bears the name of the table: ``call_code.code``."""
    digest: str = ""
    """Column of the weekly digest."""
    extract: str = ""
    """Key in the flat JSON of ``callboard extract``."""


FIELDS = (
    CallField(
        "is_call",
        Shape.FLAG,
        Merge.LEAD,
        OnChange.OWN_RULE,
        columns=("is_call",),
        extract="is_call",
    ),
    CallField(
        "is_call_reason",
        Shape.NAME,
        Merge.LEAD,
        OnChange.NONE,
        columns=("is_call_reason",),
        extract="is_call_reason",
    ),
    CallField(
        "language",
        Shape.NAME,
        Merge.LEAD,
        OnChange.NONE,
        columns=("language",),
        extract="language",
    ),
    CallField(
        "title",
        Shape.TEXT,
        Merge.LEAD,
        OnChange.CORRECTION,
        is_kept=True,
        is_searched=True,
        columns=("title", "title_english", "title_status"),
        table="call_text",
        digest="title",
        extract="title",
    ),
    CallField(
        "summary",
        Shape.TEXT,
        Merge.BEST,
        OnChange.NONE,
        is_kept=True,
        is_searched=True,
        table="call_text",
    ),
    CallField(
        "codes",
        Shape.WORDS,
        Merge.UNITED,
        OnChange.CORRECTION,
        label="Codes",
        is_key=True,
        in_documents=True,
        is_searched=True,
        columns=("codes",),
        table="call_code",
        digest="codes",
        extract="codes",
    ),
    CallField(
        "programme",
        Shape.NAME,
        Merge.BEST,
        OnChange.CORRECTION,
        label="Programme",
        is_key=True,
        in_documents=True,
        is_searched=True,
        columns=("programme",),
        digest="programme",
        extract="programme",
    ),
    CallField(
        "issuer",
        Shape.NAME,
        Merge.BEST,
        OnChange.CORRECTION,
        label="Issuer",
        is_key=True,
        is_searched=True,
        columns=("issuer",),
        digest="issuer",
        extract="issuer",
    ),
    CallField(
        "published_on",
        Shape.DAY,
        Merge.BEST,
        OnChange.CORRECTION,
        label="Published",
        is_key=True,
        columns=("published_on",),
        digest="published_on",
        extract="published",
    ),
    CallField(
        "opens_at",
        Shape.MOMENT,
        Merge.BEST,
        OnChange.CORRECTION,
        label="Opens",
        is_key=True,
        is_contradictable=True,
        in_documents=True,
        columns=("opens_at", "opens_at_utc"),
        digest="opens_at",
        extract="opens",
    ),
    CallField(
        "deadlines",
        Shape.DEADLINES,
        Merge.BEST,
        OnChange.OWN_RULE,
        label="Deadline",
        is_key=True,
        is_contradictable=True,
        in_documents=True,
        columns=("first_deadline", "first_deadline_utc", "last_deadline", "last_deadline_utc"),
        table="call_deadline",
        digest="deadlines",
        extract="deadlines",
    ),
    CallField(
        "deadline_kind",
        Shape.NAME,
        Merge.WITH_DEADLINES,
        OnChange.OWN_RULE,
        columns=("deadline_kind",),
        digest="deadline_kind",
        extract="deadline_kind",
    ),
    CallField(
        "budget_total",
        Shape.MONEY,
        Merge.BEST,
        OnChange.OWN_RULE,
        label="Budget",
        is_key=True,
        is_contradictable=True,
        in_documents=True,
        columns=("budget_cents", "budget_currency"),
        digest="budget_total",
        extract="budget_total",
    ),
    CallField(
        "grant_min",
        Shape.MONEY,
        Merge.BEST,
        OnChange.CORRECTION,
        label="Grant from",
        is_key=True,
        is_contradictable=True,
        in_documents=True,
        columns=("grant_min_cents", "grant_min_currency"),
        digest="grant_min",
        extract="grant_min",
    ),
    CallField(
        "grant_max",
        Shape.MONEY,
        Merge.BEST,
        OnChange.CORRECTION,
        label="Grant up to",
        is_key=True,
        is_contradictable=True,
        in_documents=True,
        columns=("grant_max_cents", "grant_max_currency"),
        digest="grant_max",
        extract="grant_max",
    ),
    CallField(
        "intensity_max_pct",
        Shape.PERCENT,
        Merge.BEST,
        OnChange.CORRECTION,
        label="Co-financing",
        is_key=True,
        is_contradictable=True,
        in_documents=True,
        columns=("intensity_max_pct",),
        digest="intensity_max_pct",
        extract="intensity_max_pct",
    ),
    CallField(
        "expected_projects",
        Shape.COUNT,
        Merge.BEST,
        OnChange.CORRECTION,
        label="Projects",
        is_key=True,
        is_contradictable=True,
        in_documents=True,
        columns=("expected_projects",),
        digest="expected_projects",
        extract="expected_projects",
    ),
    CallField(
        "applicant_types",
        Shape.WORDS,
        Merge.BEST,
        OnChange.CORRECTION,
        label="Who may apply",
        is_key=True,
        in_documents=True,
        columns=("applicant_types",),
        table="call_applicant_type",
        digest="applicant_types",
        extract="applicant_types",
    ),
    CallField(
        "eligible_areas",
        Shape.PHRASES,
        Merge.BEST,
        OnChange.CORRECTION,
        label="Where",
        is_key=True,
        in_documents=True,
        columns=("eligible_areas",),
        table="call_area",
        digest="eligible_areas",
        extract="eligible_areas",
    ),
    CallField(
        "declared_status",
        Shape.NAME,
        Merge.BEST,
        OnChange.OWN_RULE,
        columns=("declared_status",),
        extract="declared_status",
    ),
    CallField(
        "consortium",
        Shape.CONSORTIUM,
        Merge.BEST,
        OnChange.CORRECTION,
        label="Consortium",
        is_kept=True,
        in_documents=True,
        columns=("min_partners", "min_countries"),
        extract="consortium",
    ),
    CallField(
        "conditions",
        Shape.TEXTS,
        Merge.BEST,
        OnChange.CORRECTION,
        table="call_text",
        extract="conditions",
    ),
    CallField(
        "documents",
        Shape.DOCUMENTS,
        Merge.UNITED,
        OnChange.CORRECTION,
        table="call_document",
    ),
    CallField(
        "contacts",
        Shape.PHRASES,
        Merge.UNITED,
        OnChange.NONE,
        table="call_contact",
    ),
)
"""In the order in which a person is told of them; the keys of the flat JSON stand in it, too."""

KEY_FIELDS = tuple(each.name for each in FIELDS if each.is_key)
"""The fields that carry either evidence or a reason for their absence."""
