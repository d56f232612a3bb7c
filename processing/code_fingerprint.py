"""Which code and data make a portal's rows: when it changes, that portal's pages are read again.

Computed from what the reading of a page imports, for each portal apart: a change in one spider or
its description concerns one portal, a change in the normalizers all of them. Lazy imports count,
since they are found in the source; so do the data files beside the modules, and the versions of
the libraries whose answers become rows.
"""

import hashlib
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, packages_distributions, requires, version
from pathlib import Path

from lxml import etree

from normalizers.lexicon_files import folders_with, more_places

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("schema", "vocabulary", "crawlers", "normalizers", "storage", "processing")
"""Where modules lie that can decide what a page says and what is a change."""
SHARED = ("processing.ingestion", "normalizers.documents.worker")
"""What reads the pages of every portal, and the program that reads its documents."""
SPIDERS = "crawlers.spiders"
NETWORK = frozenset(("aiohttp", "alembic", "scrapy", "sqlalchemy", "twisted", "yarl"))
"""Libraries that carry pages or rows and decide nothing of what a page says: their versions count,
those of everything that they require do not."""

_IMPORT = re.compile(
    r"^[ \t]*(?:from[ \t]+(?P<module>[\w.]+)[ \t]+import[ \t]+(?P<names>\([^)]*\)|[^\n#]+)"
    r"|import[ \t]+(?P<modules>[\w., \t]+))",
    re.MULTILINE,
)
_NAME = re.compile(r"\w+")
_REQUIREMENT = re.compile(r"[\w.-]+")


def fingerprints(stems: Iterable[str]) -> Mapping[str, str]:
    """Return the fingerprint of the code that makes each portal's rows.

    The code is taken as it lies on the disk when this process first asks, so a run in the middle of
    which it is replaced signs its rows with the old one, and the next run makes them again. A stem
    without a spider has the fingerprint of what all portals share.
    """
    return {stem: fingerprint(stem) for stem in stems}


@cache
def fingerprint(stem: str) -> str:
    """Return the fingerprint of the code that makes one portal's rows."""
    own = f"{SPIDERS}.{stem}"
    modules = closure((*SHARED, own))
    digest = hashlib.sha256(_shared_versions(modules).encode())
    for path in sorted({*_sources(modules), *_data(modules), *_described(stem)}):
        digest.update(str(path.relative_to(ROOT)).encode())
        digest.update(_hash(path))
    for language, folder in sorted(folders_with(more_places()).items()):
        if not folder.is_relative_to(ROOT):  # a lexicon of the user's own
            for path in sorted(folder.rglob("*.toml")):
                digest.update(f"{language}/{path.relative_to(folder)}".encode())
                digest.update(_hash(path))
    return digest.hexdigest()


def closure(roots: Iterable[str]) -> frozenset[str]:
    """Return the modules of ours that some modules import, directly or not, with themselves."""
    found: set[str] = set()
    waiting = [part for each in roots for part in _with_packages(each)]
    while waiting:
        module = waiting.pop()
        if module not in found:
            found.add(module)
            waiting += [part for name in _named(module) for part in _with_packages(name)]
    return frozenset(found)


def libraries(modules: Iterable[str]) -> frozenset[str]:
    """Return the distributions that decide what modules find.

    Those that they import, and what these require.
    """
    owners = _distributions()
    found: set[str] = set()
    waiting = [
        owner for module in modules for name in _foreign(module) for owner in owners.get(name, ())
    ]
    while waiting:
        name = _normalized(waiting.pop())
        if name in found:
            continue
        found.add(name)
        if name not in NETWORK:
            waiting += _required(name)
    return frozenset(found)


def _shared_versions(modules: frozenset[str]) -> str:
    known = {
        "python": ".".join(map(str, sys.version_info[:2])),
        "unicode": unicodedata.unidata_version,
        "libxml2": ".".join(map(str, etree.LIBXML_VERSION)),
    }
    known |= {name: _version(name) or "" for name in libraries(modules)}
    return "\n".join(f"{name} {number}" for name, number in sorted(known.items()))


@cache
def _path(module: str) -> Path | None:
    """Return the file of a module of ours; ``None`` for any other name."""
    if module.partition(".")[0] not in ROOMS:
        return None
    base = ROOT.joinpath(*module.split("."))
    for path in (base.with_suffix(".py"), base / "__init__.py"):
        if path.is_file():
            return path
    return None


@cache
def _named(module: str) -> frozenset[str]:
    """Return every name that a module's source imports, dotted; of packages also their parts."""
    path = _path(module)
    source = path.read_text(encoding="utf-8") if path else ""
    found: set[str] = set()
    for match in _IMPORT.finditer(source):
        if match["modules"]:
            found.update(each.split()[0] for each in match["modules"].split(",") if each.strip())
            continue
        found.add(match["module"])
        # "name as other" gives both, and the second is no module: it is not found, and harmless.
        found.update(f"{match['module']}.{name}" for name in _NAME.findall(match["names"]))
    return frozenset(found)


@cache
def _with_packages(name: str) -> tuple[str, ...]:
    """Return a module of ours with the packages that hold it; nothing for any other name."""
    parts = name.split(".") if _path(name) else []
    return tuple(".".join(parts[:end]) for end in range(1, len(parts) + 1))


def _foreign(module: str) -> Iterator[str]:
    """Yield the top-level names that a module imports from elsewhere."""
    for name in _named(module):
        top = name.partition(".")[0]
        if top not in ROOMS and top not in sys.stdlib_module_names:
            yield top


def _sources(modules: Iterable[str]) -> Iterator[Path]:
    return filter(None, map(_path, modules))


def _data(modules: Iterable[str]) -> Iterator[Path]:
    """Yield the data files of the packages that modules lie in, but for the portals' own."""
    folders = {path.parent for path in _sources(modules)} - {ROOT / "crawlers" / "spiders"}
    for folder in folders:
        yield from folder.glob("*.toml")
        for below in folder.iterdir():
            if below.is_dir() and not (below / "__init__.py").exists():
                yield from below.rglob("*.toml")


def _described(stem: str) -> Iterator[Path]:
    return (ROOT / "crawlers" / "spiders").glob(f"{stem}.toml")


@cache
def _hash(path: Path) -> bytes:
    return hashlib.sha256(path.read_bytes()).digest()


@cache
def _distributions() -> Mapping[str, list[str]]:
    return packages_distributions()


@cache
def _required(name: str) -> list[str]:
    """Return what a distribution requires, optional parts apart."""
    try:
        lines = requires(name) or []
    except PackageNotFoundError:
        return []
    plain = (line for line in lines if "extra ==" not in line)
    names = [match[0] for line in plain if (match := _REQUIREMENT.match(line))]
    return [each for each in names if _version(_normalized(each))]


@cache
def _version(name: str) -> str | None:
    """Return the version of a distribution; ``None`` where it is not installed."""
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _normalized(name: str) -> str:
    """Return a distribution's name in its normal form.

    See https://packaging.python.org/en/latest/specifications/name-normalization/.
    """
    return re.sub(r"[-_.]+", "-", name).lower()
