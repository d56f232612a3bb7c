"""What is wrong or missing in an installation, and the remedy for each.

Nothing is fetched or changed, except that a missing index of the archive is written. A check that
fails does not keep the others from running.
"""

import re
import shutil
import subprocess
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from importlib.util import find_spec
from pathlib import Path

from callboard.config import DEFAULT_FILE, Config, ConfigError, CrawlConfig, load
from callboard.english import installed_engines, models_folder
from callboard.models import Need, in_use, needs, remedies, untranslated
from callboard.run_lock import holder, is_taken
from crawlers import registry
from crawlers.portals import PortalFileError
from processing.health import NEVER, OVERDUE, Health, assess
from schema.portals import Portal
from storage.archive.archive import Archive
from storage.archive.index import load_index
from storage.archive.warc import ArchiveError, DamageError, read_records
from storage.database.engine import Database, DatabaseError
from translators import apertium
from translators.engines import EngineError
from translators.installation import verify_package
from translators.packages import list_packages

ROOM = 1_000_000_000
"""Free bytes under which a run may fail half-way; a week's pages of all portals need less."""
SCHEDULES = tuple(
    Path(each) for each in ("/etc/crontab", "/etc/cron.d", "/etc/systemd/system")
)  # fmt: skip
"""Where a machine's own schedules are, besides the user's."""
EXAMPLE = re.compile(r"\bexample\.(?:org|com|net)\b")
"""Domains that RFC 2606 keeps for examples: nobody is reached there."""
NAMED = 3
"""How many portals or files are named in a line; the rest is counted."""


class State(StrEnum):
    """How much a finding matters."""

    OK = "ok"
    MISSING = "missing"
    """Callboard works without it, but does less."""
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One thing that was looked at."""

    subject: str
    state: State
    told: str
    remedies: tuple[str, ...] = ()
    """Commands or settings that mend it."""


def examine(path: Path | None, *, thorough: bool = False) -> list[Diagnosis]:
    """Look at everything that a run needs; ``path`` is the configuration file, if one was named.

    ``thorough`` reads every record of the archive, the whole database, and every model's files.
    """
    try:
        config = load(path)
    except ConfigError as error:
        return [Diagnosis("configuration", State.WRONG, str(error), ("correct that key",))]
    file = path or DEFAULT_FILE
    findings = [
        _configuration(config, file),
        _contact(config, file),
        _data(config),
        _lock(config),
    ]
    try:
        catalogue = registry.load()
    except PortalFileError as error:
        return [*findings, Diagnosis("portals", State.WRONG, str(error))]
    portals = in_use(config.portals, catalogue)
    unknown = [stem for stem in config.portals if stem not in catalogue]
    if unknown:
        remedy = "take it out of `portals`; `callboard portals` lists them"
        findings.append(Diagnosis("portals", State.WRONG, f"no portal {unknown[0]!r}", (remedy,)))
    engines = installed_engines(config)
    wanted = needs(portals.values(), engines)
    return [
        *findings,
        *_database(config, portals, thorough=thorough),
        _archive(config, thorough=thorough),
        *_packages(config, thorough=thorough),
        _translations(wanted),
        _apertium(config, wanted),
        _schedule(config),
    ]


def _configuration(config: Config, file: Path) -> Diagnosis:
    if not file.is_file():
        told = f"no {file} here: defaults, data in {config.data}"
        remedy = f"cp callboard.example.toml {file}"
        return Diagnosis("configuration", State.MISSING, told, (remedy,))
    clock = f"; the clock stands at {config.now:%Y-%m-%d %H:%M}" if config.now else ""
    return Diagnosis("configuration", State.OK, f"{file.absolute()}{clock}")


def _contact(config: Config, file: Path) -> Diagnosis:
    contact = config.crawl.contact
    if contact != CrawlConfig().contact and not EXAMPLE.search(contact):
        return Diagnosis("contact", State.OK, contact)
    if config.translate.fixtures is not None:
        return Diagnosis("contact", State.OK, "not needed: a demo asks no live portal")
    remedy = f"[crawl] contact = an address or page of yours, in {file}"
    told = "an example" if EXAMPLE.search(contact) else "not set"
    return Diagnosis("contact", State.WRONG, f"{told}: portals can't tell who asks", (remedy,))


def _data(config: Config) -> Diagnosis:
    folder = config.data
    there = next(each for each in (folder, *folder.parents) if each.exists())
    try:
        with tempfile.TemporaryFile(dir=there):
            pass
        free = shutil.disk_usage(there).free
    except OSError as error:
        remedy = "give its owner the right to write, or set another data_dir"
        told = f"{there} can't be written: {error.strerror}"
        return Diagnosis("data folder", State.WRONG, told, (remedy,))
    told = f"{folder}, {_bytes(free)} free" + (
        "" if there == folder else "; the first run makes it"
    )
    if free < ROOM:
        remedy = "make room, or move data_dir to a larger disk"
        return Diagnosis("data folder", State.WRONG, told, (remedy,))
    return Diagnosis("data folder", State.OK, told)


def _lock(config: Config) -> Diagnosis:
    """Tell whether a run is at work, and whether it gets on."""
    if not is_taken(config):
        return Diagnosis("run lock", State.OK, "free")
    other = holder(config)
    if other is None:
        return Diagnosis("run lock", State.OK, "a run is at work; it does not say which")
    if other.is_stalled(config):
        remedy = f"look at it, and if it hangs: kill {other.pid}"
        return Diagnosis("run lock", State.WRONG, f"the run has stalled: {other}", (remedy,))
    return Diagnosis("run lock", State.OK, f"a run is at work: {other}")


def _database(
    config: Config, portals: Mapping[str, Portal], *, thorough: bool
) -> Iterator[Diagnosis]:
    try:
        database = Database(config.database_url, patience=5)
    except DatabaseError as error:
        yield Diagnosis("database", State.WRONG, str(error))
        return
    if database.is_new:
        told = f"none at {database.name} yet; the first run makes it"
        yield Diagnosis("database", State.MISSING, told, ("callboard run",))
        return
    try:
        database.check()
        broken = database.verify() if thorough else []
        with database.read() as connection:
            health = assess(connection, portals, config.clock()())
    except DatabaseError as error:
        yield Diagnosis("database", State.WRONG, str(error))
        return
    finally:
        database.dispose()
    if broken:
        remedies = ("move it away", "callboard process --all", "callboard translate")
        told = f"{database.name} is damaged: {broken[0]}"
        yield Diagnosis("database", State.WRONG, told, remedies)
    else:
        whole = " and sound" if thorough and config.database_url.startswith("sqlite") else ""
        yield Diagnosis("database", State.OK, f"{database.name}, up to date{whole}")
    yield _crawls(health, portals, config.clock()())


def _crawls(health: Sequence[Health], portals: Mapping[str, Portal], now: datetime) -> Diagnosis:
    """Tell how long ago the portals were crawled, those that wait longest by name."""
    ages = {
        each.portal.stem: now - each.state.finished_at
        for each in health
        if each.state.finished_at is not None
    }
    never = [stem for stem in portals if stem not in ages]
    late = [each.portal.stem for each in health if OVERDUE in each.signs]
    ill = [each.portal.stem for each in health if not each.is_well and NEVER not in each.signs]
    spans = Counter(_span(age) for age in ages.values())
    told = f"{len(portals)} in use; last crawl " + (
        ", ".join(f"{name}: {spans[name]}" for name in _SPANS if spans[name]) or "never"
    )
    if never and ages:
        told += f", never: {_named(never)}"
    if late:
        late.sort(key=lambda stem: ages[stem], reverse=True)
        told += f"; overdue: {_named([f'{stem} ({ages[stem].days} d)' for stem in late])}"
    if never or late:
        return Diagnosis("portals", State.MISSING, told, ("callboard run",))
    if ill:
        told += f"; not well: {_named(ill)}"
        return Diagnosis("portals", State.MISSING, told, ("callboard status",))
    return Diagnosis("portals", State.OK, told)


_SPANS = {
    "within a day": timedelta(days=1),
    "within a week": timedelta(weeks=1),
    "longer ago": timedelta.max,
}


def _span(age: timedelta) -> str:
    return next(name for name, limit in _SPANS.items() if age <= limit)


def _archive(config: Config, *, thorough: bool) -> Diagnosis:
    files = set(config.archive.glob("*/*.warc.gz"))
    if not files:
        return Diagnosis("archive", State.OK, f"{config.archive} is empty: nothing was crawled yet")
    try:
        crawls = Archive(config.archive).crawls()
        last = {crawl.portal: crawl for crawl in crawls}.values()
        read = [crawl.path for crawl in (crawls if thorough else last)]
        damaged = _damaged(read, files - {crawl.path for crawl in crawls}, thorough=thorough)
    except (ArchiveError, OSError) as error:
        remedy = "give its owner the right to read it"
        return Diagnosis("archive", State.WRONG, str(error), (remedy,))
    told = f"{len(crawls)} crawls in {config.archive}"
    if damaged:
        remedy = "restore the file from a backup; what stands before the damage is read meanwhile"
        return Diagnosis("archive", State.WRONG, f"{told}; damaged: {_named(damaged)}", (remedy,))
    how = "every record was read" if thorough else "only the last of each portal was looked at"
    return Diagnosis("archive", State.OK, f"{told}; {how}")


def _damaged(read: Iterable[Path], left_out: Iterable[Path], *, thorough: bool) -> list[str]:
    """Return the files of crawls that can't be read to their end, and where reading stops.

    A file that the archive leaves out is empty, running, or damaged in its very first record.
    """
    places = {file: _damage(file, thorough=thorough) for file in read}
    for file in left_out:
        if file.stat().st_size and _damage(file, thorough=True) == 0:
            places[file] = 0
    return [f"{file.name} at byte {at}" for file, at in sorted(places.items()) if at is not None]


def _damage(file: Path, *, thorough: bool) -> int | None:
    """Return the byte at which a file of the archive can't be read further, if it can't."""
    if not thorough:
        return load_index(file).damaged_at
    try:
        with file.open("rb") as stream:
            for _ in read_records(stream):
                pass
    except DamageError as error:
        return error.offset
    return None


def _packages(config: Config, *, thorough: bool) -> Iterator[Diagnosis]:
    """Yield what is wrong with installed models; nothing if they are sound."""
    packages, errors = list_packages(models_folder(config))
    problems = [str(error) for error in errors]
    for package in packages if thorough else ():
        try:
            verify_package(package)
        except EngineError as error:
            problems.append(str(error))
    yield from (Diagnosis("models", State.WRONG, problem) for problem in problems)
    lacking = [name for name in ("ctranslate2", "sentencepiece") if find_spec(name) is None]
    if packages and lacking:
        told = f"{lacking[0]} is not installed: no model can be used"
        yield Diagnosis("models", State.WRONG, told, ("make install",))


def _translations(wanted: Sequence[Need]) -> Diagnosis:
    missing = [each for each in wanted if not each.met]
    if missing:
        return Diagnosis("models", State.MISSING, untranslated(missing), tuple(remedies(missing)))
    languages = ", ".join(each.language for each in wanted)
    return Diagnosis("models", State.OK, f"a translation for: {languages or 'none is needed'}")


def _apertium(config: Config, wanted: Sequence[Need]) -> Diagnosis:
    """Tell which gists there are; one that is accepted but not installed is missing."""
    possible = [each.language for each in wanted if each.language in apertium.CHAINS]
    engines = apertium.find_engines(possible)
    serving = {language for each in engines for language in each.languages()}
    accepted = set(config.translate.gist)
    translated = {each.language for each in wanted if each.met}
    lacking = [each for each in possible if each in accepted - serving - translated]
    told = "; ".join(
        f"{name}: {', '.join(languages)}"
        for name, languages in (
            ("gist of", [each for each in possible if each in serving & accepted]),
            ("installed, not accepted", [each for each in possible if each in serving - accepted]),
            ("not installed", [each for each in possible if each not in serving]),
        )
        if languages
    )
    if lacking:
        remedies = tuple(apertium.install_command(language) for language in lacking)
        return Diagnosis("apertium", State.MISSING, told, remedies)
    return Diagnosis("apertium", State.OK, told or "of no use for these languages")


def _schedule(config: Config) -> Diagnosis:
    if config.now is not None:
        return Diagnosis("schedule", State.OK, "not needed where the clock stands still")
    for place, lines in _scheduled():
        found = [line for line in lines if "callboard" in line and not line.startswith("#")]
        if found:
            return Diagnosis("schedule", State.OK, f"in {place}")
    told = "no crontab or systemd timer of this user or machine names callboard"
    return Diagnosis("schedule", State.MISSING, told, ("callboard schedule",))


def _scheduled() -> Iterator[tuple[str, list[str]]]:
    """Yield the schedules of this machine: where each stands, and its lines."""
    crontab = shutil.which("crontab")
    if crontab is not None:
        done = subprocess.run([crontab, "-l"], capture_output=True, text=True, check=False)  # noqa: S603
        yield "the user's crontab", done.stdout.splitlines()
    timers = Path.home() / ".config" / "systemd" / "user"
    for place in (*SCHEDULES, timers):
        names = [place] if place.is_file() else sorted(place.glob("*")) if place.is_dir() else []
        for file in names:
            timer = place.name in ("system", "user")
            if timer and file.suffix != ".timer":
                continue
            try:
                lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
            except OSError:  # not readable: it belongs to another user
                continue
            yield str(file), [file.name, *lines] if timer else lines


def _named(things: Sequence[str]) -> str:
    more = len(things) - NAMED
    return ", ".join(things[:NAMED]) + (f" and {more} more" if more > 0 else "")


def _bytes(count: int) -> str:
    return f"{count / 1e9:.1f} GB"
