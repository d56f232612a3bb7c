"""``callboard doctor``: what is wrong or missing in this installation, with the remedy."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli.invocation import pasteable
from callboard.cli.main import EXIT_FAILED
from callboard.cli.session import show_json

if TYPE_CHECKING:
    from callboard.doctor import Diagnosis

COLOURS = {"ok": "green", "missing": "yellow", "wrong": "red"}


@click.command
@click.option(
    "--thorough",
    is_flag=True,
    help="Read every record of the archive, the whole database and every model's files.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def command(config_path: Path | None, thorough: bool, as_json: bool) -> None:
    """Say what is wrong or missing in this installation, a line each, with its remedy.

    Configuration, contact, data folder, database, archive, models, Apertium, the portals' last
    crawls and the schedule. Nothing is fetched or changed. Exit code 1 if something is wrong; what
    is only missing, such as a model, leaves it 0.
    """
    from callboard.doctor import State, examine

    findings = examine(config_path, thorough=thorough)
    if as_json:
        show_json(
            [
                {
                    "subject": each.subject,
                    "state": each.state.value,
                    "told": pasteable(each.told),
                    "remedies": list(map(pasteable, each.remedies)),
                }
                for each in findings
            ]
        )
    else:
        for each in findings:
            click.echo(_line(each))
    sys.exit(EXIT_FAILED if any(each.state is State.WRONG for each in findings) else 0)


def _line(finding: "Diagnosis") -> str:
    state = click.style(f"{finding.state.value:<8}", fg=COLOURS[finding.state.value])
    remedies = f"  → {'; '.join(finding.remedies)}" if finding.remedies else ""
    return f"{state} {finding.subject:<14} {pasteable(finding.told + remedies)}"
