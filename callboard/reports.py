"""What commands tell of a run: one line a portal, and the same as JSON."""

from collections.abc import Sequence
from typing import Any

from schema.crawls import CrawlReport, CrawlState
from schema.issues import Severity


def went_well(report: CrawlReport, sample: int | None = None) -> bool:
    """Tell whether a crawl brought what it was asked for: all, or of a sample a part."""
    fine = (CrawlState.COMPLETE,) if sample is None else (CrawlState.COMPLETE, CrawlState.PARTIAL)
    return report.state in fine


def report_lines(reports: Sequence[CrawlReport]) -> list[str]:
    """Return one clear line a portal, aligned."""
    width = max((len(each.portal) for each in reports), default=0)
    return [_line(each, width) for each in reports]


def _line(report: CrawlReport, width: int) -> str:
    grave = sum(issue.severity is Severity.ERROR for issue in report.issues)
    issues = f" · {grave} error{'s' * (grave != 1)}" if grave else ""
    counts = f"{len(report.seen)} seen, {report.pages} pages, {report.unchanged} unchanged"
    return f"{report.portal:<{width}}  {report.state:<11}  {counts}{issues} · {report.reason}"


def report_as_json(report: CrawlReport) -> dict[str, Any]:
    """Return an outcome for a script."""
    return {
        "portal": report.portal,
        "crawl_id": report.crawl_id,
        "state": report.state.value,
        "reason": report.reason,
        "started_at": report.started_at.isoformat(),
        "finished_at": report.finished_at.isoformat(),
        "pages": report.pages,
        "unchanged": report.unchanged,
        "seen": len(report.seen),
        "announced": report.announced,
        "duplicates": report.duplicates,
        "issues": [
            {
                "kind": each.kind,
                "severity": each.severity.value,
                "message": each.message,
                "url": each.url,
                "detail": each.detail,
            }
            for each in report.issues
        ],
    }
