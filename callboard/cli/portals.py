"""``callboard portals``: the catalogue."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callboard.cli.session import open_config, operator_errors, show, show_json

if TYPE_CHECKING:
    from schema.portals import Portal
    from storage.portals import PortalState


@click.command
@click.option("--json", "as_json", is_flag=True, help="Print a list, one object a portal.")
@click.pass_obj
def command(config_path: Path | None, as_json: bool) -> None:
    """Print the catalogue of portals: who publishes, in which language, how it is read."""
    from crawlers import registry

    settings = open_config(config_path)
    with operator_errors():
        catalogue = registry.load()
        states = _states(settings.database_url)
    entries = [_entry(portal, states.get(stem)) for stem, portal in catalogue.items()]
    if as_json:
        show_json(entries)
        return
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for name in (
        "Portal",
        "Country",
        "Language",
        "Publisher",
        "Access",
        "Licence",
        "Last complete",
    ):
        table.add_column(name)
    table.add_column("Notices", justify="right")
    for entry in entries:
        table.add_row(
            entry["portal"],
            entry["country"],
            " ".join(entry["languages"]),
            entry["publisher"],
            entry["access"],
            entry["licence"],
            (entry["last_success"] or "never")[:10],
            str(entry["notices"]),
        )
    show(table)


def _states(url: str) -> "dict[str, PortalState]":
    from storage.database import Database, DatabaseError
    from storage.portals import states

    database = Database(url)
    try:
        database.check()
        with database.read() as connection:
            return {each.stem: each for each in states(connection)}
    except DatabaseError:  # the catalogue is worth printing before there is a database
        return {}


def _entry(portal: "Portal", state: "PortalState | None") -> dict[str, Any]:
    last = state.last_complete_at if state else None
    return {
        "portal": portal.stem,
        "title": portal.title,
        "country": portal.country,
        "languages": list(portal.languages),
        "publisher": portal.publisher,
        "access": portal.access,
        "role": portal.role,
        "licence": portal.licence.name,
        "schedule": portal.schedule,
        "home": portal.home,
        "status": portal.status,
        "last_success": last.isoformat() if last else None,
        "notices": state.standing if state else 0,
    }
