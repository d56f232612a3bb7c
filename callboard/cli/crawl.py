"""``callboard crawl``: inventories into the archive."""

import sys
from pathlib import Path

import click

from callboard.cli.main import EXIT_FAILED
from callboard.cli.session import open_pipeline, operator_errors, show_json, working


@click.command
@click.argument("portals", nargs=-1)
@click.option("--sample", type=click.IntRange(min=1), help="Read at most so many notices a portal.")
@click.option(
    "--replay",
    "archive",
    type=click.Path(path_type=Path, exists=True),
    help="Crawl this archive (its folder, or one WARC file of it) in place of the network. "
    "Nothing is kept.",
)
@click.option("--json", "as_json", is_flag=True, help="Print the reports as JSON.")
@click.pass_obj
def command(
    config_path: Path | None,
    portals: tuple[str, ...],
    sample: int | None,
    archive: Path | None,
    as_json: bool,
) -> None:
    """Fetch the inventory of each portal into the archive [default: all portals in use].

    Exit code 1 if a portal could not be read as a whole. What the archive has stays.
    """
    from callboard.reports import report_as_json, report_lines, went_well

    if archive is not None:
        _replay(config_path, portals, sample, archive, as_json)
    with working(config_path) as pipeline:
        reports = pipeline.crawl(pipeline.stems(portals), sample=sample)
    if as_json:
        show_json([report_as_json(each) for each in reports])
    else:
        click.echo("\n".join(report_lines(reports)))
    sys.exit(0 if all(went_well(each, sample) for each in reports) else EXIT_FAILED)


def _replay(
    config_path: Path | None,
    portals: tuple[str, ...],
    sample: int | None,
    archive: Path,
    as_json: bool,
) -> None:
    """Replay an archive, print the outcomes, and end."""
    from contextlib import closing

    from callboard.replay import replay
    from callboard.reports import report_as_json, report_lines, went_well

    with operator_errors(), closing(open_pipeline(config_path)) as pipeline:
        stems = pipeline.stems(portals) if portals else []
        played = replay(archive, stems, pipeline.crawl_settings(sample))
    if as_json:
        show_json(
            [
                {
                    **report_as_json(each.report),
                    "replayed": each.archived.id,
                    "not_archived": each.unknown,
                }
                for each in played
            ]
        )
    else:
        for each in played:
            click.echo(f"{each.archived.id}, replayed:")
            click.echo("\n".join(report_lines([each.report])))
            for issue in each.report.issues:
                click.echo(f"  {issue.severity} {issue.kind}: {issue.message} {issue.url or ''}")
            for request in each.unknown:
                click.echo(f"  not archived: {request}")
    sys.exit(0 if all(went_well(each.report, sample) for each in played) else EXIT_FAILED)
