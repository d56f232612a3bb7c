"""What a portal prints under a label that its TOML explains: believed before any prose.

The surprise: a label may be a column of an API, a line such as ``Scade il: …``, or the heading of
a whole section. Only a value that is nothing but a value is read here; prose under a label is left
to the finders, and what stands under a label that carries nothing is hidden from them.
"""

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, time
from decimal import Decimal
from typing import Any

from normalizers.blocks import BlockKind, Original
from normalizers.dates import PrintedDate
from normalizers.folding import fold
from normalizers.money import read_number
from normalizers.reading import Reading
from schema.calls import Call, Deadline, DeadlineKind, DeadlineRole, Moment
from schema.findings import Basis, Evidence
from schema.money import Money
from schema.spans import Span

IGNORED = "ignore"
DEADLINE_MODELS = {
    "single-stage": (DeadlineRole.SINGLE,),
    "two-stage": (DeadlineRole.STAGE_1, DeadlineRole.STAGE_2),
    "multiple cut-off": (DeadlineRole.CUT_OFF,),
}
"""``deadlineModel`` of the EU Funding & Tenders portal, to the roles of its deadlines in order."""

_ISO = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d)(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?"
)
_BARE_AMOUNT = re.compile(
    r"(?:(?P<before>[A-Z]{3}|€)\s?)?(?P<number>\d[\d. '’\xa0]*(?:,\d{1,2})?)"
    r"(?:\s?(?P<after>[A-Z]{3}|€))?(?:\s?\((?:19|20)\d\d\))?"
)
_BARE_NUMBER = re.compile(r"\d{1,6}(?:[.,]\d+)?\s?%?")
_SHORT = 120
_MIDNIGHT = time(0, 0)


@dataclass(frozen=True, slots=True)
class LabelledText:
    """What stands under one label."""

    field: str
    """A field of :class:`Call`."""
    span: Span
    """Of the value."""
    whole: Span
    """Of label and value."""


def hide_ignored(original: Original, labels: Mapping[str, str]) -> Original:
    """Return the original with what stands under ignored labels blanked, in the same places."""
    hidden = [each.whole for each in find_labelled(original, labels) if each.field == IGNORED]
    if not hidden:
        return original
    text = original.text
    for span in hidden:
        blank = re.sub(r"\S", " ", span.quote(text))
        text = text[: span.start] + blank + text[span.end :]
    blocks = tuple(
        block for block in original.blocks if not any(span.covers(block.span) for span in hidden)
    )
    return replace(original, text=text, blocks=blocks)


def find_labelled(original: Original, labels: Mapping[str, str]) -> list[LabelledText]:
    """Return what stands under each label that is explained, in order."""
    return list(_find_labelled(original, {_key(name): field for name, field in labels.items()}))


def _find_labelled(original: Original, meanings: Mapping[str, str]) -> Iterator[LabelledText]:
    if not meanings:
        return
    open_field: str | None = None
    start = content = end = 0
    for block in original.blocks:
        words = block.label or block.span
        meaning = meanings.get(_key(words.quote(original.text)))
        heads = block.kind in (BlockKind.HEADING, BlockKind.LABEL)
        if block.kind is BlockKind.LABELLED and block.value and meaning:
            yield LabelledText(meaning, block.value, block.span)
        elif heads and meaning and block.span != original.title:
            if open_field is not None and content < end:
                yield LabelledText(open_field, Span(content, end), Span(start, end))
            open_field, start, content, end = meaning, block.span.start, 0, 0
        elif open_field is not None:
            content = content or block.span.start
            end = block.span.end
    if open_field is not None and content < end:
        yield LabelledText(open_field, Span(content, end), Span(start, end))


def _key(label: str) -> str:
    return " ".join(fold(label).strip(" :?").split())


def prefer_labelled(
    call: Call,
    reading: Reading,
    labels: Mapping[str, str],
    dates: Sequence[PrintedDate],
    zone: str,
) -> Call:
    """Return the call with every value that stands alone under its label, before any prose.

    A programme's label names a fund as often as a programme: it counts where the prose has none.
    """
    by_field: dict[str, list[LabelledText]] = defaultdict(list)
    for each in find_labelled(reading.original, labels):
        by_field[each.field].append(each)
    values: dict[str, Any] = {}
    evidence = dict(call.evidence)
    reader = _Values(reading, dates, zone)
    for field, read in reader.readers().items():
        if field == "programme" and call.programme:
            continue
        found = [(each, value) for each in by_field[field] if (value := read(each)) is not None]
        if not found:
            continue
        values[field], proofs = reader.settle(field, found)
        evidence[field] = proofs
    if "codes" in values:
        more = [
            (code, proof)
            for code, proof in zip(call.codes, call.evidence.get("codes", ()), strict=False)
            if code not in values["codes"]
        ]
        values["codes"] = (*values["codes"], *(code for code, _ in more))
        evidence["codes"] = (*evidence["codes"], *(proof for _, proof in more))
    if "deadlines" in values:
        model = next((each for each in by_field["deadline_kind"]), None)
        words = model.span.quote(reading.text).strip() if model else ""
        values["deadlines"] = _with_roles(values["deadlines"], DEADLINE_MODELS.get(words, ()))
        if call.deadline_kind is not DeadlineKind.UNTIL_EXHAUSTED:
            several = len(values["deadlines"]) > 1
            values["deadline_kind"] = DeadlineKind.MULTIPLE if several else DeadlineKind.FIXED
    return replace(call, **values, evidence=evidence) if values else call


def _with_roles(
    deadlines: Sequence[Deadline], roles: Sequence[DeadlineRole]
) -> tuple[Deadline, ...]:
    ordered = sorted(deadlines, key=lambda each: each.moment.ends_at())
    if len(ordered) == 1:
        return (replace(ordered[0], role=(*roles, DeadlineRole.SINGLE)[0]),)
    told = (*roles, *(DeadlineRole.CUT_OFF,) * len(ordered))
    return tuple(replace(each, role=role) for each, role in zip(ordered, told, strict=False))


class _Values:
    """Reads values that are nothing but a value."""

    def __init__(self, reading: Reading, dates: Sequence[PrintedDate], zone: str) -> None:
        self._reading, self._dates, self._zone = reading, dates, zone

    def readers(self) -> dict[str, Any]:
        """Return what reads the value of each field; ``None`` leaves it to the prose."""
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
            "programme": self._name,
            "issuer": self._name,
        }

    def settle(
        self, field: str, found: Sequence[tuple[LabelledText, Any]]
    ) -> tuple[Any, tuple[Evidence, ...]]:
        """Return the value of a field from all that stands under its labels, and the words."""
        rule = f"{self._reading.lexicon.code}:label"
        proofs = tuple(
            self._reading.evidence(each.whole.start, each.whole.end, rule) for each, _ in found
        )
        values = [value for _, value in found]
        if field in ("codes", "deadlines"):
            once = dict(reversed([*zip(values, proofs, strict=True)]))
            kept = [*reversed(once.items())]
            made = [Deadline(value) if field == "deadlines" else value for value, _ in kept]
            return tuple(made), tuple(proof for _, proof in kept)
        if field == "budget_total" and len({value.currency for value in values}) == 1:
            # One figure a year, as budgets of several years are printed.
            total = Money(sum((value.amount for value in values), Decimal(0)), values[0].currency)
            basis = Basis.STATED if len(values) == 1 else Basis.DERIVED
            return total, tuple(replace(proof, basis=basis) for proof in proofs)
        if field in ("grant_min", "grant_max"):
            pick = min if field == "grant_min" else max
            best = pick(found, key=lambda pair: pair[1].amount)
            return best[1], (proofs[found.index(best)],)
        if field == "opens_at":
            best = min(found, key=lambda pair: pair[1].starts_at())
            return best[1], (proofs[found.index(best)],)
        return values[0], proofs[:1]

    def _words(self, each: LabelledText) -> str:
        return each.span.quote(self._reading.text).strip()

    def _code(self, each: LabelledText) -> str | None:
        words = self._words(each)
        return words if words and len(words) <= 80 and " " not in words else None

    def _moment(self, each: LabelledText) -> Moment | None:
        iso = _ISO.fullmatch(self._words(each))
        if iso is not None:
            hour = time(int(iso[4]), int(iso[5])) if iso[4] and int(iso[4]) < 24 else None
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
        amount = read_number(match["number"].strip(), self._reading.lexicon.decimal)
        currency = match["before"] or match["after"] or self._reading.lexicon.currency
        if amount is None or not currency:
            return None
        return Money(amount, "EUR" if currency == "€" else currency)

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
