"""Render a call as the flat JSON of ``callboard extract``: the stateless, public contract."""

from datetime import datetime
from decimal import Decimal
from typing import Any

from schema.calls import Call
from schema.money import Money

_FIELD_NAMES = {"published_on": "published", "opens_at": "opens"}
"""Fields of :class:`Call` that the contract names otherwise."""


def render_extract(
    call: Call, notice_id: str | None, now: datetime | None = None
) -> dict[str, Any]:
    """Return the flat keys of the contract, ready for ``json.dumps``.

    Dates are ISO, with the hour where one is printed; money is ``{"amount", "currency"}`` or
    ``None``. ``now`` is an aware moment for ``status``, which is ``None`` without it.
    """
    consortium = call.consortium
    return {
        "id": notice_id,
        "is_call": call.is_call,
        "is_call_reason": call.is_call_reason,
        "language": call.language,
        "title": call.title.original or None,
        "title_language": call.title.language,
        "codes": list(call.codes),
        "programme": call.programme,
        "issuer": call.issuer,
        "published": call.published_on.isoformat() if call.published_on else None,
        "opens": call.opens_at.isoformat() if call.opens_at else None,
        "deadlines": [deadline.moment.isoformat() for deadline in call.deadlines],
        "deadline_kind": call.deadline_kind.value,
        "budget_total": _money(call.budget_total),
        "grant_min": _money(call.grant_min),
        "grant_max": _money(call.grant_max),
        "intensity_max_pct": _number(call.intensity_max_pct),
        "expected_projects": call.expected_projects,
        "applicant_types": [kind.value for kind in call.applicant_types],
        "eligible_areas": list(call.eligible_areas),
        "status": call.status(now).value if now is not None else None,
        "declared_status": call.declared_status.value if call.declared_status else None,
        "consortium": {
            "min_partners": consortium.min_partners,
            "min_countries": consortium.min_countries,
        }
        if consortium
        else None,
        "conditions": [condition.original for condition in call.conditions],
        "evidence": {
            _FIELD_NAMES.get(name, name): [
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
        "absence": {
            _FIELD_NAMES.get(name, name): reason.value for name, reason in call.absence.items()
        },
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


def _money(money: Money | None) -> dict[str, Any] | None:
    if money is None:
        return None
    return {"amount": _number(money.amount), "currency": money.currency}


def _number(value: Decimal | float | None) -> int | float | None:
    if value is None:
        return None
    return int(value) if value == int(value) else float(value)
