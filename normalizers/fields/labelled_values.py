"""Values that stand alone under a label: believed before any prose.

Only a value that is nothing but a value is read here; prose under a label is left to the finders.
A value that one label explains is no candidate for another field.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from normalizers.labelled import LabelledText
from normalizers.reading import Reading
from normalizers.text.folding import fold
from normalizers.values.dates import PrintedDate
from normalizers.values.money import read_number
from schema.calls import ApplicantType, Call, Deadline, DeadlineKind, DeadlineRole, Moment
from schema.findings import Basis, Evidence
from schema.money import Money
from schema.spans import Span

DEADLINE_MODELS = {
    "single-stage": (DeadlineRole.SINGLE,),
    "two-stage": (DeadlineRole.STAGE_1, DeadlineRole.STAGE_2),
    "multiple cut-off": (DeadlineRole.CUT_OFF,),
}
"""``deadlineModel`` of the EU Funding & Tenders portal, to the roles of its deadlines in order."""

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
)
_SIGNS = {"€": "EUR", "£": "GBP", "$": "USD"}
_UNIT = r"[A-Z]{3}|[€£$]"
_BARE_AMOUNT = re.compile(
    rf"(?:(?P<before>{_UNIT})\s?)?(?P<number>\d[\d.,'’ \xa0\u202f]*)"
    rf"(?:\s?(?P<after>{_UNIT}))?(?:\s?\((?:19|20)\d\d\))?"
)
_BARE_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d+)?\s?%?")
_SHORT = 120
_MIDNIGHT = time(0, 0)
_EXCLUSIVE = ("published_on", "opens_at", "deadlines", "budget_total", "grant_min", "grant_max")
"""Fields of which one printed value feeds only the one that its label names."""
_AREA_CODE = re.compile(r"[A-Z]{2}\d?[0-9A-Z]{0,3}(?=\s?[-–]\s)")


def prefer_labelled(
    call: Call,
    reading: Reading,
    dates: Sequence[PrintedDate],
    zone: str,
    issuer: str | None = None,
) -> Call:
    """Return the call with every value that stands alone under its label, before any prose.

    ``issuer`` is whose notices the portal publishes, and nobody else's; a label still wins. A
    programme's label names a fund as often as a programme: it counts where the prose has none.
    """
    found = _find_values(call, reading, dates, zone)
    owners = [(each.whole, field) for field, pairs in found.items() for each, _ in pairs]
    call = _without_strangers(call, owners)
    values: dict[str, Any] = {}
    evidence = dict(call.evidence)
    for field, pairs in found.items():
        values[field], evidence[field] = _settle(field, pairs, reading)
    if issuer and "issuer" not in found:
        values["issuer"] = issuer
        evidence["issuer"] = (Evidence("", Span(0, 0), "portal:issuer"),)
    if "codes" in values:
        more = [
            (code, proof)
            for code, proof in zip(call.codes, call.evidence.get("codes", ()), strict=False)
            if code not in values["codes"]
        ]
        values["codes"] = (*values["codes"], *(code for code, _ in more))
        evidence["codes"] = (*evidence["codes"], *(proof for _, proof in more))
    if "deadlines" in values:
        model = _words_under("deadline_kind", reading)
        deadlines = [_with_hour(each, call.deadlines) for each in values["deadlines"]]
        values["deadlines"] = _with_roles(deadlines, DEADLINE_MODELS.get(model, ()))
        if call.deadline_kind is not DeadlineKind.UNTIL_EXHAUSTED:
            several = len(deadlines) > 1
            values["deadline_kind"] = DeadlineKind.MULTIPLE if several else DeadlineKind.FIXED
    if not values:
        return call
    return replace(call, **values, evidence=evidence)


def _find_values(
    call: Call, reading: Reading, dates: Sequence[PrintedDate], zone: str
) -> dict[str, list[tuple[LabelledText, Any]]]:
    by_field: dict[str, list[LabelledText]] = defaultdict(list)
    seen = set()
    for each in reading.labelled:
        words = each.whole.quote(reading.text)
        if (each.field, words) not in seen:  # head and foot of a page often print the same pairs
            seen.add((each.field, words))
            by_field[each.field].append(each)
    found = {}
    for field, read in _Reader(reading, dates, zone).by_field().items():
        if field == "programme" and call.programme:
            continue
        pairs = [(each, value) for each in by_field[field] if (value := read(each)) is not None]
        if pairs:
            found[field] = pairs
    return found


def _without_strangers(call: Call, owners: Sequence[tuple[Span, str]]) -> Call:
    """Return the call without values whose words stand alone under the label of another field."""
    changes: dict[str, Any] = {}
    evidence = dict(call.evidence)
    for field in _EXCLUSIVE:
        proofs = call.evidence.get(field, ())
        kept = [
            index
            for index, proof in enumerate(proofs)
            if not any(
                whole.overlaps(proof.span) and owner != field and owner in _EXCLUSIVE
                for whole, owner in owners
            )
        ]
        if len(kept) == len(proofs):
            continue
        if field == "deadlines":
            changes[field] = tuple(call.deadlines[i] for i in kept if i < len(call.deadlines))
            if not changes[field]:
                changes["deadline_kind"] = DeadlineKind.NONE
        else:
            changes[field] = None
            kept = []
        evidence[field] = tuple(proofs[index] for index in kept)
        if not evidence[field]:
            del evidence[field]
    return replace(call, **changes, evidence=evidence) if changes else call


def _words_under(field: str, reading: Reading) -> str:
    texts = [each for each in reading.labelled if each.field == field]
    return texts[0].span.quote(reading.text).strip() if texts else ""


def _with_hour(deadline: Deadline, told: Sequence[Deadline]) -> Deadline:
    """Return the deadline with the hour that the prose prints for the same day, if only it does."""
    if deadline.moment.at is not None:
        return deadline
    hours = {each.moment.at for each in told if each.moment.on == deadline.moment.on}
    hour = hours.pop() if len(hours) == 1 else None
    return replace(deadline, moment=replace(deadline.moment, at=hour))


def _with_roles(
    deadlines: Sequence[Deadline], roles: Sequence[DeadlineRole]
) -> tuple[Deadline, ...]:
    ordered = sorted(deadlines, key=lambda each: each.moment.ends_at())
    if len(ordered) == 1:
        return (replace(ordered[0], role=(*roles, DeadlineRole.SINGLE)[0]),)
    told = (*roles, *(DeadlineRole.CUT_OFF,) * len(ordered))
    return tuple(replace(each, role=role) for each, role in zip(ordered, told, strict=False))


def _settle(
    field: str, found: Sequence[tuple[LabelledText, Any]], reading: Reading
) -> tuple[Any, tuple[Evidence, ...]]:
    """Return the value of a field from all that stands under its labels, and the words."""
    rule = f"{reading.lexicon.code}:label"
    proofs = tuple(reading.evidence(each.whole.start, each.whole.end, rule) for each, _ in found)
    values = [value for _, value in found]
    if field in ("codes", "deadlines"):
        once = dict(reversed([*zip(values, proofs, strict=True)]))
        kept = [*reversed(once.items())]
        made = [Deadline(value) if field == "deadlines" else value for value, _ in kept]
        return tuple(made), tuple(proof for _, proof in kept)
    if field in ("applicant_types", "eligible_areas"):
        return tuple(dict.fromkeys(item for value in values for item in value)), proofs
    if field == "budget_total" and len({value.currency for value in values}) == 1:
        # One figure a year, as budgets of several years are printed.
        total = Money(sum((value.amount for value in values), Decimal(0)), values[0].currency)
        basis = Basis.STATED if len(values) == 1 else Basis.DERIVED
        return total, tuple(replace(proof, basis=basis) for proof in proofs)
    best = 0
    if field == "grant_min":
        best = min(range(len(values)), key=lambda index: values[index].amount)
    elif field == "grant_max":
        best = max(range(len(values)), key=lambda index: values[index].amount)
    elif field == "opens_at":
        best = min(range(len(values)), key=lambda index: values[index].starts_at())
    return values[best], (proofs[best],)


class _Reader:
    """Reads what stands under one label; ``None`` leaves it to the prose."""

    def __init__(self, reading: Reading, dates: Sequence[PrintedDate], zone: str) -> None:
        self._reading, self._dates, self._zone = reading, dates, zone

    def by_field(self) -> dict[str, Callable[[LabelledText], Any]]:
        """Return what reads the value of each field."""
        return {
            "codes": self._code,
            "published_on": self._day,
            "opens_at": self._moment,
            "deadlines": self._moment,
            "budget_total": self._money,
            "grant_min": self._money,
            "grant_max": self._money,
            "expected_projects": self._count,
            "intensity_max_pct": self._percentage,
            "programme": self._programme,
            "issuer": self._name,
            "applicant_types": self._applicants,
            "eligible_areas": self._areas,
        }

    def _words(self, each: LabelledText) -> str:
        return each.span.quote(self._reading.text).strip()

    def _code(self, each: LabelledText) -> str | None:
        words = self._words(each)
        return words if words and len(words) <= 80 and " " not in words else None

    def _moment(self, each: LabelledText) -> Moment | None:
        iso = _ISO.fullmatch(self._words(each))
        if iso is not None:
            hour = time(int(iso[4]), int(iso[5])) if _is_hour(iso[4], iso[5]) else None
            try:
                day = date(int(iso[1]), int(iso[2]), int(iso[3]))
            except ValueError:
                return None
            # 00:00 is what a form writes where no hour was given.
            return Moment(day, None if hour == _MIDNIGHT else hour, self._zone)
        inside = [item for item in self._dates if each.span.start <= item.start < each.span.end]
        if len(inside) != 1 or inside[0].on is None or len(self._words(each)) > _SHORT:
            return None
        return Moment(inside[0].on, inside[0].at, self._zone)

    def _day(self, each: LabelledText) -> date | None:
        moment = self._moment(each)
        return moment.on if moment else None

    def _money(self, each: LabelledText) -> Money | None:
        match = _BARE_AMOUNT.fullmatch(self._words(each).rstrip(" ."))
        if match is None:
            return None
        number = match["number"].strip().translate({0xA0: " ", 0x202F: " ", ord("’"): "'"})
        amount = read_number(number, self._reading.lexicon.decimal)
        currency = match["before"] or match["after"] or self._reading.lexicon.currency
        if amount is None or not amount or not currency:
            return None
        return Money(amount, _SIGNS.get(currency, currency))

    def _number(self, each: LabelledText) -> Decimal | None:
        words = self._words(each)
        if not _BARE_NUMBER.fullmatch(words):
            return None
        return Decimal(words.rstrip(" %").replace(",", "."))

    def _count(self, each: LabelledText) -> int | None:
        number = self._number(each)
        return int(number) if number is not None and number == int(number) and number > 0 else None

    def _percentage(self, each: LabelledText) -> float | None:
        number = self._number(each)
        return float(number) if number is not None and 0 < number <= 100 else None

    def _name(self, each: LabelledText) -> str | None:
        words = " ".join(self._words(each).split())
        return words if 0 < len(words) <= _SHORT else None

    def _programme(self, each: LabelledText) -> str | None:
        name = self._name(each)
        return None if name and fold(name) in self._reading.lexicon.own_funds else name

    def _applicants(self, each: LabelledText) -> tuple[ApplicantType, ...] | None:
        """Read a short list of kinds of applicants; a sentence is prose, with its exceptions."""
        if len(self._words(each)) > _SHORT:
            return None
        start, end = each.span.start, each.span.end
        if self._reading.has(start, end, "excluded", "excluded_before"):
            return None
        named = [
            (mark.start, ApplicantType(family.removeprefix("applicant.")))
            for family in self._reading.marks
            if family.startswith("applicant.")
            for mark in self._reading.marks_in(start, end, family)
        ]
        return tuple(dict.fromkeys(kind for _, kind in sorted(named))) or None

    def _areas(self, each: LabelledText) -> tuple[str, ...] | None:
        """Read places between semicolons; a NUTS or country code before a dash is the code."""
        if len(self._words(each)) > _SHORT:
            return None
        places = [" ".join(part.split()) for part in self._words(each).split(";")]
        codes = [_AREA_CODE.match(place) for place in places]
        found = [code[0] if code else place for place, code in zip(places, codes, strict=True)]
        return tuple(place for place in found if place) or None


def _is_hour(hour: str | None, minute: str | None) -> bool:
    return hour is not None and minute is not None and int(hour) < 24 and int(minute) < 60
