"""What commands tell of a run: one line a portal, and the same as JSON."""

from collections.abc import Sequence
from typing import Any

from schema.crawls import CrawlState, Outcome
from schema.issues import Severity


def went_well(outcome: Outcome, sample: int | None = None) -> bool:
    """Tell whether a crawl brought what it was asked for: all, or of a sample a part."""
    fine = (CrawlState.COMPLETE,) if sample is None else (CrawlState.COMPLETE, CrawlState.PARTIAL)
    return outcome.state in fine


def outcome_lines(outcomes: Sequence[Outcome]) -> list[str]:
    """Return one clear line a portal, aligned."""
    width = max((len(each.portal) for each in outcomes), default=0)
    return [_line(each, width) for each in outcomes]


def _line(outcome: Outcome, width: int) -> str:
    grave = sum(issue.severity is Severity.ERROR for issue in outcome.issues)
    issues = f" · {grave} error{'s' * (grave != 1)}" if grave else ""
    counts = f"{len(outcome.seen)} seen, {outcome.pages} pages, {outcome.unchanged} unchanged"
    return f"{outcome.portal:<{width}}  {outcome.state:<11}  {counts}{issues} · {outcome.reason}"


def outcome_as_json(outcome: Outcome) -> dict[str, Any]:
    """Return an outcome for a script."""
    return {
        "portal": outcome.portal,
        "crawl_id": outcome.crawl_id,
        "state": outcome.state.value,
        "reason": outcome.reason,
        "started_at": outcome.started_at.isoformat(),
        "finished_at": outcome.finished_at.isoformat(),
        "pages": outcome.pages,
        "unchanged": outcome.unchanged,
        "seen": len(outcome.seen),
        "announced": outcome.announced,
        "duplicates": outcome.duplicates,
        "issues": [
            {
                "kind": each.kind,
                "severity": each.severity.value,
                "message": each.message,
                "url": each.url,
                "detail": each.detail,
            }
            for each in outcome.issues
        ],
    }
