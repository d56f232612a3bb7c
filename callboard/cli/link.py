"""``callboard link``: the same call across portals and languages."""

from pathlib import Path

import click

from callboard.cli.session import show_json, working


@click.command
@click.option(
    "--json", "as_json", is_flag=True, help="Print the calls with several notices as JSON."
)
@click.pass_obj
def command(config_path: Path | None, as_json: bool) -> None:
    """Recognise the same call across portals and languages, and list what was linked and why."""
    from storage.database.calls import CallFilter, find

    with working(config_path) as pipeline:
        count = pipeline.link()
        with pipeline.database.read() as connection:
            found = find(connection, CallFilter(with_withdrawn=True), pipeline.now())
    linked = [each for each in found if len(each.sources) > 1]
    if as_json:
        show_json(
            [
                {
                    "call_id": each.id,
                    "notices": [
                        {
                            "notice_id": source.notice_id,
                            "portal": source.portal,
                            "url": source.url,
                            "role": source.role,
                            "reason": source.reason,
                            "confidence": source.confidence,
                        }
                        for source in each.sources
                    ],
                }
                for each in linked
            ]
        )
        return
    for each in linked:
        click.echo(f"{each.id}  {each.call.title.original}")
        for source in each.sources:
            click.echo(
                f"    {source.role:<9} {source.portal:<24} {source.confidence}: {source.reason}"
            )
    click.echo(f"{count} calls, {len(linked)} of them with several notices.")
