"""Render a call as the flat JSON of ``callboard extract``: the stateless, public contract."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from schema.calls import Call, Moment
from schema.fields import FIELDS, Shape
from schema.money import Money


def render_extract(
    call: Call, notice_id: str | None, now: datetime | None = None
) -> dict[str, Any]:
    """Return the flat keys of the contract, ready for ``json.dumps``.

    Dates are ISO, with the hour where one is printed; money is ``{"amount", "currency"}`` or
    ``None``. ``now`` is an aware moment for ``status``, which is ``None`` without it.
    """
    return {
        "id": notice_id,
        **dict(_facts(call, now)),
        "evidence": {
            _KEYS[name]: [
                {
                    "quote": proof.quote,
                    "start": proof.span.start,
                    "end": proof.span.end,
                    "rule": proof.rule,
                    "basis": proof.basis.value,
                    **({"source": proof.source} if proof.source else {}),
                }
                for proof in proofs
            ]
            for name, proofs in call.evidence.items()
        },
        "absence": {_KEYS[name]: reason.value for name, reason in call.absence.items()},
        "issues": [
            {
                "kind": issue.kind,
                "message": issue.message,
                "severity": issue.severity.value,
                "field": issue.field,
            }
            for issue in call.issues
        ],
    }


_KEYS = {each.name: each.extract or each.name for each in FIELDS}
"""What the contract calls a field where it tells of its evidence or absence."""


def _facts(call: Call, now: datetime | None) -> Iterator[tuple[str, Any]]:
    for field in FIELDS:
        if not field.extract:
            continue
        value = getattr(call, field.name)
        if field.name == "declared_status":  # the verdict stands before the portal's own word
            yield "status", call.status(now).value if now is not None else None
        yield field.extract, None if value is None else _PLAIN[field.shape](value)
        if field.shape is Shape.TEXT:
            yield f"{field.extract}_language", None if value is None else value.language


def _money(money: Money) -> dict[str, Any]:
    return {"amount": _number(money.amount), "currency": money.currency}


def _number(value: Decimal | float) -> int | float:
    return int(value) if value == int(value) else float(value)


def _words(values: Iterable[str]) -> list[str]:
    return [str(each) for each in values]


_PLAIN: dict[Shape, Callable[[Any], Any]] = {
    Shape.FLAG: bool,
    Shape.NAME: str,
    Shape.TEXT: lambda text: text.original or None,
    Shape.TEXTS: lambda texts: [text.original for text in texts],
    Shape.WORDS: _words,
    Shape.PHRASES: _words,
    Shape.DAY: date.isoformat,
    Shape.MOMENT: Moment.isoformat,
    Shape.DEADLINES: lambda deadlines: [each.moment.isoformat() for each in deadlines],
    Shape.MONEY: _money,
    Shape.PERCENT: _number,
    Shape.COUNT: int,
    Shape.CONSORTIUM: asdict,
}
"""What ``json.dumps`` takes of a value that is there."""
