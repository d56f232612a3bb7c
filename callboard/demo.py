"""The demo week: the main job over saved portals, one crawl for each day that was saved."""

import json
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as Line

from callboard.config import Config, CrawlConfig, load
from callboard.models import hint
from callboard.pipeline import Pipeline
from callboard.reports import report_lines
from crawlers.playback import Playback, load_site
from exports.terminal import documented_fields, render_call, render_documented
from schema.crawls import CrawlReport, CrawlState
from storage.database.calls import CallFilter, StoredCall, find
from storage.database.clock import set_clock
from storage.database.notices import CurrentNotice, current
from translators.installation import install_package

DEMO_FILE = "callboard.toml"
MODELS = Path("models")
"""Folder within the demo's folder into which fixture models are installed."""
HOUR = 6
"""Hour (UTC) at which the crawl of each day begins."""


@dataclass(frozen=True, slots=True)
class DemoResult:
    """What the demo found, for the report at its end."""

    reports: Sequence[CrawlReport]
    """Of the crawls of the last day."""
    calls: Sequence[StoredCall]
    linked: StoredCall | None
    """The call with most notices, if any has several."""
    documented: StoredCall | None
    """The call with most facts read from a linked document, if any has one."""
    notices: dict[str, CurrentNotice]
    now: datetime
    database: str
    digest: Path
    entries: int
    english: str
    hint: str | None
    """How to get translation models; ``None`` if every language has one."""

    @property
    def complete(self) -> bool:
        """Tell whether every portal was read as a whole."""
        return all(each.state is CrawlState.COMPLETE for each in self.reports)


def play(
    sites: Path,
    fixtures: Path,
    folder: Path,
    lock: Callable[[Config], AbstractContextManager[None]],
    tell: Callable[[str], None],
) -> DemoResult:
    """Run the main job on each saved day, with the clock of that day; write the last digest.

    The fixture models are installed in the folder, for languages that nothing else translates.
    """
    days = sorted(each for each in sites.iterdir() if (each / "site.toml").is_file())
    reports: list[CrawlReport] = []
    pipeline: Pipeline | None = None
    for day in days:
        began = datetime.strptime(day.name, "%Y-%m-%d").replace(hour=HOUR, tzinfo=UTC)
        site = load_site(day)
        _write_config(folder, began + timedelta(hours=1), sorted(site.expect))
        if pipeline is None:
            for file in sorted(fixtures.glob("*.argosmodel")):
                install_package(file, folder / MODELS)
        with Playback(site.routes, site.expect) as playback:
            crawling = CrawlConfig(
                contact="the demo", connect=playback.connect, delay=0, retries=1, backoff=0
            )
            config = load(folder / DEMO_FILE).model_copy(update={"now": began, "crawl": crawling})
            with lock(config):
                tell(f"{day.name}  crawling {len(playback.expect)} portals at {playback.address}")
                pipeline = Pipeline(config)
                pipeline.prepare()
                reports = pipeline.crawl(sorted(playback.expect), expect=dict(playback.expect))
                tell("\n".join(f"    {line}" for line in report_lines(reports)))
                pipeline.process()
                pipeline.translate()
                pipeline.link()
    if pipeline is None:
        raise FileNotFoundError(f"no saved day in {sites}")
    with pipeline.database.write() as connection:  # queries tell what the commands tell
        set_clock(connection, load(folder / DEMO_FILE).now)
    text, entries = pipeline.digest(timedelta(days=7))
    digest = pipeline.write_digest(text)
    with pipeline.database.read() as connection:
        now = pipeline.now()
        calls = find(connection, CallFilter(with_withdrawn=True), now)
        notices = {each.id: each for each in current(connection)}
    several = [each for each in calls if len({source.portal for source in each.sources}) > 1]
    return DemoResult(
        reports=reports,
        calls=calls,
        linked=max(several, key=_languages, default=None),
        documented=max(filter(_documented, calls), key=_documented, default=None),
        notices=notices,
        now=now,
        database=pipeline.database.name,
        digest=digest,
        entries=entries,
        english=", ".join(f"{each.name} {each.version}" for each in pipeline.engines)
        or "pending: no offline engine is installed (docs/translation.md)",
        hint=hint((pipeline.portals[each.portal] for each in reports), pipeline.engines),
    )


def _write_config(folder: Path, clock: datetime, portals: Sequence[str]) -> None:
    """Write the demo's configuration; its presence marks the folder as a demo's."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / DEMO_FILE).write_text(
        f'# The demo of Callboard: its clock stands still.\ndata_dir = "."\n'
        f"now = {clock:%Y-%m-%dT%H:%M:%SZ}\nportals = {json.dumps(portals)}\n"
        f'[translate]\nfixtures = "{MODELS}"  # know only the sentences of this demo\n',
        encoding="utf-8",
    )


def _languages(stored: StoredCall) -> tuple[int, str]:
    return len({source.language for source in stored.sources}), stored.id


def _documented(stored: StoredCall) -> int:
    return len(documented_fields(stored.call))


def render_from_document(result: DemoResult) -> RenderableType:
    """Return the call with most facts from a linked document, and those facts."""
    if result.documented is None:
        return Line("none was found, which it should have been", style="red")
    return render_documented(result.documented)


def render_portals(result: DemoResult) -> RenderableType:
    """Return what each portal gave."""
    table = Table(box=None, pad_edge=False, header_style="bold")
    table.add_column("Portal")
    table.add_column("State")
    for name in (
        "Pages",
        "Unchanged",
        "Notices",
        "Calls",
        "With code",
        "With deadline",
        "With budget",
    ):
        table.add_column(name, justify="right")
    for report in result.reports:
        theirs = [each.call for each in result.notices.values() if each.portal == report.portal]
        calls = [call for call in theirs if call.is_call]
        table.add_row(
            report.portal,
            report.state,
            str(report.pages),
            str(report.unchanged),
            str(len(theirs)),
            str(len(calls)),
            str(sum(bool(call.codes) for call in calls)),
            str(sum(bool(call.deadlines) for call in calls)),
            str(sum(call.budget_total is not None for call in calls)),
        )
    return table


def render_linked(result: DemoResult) -> RenderableType:
    """Return the call that is announced in two languages, with both sources."""
    if result.linked is None:
        return Line("none was found, which it should have been", style="red")
    return Group(render_call(result.linked, result.notices, (), result.now))
