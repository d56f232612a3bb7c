"""``callboard models``: the translation models of this installation."""

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from callboard.cli.invocation import pasteable
from callboard.cli.main import EXIT_FAILED
from callboard.cli.session import give_up, open_config, operator_errors, show, show_json

if TYPE_CHECKING:
    from rich.table import Table

    from callboard.config import Config
    from callboard.models import Need

LANGUAGE_NAMES = {
    "hr": "Croatian", "sr": "Serbian", "bs": "Bosnian", "sl": "Slovenian", "it": "Italian",
    "de": "German", "fr": "French", "es": "Spanish", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ca": "Catalan", "gl": "Galician", "eu": "Basque",
}  # fmt: skip
UNSTATED = "not stated"
NEXT = "Next: callboard translate"
SAMPLE = "2021"
"""A sentence for the check, which any model can translate."""


@click.group
def command() -> None:
    """List, install, check, remove and build translation models.

    Nothing is fetched unless --download is given.
    """


@command.command("list")
@click.option("--json", "as_json", is_flag=True, help="Print as JSON.")
@click.pass_obj
def list_(config_path: Path | None, as_json: bool) -> None:
    """List the models, and the languages that lack one.

    Of each installed model version, licence, size and hash; of each language that portals print,
    what puts it into English, and the command for a translation where there is none.
    """
    from translators.installation import installed_from
    from translators.packages import content_hash, list_packages, size_of

    config = open_config(config_path)
    packages, errors = list_packages(_folder(config))
    wanted = _needs(config)
    models: list[dict[str, object]] = [
        {
            "model": each.label,
            "licence": each.licence or UNSTATED,
            "bytes": size_of(each),
            "sha256": content_hash(each.path),
            "file_sha256": installed_from(each),
            "fixture": each.fixture,
            "path": str(each.path),
        }
        for each in packages
    ]
    if as_json:
        languages = [
            {
                "language": need.language,
                "portals": list(need.portals),
                "engine": f"{need.engine.name} {need.engine.version}" if need.engine else None,
                "translated": need.met,
                "remedy": None if need.met else pasteable(need.remedy),
            }
            for need in wanted
        ]
        problems = [str(error) for error in errors]
        show_json({"models": models, "languages": languages, "problems": problems})
        return
    if models:
        show(_table(models))
    else:
        click.echo(f"No models in {_folder(config).absolute()}.")
    click.echo()
    show(_needs_table(wanted))
    for error in errors:
        click.echo(f"callboard: {error}", err=True)


@command.command()
@click.argument("sources", nargs=-1, required=True, metavar="FILE...|LANGUAGE...")
@click.option("--download", is_flag=True, help="Fetch the languages' Argos packages.")
@click.pass_obj
def install(config_path: Path | None, sources: tuple[str, ...], download: bool) -> None:
    """Install .argosmodel files.

    Each is checked first, and its licence, size and hash are shown. With --download, languages such
    as it are named instead, and their packages are fetched from argostranslate's index.
    """
    config = open_config(config_path)
    for source in sources:
        if not download and not Path(source).is_file():
            raise click.UsageError(
                f"{source}: no such file. "
                "To fetch a package: callboard models install LANG --download"
            )
    with _model_errors():
        for source in sources:
            if download:
                from translators.downloads import fetch_argos_package

                _install(config, fetch_argos_package(source))
            else:
                _install(config, Path(source))
    click.echo(pasteable(NEXT))


@command.command()
@click.pass_obj
def check(config_path: Path | None) -> None:
    """Verify every model.

    Its files must be as they were installed, and it must translate something. Exit code 1 if one
    is bad.
    """
    from translators.argos import ArgosEngine
    from translators.engines import EngineError
    from translators.installation import verify_package
    from translators.packages import list_packages

    folder = _folder(open_config(config_path))
    packages, errors = list_packages(folder)
    problems = [str(error) for error in errors]
    if not packages and not problems:
        click.echo(f"No models in {folder.absolute()}.")
    for each in packages:
        try:
            verify_package(each)
            engine = ArgosEngine(each)
            engine.translate([SAMPLE], each.language)
            engine.close()
        except EngineError as error:
            problems.append(str(error))
        else:
            licence = "" if each.licence else "; its licence is not stated"
            click.echo(f"{each.label}: good{licence}")
    for problem in problems:
        click.echo(f"callboard: {problem}", err=True)
    sys.exit(EXIT_FAILED if problems else 0)


@command.command()
@click.argument("model")
@click.pass_obj
def remove(config_path: Path | None, model: str) -> None:
    """Delete an installed model.

    MODEL is its language, or its name as in the list: hr, hr-en or "hr-en 1.0". What it translated
    stays in the translation memory, and is shown.
    """
    from translators.installation import remove_package
    from translators.packages import list_packages

    packages, _ = list_packages(_folder(open_config(config_path)))
    chosen = [
        each for each in packages if model in (each.label, each.label.split()[0], each.language)
    ]
    if len(chosen) != 1:
        names = ", ".join(each.label for each in packages) or "none"
        give_up(f"{model}: {'several' if chosen else 'no'} such models; installed: {names}")
    with _model_errors():
        remove_package(chosen[0])
    click.echo(f"Removed {chosen[0].label}.")


@command.command()
@click.argument("language")
@click.option(
    "--from",
    "folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with an OPUS-MT model: a release, the hub's files, or CTranslate2's.",
)
@click.option("--download", is_flag=True, help="Fetch the model from the hub.")
@click.option("--model", help="Name on the hub, instead of the one that is known for the language.")
@click.option("--licence", help="Of the model, where its folder does not state it.")
@click.option("--version", "number", default="1.0", show_default=True, help="Of the new package.")
@click.option("--to", "kept", type=click.Path(path_type=Path), help="Keep the .argosmodel there.")
@click.pass_obj
def build(
    config_path: Path | None,
    language: str,
    folder: Path | None,
    download: bool,
    model: str | None,
    licence: str | None,
    number: str,
    kept: Path | None,
) -> None:
    """Make a model of an OPUS-MT model, and install it.

    For hr there is no other way; for others it may be the better model. Without torch: the weights
    are read, renamed and quantised to 8 bits here.
    """
    from translators.conversion import Recipe, build_package
    from translators.downloads import MODELS, NOT_IN_ARGOS, fetch_hub_model

    config = open_config(config_path)
    name = model or MODELS.get(language)
    if folder is None and not (download and name):
        fetched = f"(fetches {name} from the hub)" if name else "--model NAME"
        build = f"callboard models build {language}"
        way = f"say where the model is: {build} --from FOLDER, or --download"
        argos = f"callboard models install {language} --download"
        raise click.UsageError(
            f"{way} {fetched}"
            + ("" if language in NOT_IN_ARGOS else f". Argos may have one: {argos}")
        )
    with _model_errors(), tempfile.TemporaryDirectory() as scratch:
        source = folder or fetch_hub_model(str(name), Path(scratch) / "hub")
        recipe = Recipe(
            language,
            LANGUAGE_NAMES.get(language, language),
            number,
            model or (folder.resolve().name if folder else str(name)),
            licence,
        )
        file = kept or Path(scratch) / f"{language}.argosmodel"
        build_package(source, recipe, file)
        _install(config, file)
    click.echo(pasteable(NEXT))


def _folder(config: "Config") -> Path:
    from callboard.english import models_folder

    return models_folder(config)


def _install(config: "Config", file: Path) -> None:
    from translators.installation import install_package
    from translators.packages import size_of

    package, digest = install_package(file, _folder(config))
    click.echo(
        f"Installed {package.label} ({size_of(package) / 1e6:.1f} MB, licence "
        f"{package.licence or UNSTATED}) in {package.path}\nSHA-256 of the file: {digest}"
    )
    if package.fixture:
        click.echo("It is a fixture: it knows only the demo's sentences and serves no live portal.")


def _needs(config: "Config") -> "list[Need]":
    from callboard.english import installed_engines
    from callboard.models import in_use, needs
    from crawlers import registry

    portals = in_use(config.portals, registry.load())
    return needs(portals.values(), installed_engines(config))


@contextmanager
def _model_errors() -> Iterator[None]:
    from translators.engines import EngineError

    try:
        with operator_errors():
            yield
    except EngineError as error:
        give_up(str(error))


def _table(models: "list[dict[str, object]]") -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Model", "Licence", "Size", "SHA-256 of its files", "Folder"):
        table.add_column(title, justify="right" if title == "Size" else "left", overflow="fold")
    for each in models:
        mark = " (fixture)" if each["fixture"] else ""
        table.add_row(
            f"{each['model']}{mark}",
            str(each["licence"]),
            f"{int(str(each['bytes'])) / 1e6:.1f} MB",
            str(each["sha256"])[:16],
            Path(str(each["path"])).name,
        )
    return table


def _needs_table(wanted: "list[Need]") -> "Table":
    from rich.table import Table

    table = Table(box=None, pad_edge=False, header_style="bold")
    for title in ("Language", "Portals", "English by", "For a translation"):
        table.add_column(title, overflow="fold")
    for need in wanted:
        engine = need.engine
        table.add_row(
            need.language,
            str(len(need.portals)),
            f"{engine.name} {engine.version} ({engine.status})" if engine else "none: pending",
            "" if need.met else pasteable(need.remedy),
        )
    return table
