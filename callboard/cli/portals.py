"""``callboard portals``: the catalogue, and what a contributor needs to add to it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from callboard.cli.invocation import pasteable
from callboard.cli.main import EXIT_FAILED
from callboard.cli.session import (
    give_up,
    open_config,
    operator_errors,
    reading,
    show,
    show_json,
)

if TYPE_CHECKING:
    from rich.console import JustifyMethod

    from crawlers.run import CrawlSettings
    from storage.database.portals import PortalState

ROOT = Path(__file__).resolve().parents[2]
COLUMNS = {
    "portal": "Portal",
    "country": "Country",
    "languages": "Language",
    "publisher": "Publisher",
    "access": "Route",
    "licence": "Licence",
    "rhythm": "Rhythm",
    "last_success": "Complete",
    "calls": "Calls",
}


LONGEST = {"publisher": 28, "licence": 14}
"""Columns of prose, which the table cuts off, and wraps where the terminal is narrow; --json prints
them whole. A stem is never cut off, since it has to be typed."""


@click.group(invoke_without_command=True)
@click.option("--json", "as_json", is_flag=True, help="Print a list, one object a portal.")
@click.option("--markdown", is_flag=True, help="Print them as a table in Markdown.")
@click.pass_context
def command(context: click.Context, as_json: bool, markdown: bool) -> None:
    """Print the catalogue of portals: who publishes, in which language, how it is read."""
    if context.invoked_subcommand is not None:
        return
    from callboard.catalogue import describe, render_markdown
    from crawlers import registry

    settings = open_config(context.obj)
    with operator_errors():
        catalogue = registry.load()
        states, calls = _standing(settings.database_url)
    if markdown:
        click.echo(render_markdown(catalogue))
        return
    entries = [
        describe(portal, states.get(stem), calls.get(stem, 0)) for stem, portal in catalogue.items()
    ]
    if as_json:
        show_json(entries)
    else:
        _print_table(entries)


def _print_table(entries: list[dict[str, Any]]) -> None:
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for key, name in COLUMNS.items():
        justify: JustifyMethod = "right" if key == "calls" else "left"
        table.add_column(name, justify=justify, no_wrap=key not in LONGEST)
    for entry in entries:
        shown = {
            **entry,
            "languages": " ".join(entry["languages"]),
            "last_success": (entry["last_success"] or "never")[:10],
        }
        table.add_row(*(_cut(str(shown[key]), LONGEST.get(key)) for key in COLUMNS))
    show(table)


def _cut(words: str, longest: int | None) -> str:
    is_long = longest is not None and len(words) > longest
    return f"{words[: (longest or 0) - 1].rstrip()}…" if is_long else words


def _standing(url: str) -> "tuple[dict[str, PortalState], dict[str, int]]":
    from storage.database.engine import Database, DatabaseError
    from storage.database.portals import count_calls, states

    database = Database(url)
    try:
        database.check()
        with database.read() as connection:
            return {each.stem: each for each in states(connection)}, count_calls(connection)
    except DatabaseError:  # the catalogue is worth printing before there is a database
        return {}, {}
    finally:
        database.dispose()


@command.command("labels")
@click.argument("portals", nargs=-1)
@click.pass_obj
def print_labels(config_path: Path | None, portals: tuple[str, ...]) -> None:
    """Print the labels and status words that no description knows, as TOML to fill and paste.

    Exit code 1 if there are any.
    """
    from processing.health import unknown_words

    with reading(config_path) as pipeline, pipeline.database.read() as connection:
        wanted = pipeline.stems(portals) if portals else list(pipeline.portals)
        found = unknown_words(connection, {stem: pipeline.portals[stem] for stem in wanted})
    place = None
    for each in found:
        if place != (each.portal, each.vocabulary):
            place = each.portal, each.vocabulary
            click.echo(f"# crawlers/spiders/{each.portal}.toml\n[{each.vocabulary}]")
        crawls = f"{each.crawls} crawl{'s' * (each.crawls != 1)}"
        click.echo(f'{_toml_key(each.word)} = ""  # {crawls}, e.g. {each.url or "no address"}')
    if not found:
        click.echo("Every label and status word is known.")
    sys.exit(EXIT_FAILED if found else 0)


def _toml_key(word: str) -> str:
    import json

    return json.dumps(word, ensure_ascii=False)


@command.command("check")
@click.argument("portals", nargs=-1)
def check_portals(portals: tuple[str, ...]) -> None:
    """Check names, descriptions, licences and fixtures, and that each spider loads and begins.

    Exit code 1 if anything is wrong.
    """
    from callboard.catalogue import check
    from callboard.scaffold import Folders

    found = check(portals, Folders.of(ROOT).fixtures)
    for line in found:
        click.echo(pasteable(line))
    if not found:
        click.echo("Every portal is in order.")
    sys.exit(EXIT_FAILED if found else 0)


@command.command("new")
@click.argument("url")
@click.option("--stem", help="Name of the portal, <cc>_<owner> [default: from the address].")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=ROOT,
    help="Checkout to write into [default: this one].",
)
@click.pass_obj
def add_portal(config_path: Path | None, url: str, stem: str | None, root: Path) -> None:
    """Probe a site and write its spider, description and fixture cases, ready to fill.

    Asks a dozen addresses, as a crawl would: robots.txt is obeyed, requests are spaced.
    """
    from callboard.scaffold import Folders, ScaffoldError, suggest_stem, write_portal
    from crawlers.probe import ProbeError, probe

    try:
        site = probe(url, _crawl_settings(config_path))
        written = write_portal(site, stem or suggest_stem(url), Folders.of(root))
    except (ProbeError, ScaffoldError) as error:
        give_up(str(error), EXIT_FAILED)
    click.echo(f"{site.title}: taken for {site.platform}. What answered:")
    click.echo("".join(f"  {line}\n" for line in site.seen), nl=False)
    click.echo("Written:")
    click.echo("".join(f"  {path}\n" for path in written), nl=False)
    click.echo(pasteable("Now fill in publisher, licence, labels; then: callboard portals check"))


@command.command("fixture")
@click.argument("url")
@click.option("--portal", required=True, help="Whose page it is.")
@click.option("--kind", default="call", show_default=True, help="Which reader it is for.")
@click.option("--case", help="Name of the case [default: the end of the address].")
@click.option(
    "--root",
    type=click.Path(path_type=Path, file_okay=False),
    default=ROOT,
    help="Checkout to write into [default: this one].",
)
@click.pass_obj
def add_fixture(
    config_path: Path | None, url: str, portal: str, kind: str, case: str | None, root: Path
) -> None:
    """Fetch a page and save it as a fixture case of a portal."""
    import re
    from urllib.parse import urlsplit

    from callboard.catalogue import APPROVED_BY
    from callboard.scaffold import Folders, ScaffoldError, write_case
    from crawlers.fetch import fetch
    from crawlers.registry import UnknownPortalError, reader

    try:
        if reader(portal, kind) is None:
            raise click.UsageError(f"{portal} reads no pages of kind {kind!r}")
    except UnknownPortalError as error:
        raise click.UsageError(str(error)) from error
    answer = fetch([url], _crawl_settings(config_path))[url]
    if isinstance(answer, str):
        give_up(f"{url}: {answer or 'no answer'}", EXIT_FAILED)
    name = case or re.sub(r"\W+", "_", urlsplit(url).path.strip("/")[-40:]).strip("_") or "home"
    try:
        written = write_case(answer, kind, portal, name, Folders.of(root))
    except ScaffoldError as error:
        give_up(str(error), EXIT_FAILED)
    click.echo("".join(f"{path}\n" for path in written), nl=False)
    click.echo(f"Write its sentences anew, then: APPROVE=1 pytest {APPROVED_BY}")


def _crawl_settings(config_path: Path | None) -> "CrawlSettings":
    from contextlib import closing

    from callboard.pipeline import Pipeline

    with closing(Pipeline(open_config(config_path))) as pipeline:
        return pipeline.crawl_settings()
