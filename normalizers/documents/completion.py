"""Complete the call of a page with what its documents state: only what the page lacks.

The surprise: a document that was linked is not believed for that alone. It must name the call, by
a code or by the words and years of its title; guides to whole programmes, and those of last year,
hang on calls as well.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from normalizers.documents.roles import choose_documents, find_role
from normalizers.normalise import Hints, normalise
from normalizers.source_texts import read_text
from schema.calls import Absence, Call, Deadline, DeadlineKind, Document, Moment
from schema.documents import DocumentText
from schema.fields import FIELDS
from schema.findings import Evidence
from schema.issues import Issue, Severity
from schema.money import Money
from schema.notices import Attachment
from vocabulary.matching import normalize_for_match

STATABLE = tuple(each.name for each in FIELDS if each.in_documents)
"""What a document may state for its call. When and by whom the *notice* was published, its title
and whether it is a call at all are the page's to say."""

_CONTRADICTABLE = frozenset(
    ("codes", "consortium", *(each.name for each in FIELDS if each.is_contradictable))
)
_WITHOUT_CUE = (":place", ":limit")
"""Rules that go by the place on a page, where no word says what a value is: a document has no such
places."""
_OPENING_LENGTH = 6000
"""Characters at the start of a document among which it names its call."""
_NAMED = 0.8
"""Share of a title's words that must stand there."""
_STEM = 6
"""Letters by which two forms of a word are taken for one: ``udrugama``, ``udruge`` are not, but
``natječaj``, ``natječaju`` are."""
_TOLERANCE = Decimal("0.01")
_WORD = re.compile(r"[^\W\d_]{4,}")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")


@dataclass(slots=True)
class _Completing:
    """A call while it is completed."""

    call: Call
    hints: Hints
    values: dict[str, Any] = field(default_factory=dict)
    evidence: dict[str, tuple[Evidence, ...]] = field(default_factory=dict)
    issues: list[Issue] = field(default_factory=list)

    def get(self, name: str) -> Any:
        return self.values.get(name, getattr(self.call, name))

    def note(self, kind: str, message: str, severity: Severity, **more: str | None) -> None:
        self.issues.append(
            Issue(kind, message, severity, self.hints.portal, self.hints.url, **more)
        )


def complete(
    call: Call,
    attachments: Sequence[Attachment],
    read: Mapping[str, DocumentText],
    hints: Hints,
) -> Call:
    """Return the call with roles and hashes of its documents, and with what those state.

    ``read`` holds the documents that were read, by address; ``hints`` are those of the page. A
    value of the page stays whatever a document says; where they contradict each other, or where a
    document does not name the call, an Issue tells. Evidence of a document's values has the source
    ``sha256:…`` and points into that document's text. Pure.
    """
    wanted = choose_documents(attachments)
    work = _Completing(call, hints)
    work.values["documents"] = tuple(_described(each, read) for each in call.documents)
    if call.is_call:
        labels = {each.url: each.label for each in attachments}
        for url in wanted:
            document = read.get(url)
            if document is not None and document.problem is None:
                _complete_from(work, document, labels[url])
    return replace(
        call,
        **work.values,
        evidence={**call.evidence, **work.evidence},
        absence=_absence(work, [url for url in wanted if not _was_read(read.get(url))]),
        issues=(*call.issues, *work.issues),
    )


def _described(document: Document, read: Mapping[str, DocumentText]) -> Document:
    known = read.get(document.url or "")
    return replace(
        document,
        role=document.role or find_role(document.label, document.url),
        sha256=known.sha256 if known else document.sha256,
    )


def _was_read(document: DocumentText | None) -> bool:
    return document is not None and document.problem is None


def _complete_from(work: _Completing, document: DocumentText, label: str) -> None:
    hints = replace(
        work.hints,
        language=work.call.language,
        labels={},
        statuses={},
        issuer=None,
        only_calls=False,
    )
    stated = normalise(read_text(document.text), hints)
    if not _names(document.text, work.call, stated):
        work.note(
            "unrelated_document",
            f"the document {label!r} does not name this call; nothing was taken from it",
            Severity.NOTE,
            detail=document.source,
        )
        return
    for name in STATABLE:
        if not _has(stated, name) or not _is_cued(stated, name):
            continue
        if _has(work.call, name) or name in work.values:
            _note_conflict(work, stated, name, label, document)
        elif work.call.absence.get(name) is not Absence.NOT_APPLICABLE:
            _take(work, stated, name, label, document)


def _names(text: str, call: Call, stated: Call) -> bool:
    """Tell whether a document is about the call."""
    plain = _letters(text)
    if any(_letters(code) in plain for code in call.codes):
        return True
    if call.codes and stated.codes:
        return False  # it names another
    opening = normalize_for_match(text[:_OPENING_LENGTH])
    title = normalize_for_match(call.title.original)
    if not all(year in text for year in _YEAR.findall(title)):
        return False
    words = {word[:_STEM] for word in _WORD.findall(title)}
    present = {word[:_STEM] for word in _WORD.findall(opening)}
    return len(words) >= 2 and len(words & present) >= len(words) * _NAMED


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text).casefold()


def _has(call: Call, name: str) -> bool:
    if name == "deadlines" and call.deadline_kind.is_open_ended:
        return True
    return getattr(call, name) not in (None, (), "")


def _is_cued(stated: Call, name: str) -> bool:
    """Tell whether words say what each value is; codes only where there is just one."""
    if name == "codes" and len(stated.codes) != 1:
        return False
    proofs = _proofs(stated, name)
    return bool(proofs) and not any(proof.rule.endswith(_WITHOUT_CUE) for proof in proofs)


def _proofs(call: Call, name: str) -> tuple[Evidence, ...]:
    if name == "deadlines" and not call.deadlines:
        name = "deadline_kind"
    return call.evidence.get(name, ())


def _take(work: _Completing, stated: Call, name: str, label: str, document: DocumentText) -> None:
    value = getattr(stated, name)
    if not _is_plausible(work, name, value):
        work.note(
            "conflicting_values",
            f"{name}: {_shown(stated, name)} in the document {label!r} does not go with what the "
            "page prints; it was not taken. Compare the two.",
            Severity.WARNING,
            field=name,
            detail=_quotes(_proofs(stated, name)),
        )
        return
    work.values[name] = value
    names = ("deadlines", "deadline_kind") if name == "deadlines" else (name,)
    if name == "deadlines":
        work.values["deadline_kind"] = stated.deadline_kind
    for each in names:
        proofs = stated.evidence.get(each, ())
        if proofs:
            work.evidence[each] = tuple(replace(proof, source=document.source) for proof in proofs)


def _is_plausible(work: _Completing, name: str, value: Any) -> bool:
    """Tell whether a document's value fits the others: what does not is of another edition."""
    if name == "deadlines" and value:
        last = max(each.moment.on for each in value)
        opens = work.get("opens_at")
        begins = [day for day in (work.get("published_on"), opens and opens.on) if day]
        return all(last >= day for day in begins)
    if name == "opens_at":
        deadlines = work.get("deadlines")
        return not deadlines or value.on <= max(each.moment.on for each in deadlines)
    bounds = {
        "budget_total": (("grant_max", "grant_min"), ()),
        "grant_max": (("grant_min",), ("budget_total",)),
        "grant_min": ((), ("grant_max", "budget_total")),
    }.get(name, ((), ()))
    below, above = (
        [other for each in names if _comparable(other := work.get(each), value)] for names in bounds
    )
    return all(each.amount <= value.amount for each in below) and all(
        value.amount <= each.amount for each in above
    )


def _comparable(one: Money | None, other: object) -> bool:
    return one is not None and isinstance(other, Money) and one.currency == other.currency


def _note_conflict(
    work: _Completing, stated: Call, name: str, label: str, document: DocumentText
) -> None:
    known = replace(work.call, **{key: work.get(key) for key in (name, "deadline_kind")})
    if name not in _CONTRADICTABLE or _agree(known, stated, name):
        return
    words = work.evidence.get(name) or _proofs(work.call, name)
    if words and words[0].source == document.source:
        return
    work.note(
        "conflicting_values",
        f"{name}: {_shown(known, name)} was kept; the document {label!r} says "
        f"{_shown(stated, name)}. Compare the two.",
        Severity.WARNING,
        field=name,
        detail=f"{_quotes(words)} | {_quotes(_proofs(stated, name))}",
    )


def _agree(known: Call, stated: Call, name: str) -> bool:
    """Tell whether two values say the same; an hour that one lacks is no contradiction."""
    one, other = getattr(known, name), getattr(stated, name)
    if name == "deadlines":
        if not one or not other:
            return known.deadline_kind is stated.deadline_kind
        return _days(one) == _days(other)
    if name == "codes":
        return bool({_letters(each) for each in one} & {_letters(each) for each in other})
    if isinstance(one, Moment) and isinstance(other, Moment):
        return one.on == other.on
    if isinstance(one, Money) and isinstance(other, Money):
        left, right = one.in_eur() or one, other.in_eur() or other
        larger = max(left.amount, right.amount)
        return left.currency != right.currency or (
            abs(left.amount - right.amount) <= larger * _TOLERANCE
        )
    return bool(one == other)


def _days(deadlines: Sequence[Deadline]) -> set[date]:
    return {deadline.moment.on for deadline in deadlines}


def _absence(work: _Completing, unread: Sequence[str]) -> dict[str, Absence]:
    """Keep the reasons of what is still empty; an unread document may hold what was not found."""
    reasons = {}
    for name, reason in work.call.absence.items():
        if name in work.values and _known(work.values[name]):
            continue
        if (
            name == "deadlines"
            and work.values.get("deadline_kind", DeadlineKind.NONE).is_open_ended
        ):
            reasons[name] = Absence.NOT_APPLICABLE
        elif reason is Absence.NOT_FOUND and unread and name in STATABLE:
            reasons[name] = Absence.NOT_PUBLISHED
        else:
            reasons[name] = reason
    return reasons


def _known(value: object) -> bool:
    return value not in (None, (), "")


def _shown(call: Call, name: str) -> str:
    value = getattr(call, name)
    if name == "deadlines":
        dates = ", ".join(deadline.moment.isoformat() for deadline in value)
        return dates or call.deadline_kind.replace("_", " ")
    if isinstance(value, tuple):
        return ", ".join(map(str, value))
    return value.isoformat() if isinstance(value, Moment) else str(value)


def _quotes(words: Sequence[Evidence]) -> str:
    return "; ".join(f"“{each.quote}”" for each in words) or "(no words)"
