"""``callboard show``: one call, and why each value is believed."""

from datetime import UTC, datetime
from pathlib import Path

import click

from callboard.cli.session import reading, show, show_json

_EVER = datetime.min.replace(tzinfo=UTC)


@click.command
@click.argument("call_id", metavar="ID")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.option("--body", is_flag=True, help="Each notice's whole text, with its English beside.")
@click.pass_obj
def command(config_path: Path | None, call_id: str, as_json: bool, body: bool) -> None:
    """Show one call with every value's words and source, its notices and its history.

    ID is a call's id, the start of one, or a code such as RLA12020034211.
    """
    from exports.extracts import render_extract
    from exports.terminal import render_call, render_texts
    from storage.database.calls import get
    from storage.database.events import since
    from storage.database.notices import current

    with reading(config_path) as pipeline, pipeline.database.read() as connection:
        now = pipeline.now()
        stored = get(connection, call_id)
        members = {source.notice_id for source in stored.sources}
        portals = {source.portal for source in stored.sources}
        notices = {
            each.id: each
            for portal in sorted(portals)
            for each in current(connection, portal)
            if each.id in members
        }
        bodies = (
            pipeline.bodies(notices[source.notice_id] for source in stored.sources) if body else []
        )
        events = [each for each in since(connection, _EVER) if each.call_id == stored.id]
    if as_json:
        show_json(
            {
                **render_extract(stored.call, stored.id, now),
                "notices": [
                    {
                        **render_extract(notices[source.notice_id].call, source.notice_id, now),
                        "portal": source.portal,
                        "url": source.url,
                        "role": source.role,
                        "reason": source.reason,
                        "confidence": source.confidence,
                    }
                    for source in stored.sources
                ],
            }
        )
        return
    show(render_call(stored, notices, events, now))
    for source, text in zip(stored.sources if body else (), bodies, strict=True):
        show(render_texts(source.portal, text))
