"""Argos packages on disk: what is installed, and installing one file safely.

argostranslate's own list raises at the first folder that is no package, and importing it loads
sentencepiece and makes folders in the user's home; so metadata is read here, and argostranslate
opens a package only when there is a sentence to translate. Nothing here touches the network.
"""

import hashlib
import json
import os
import shutil
import stat
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from translators.engines import EngineError

MAX_BYTES = 4_000_000_000
"""Unpacked size above which a file is refused; a base-size model has 80 MB, a big one 250 MB."""
MAX_FILES = 2_000
TOKENIZERS = ("sentencepiece.model", "bpe.model")


class PackageError(EngineError):
    """A package is missing, damaged or not what it claims; the file or folder is named."""


@dataclass(frozen=True, slots=True)
class Package:
    """An installed package that puts one language into English."""

    path: Path
    language: str
    version: str
    fixture: bool
    """Made for tests and the demo; knows only its own sentences."""

    @property
    def label(self) -> str:
        """Return what a person calls it: ``hr-en 1.0``."""
        return f"{self.language}-en {self.version}"


def packages_folder(environ: Mapping[str, str] = os.environ) -> Path:
    """Return where argostranslate keeps its packages, by its own rules, without importing it."""
    if environ.get("ARGOS_PACKAGES_DIR"):
        return Path(environ["ARGOS_PACKAGES_DIR"])
    data = environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share"
    return Path(data) / "argos-translate" / "packages"


def read_package(folder: Path) -> Package:
    """Read the metadata of an installed package; raise :class:`PackageError` if it is damaged."""
    try:
        metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
        language, target = str(metadata["from_code"]), str(metadata["to_code"])
        version = str(metadata.get("package_version", ""))
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise PackageError(
            f"{folder}: not a readable Argos package ({type(error).__name__}: {error}). "
            "Remove the folder, or install the package again."
        ) from error
    if target != "en":
        raise PackageError(f"{folder}: translates into {target}, not into English.")
    if not (folder / "model" / "model.bin").is_file() or not any(
        (folder / name).is_file() for name in TOKENIZERS
    ):
        raise PackageError(f"{folder}: model or tokenizer missing. Install the package again.")
    return Package(folder, language, version, bool(metadata.get("fixture")))


def list_packages(folder: Path) -> tuple[list[Package], list[PackageError]]:
    """Return the usable packages of a folder by name, and what is wrong with the others.

    A package into another language than English is passed over; a folder that does not exist has
    no packages.
    """
    packages: list[Package] = []
    errors: list[PackageError] = []
    if not folder.is_dir():
        return packages, errors
    for entry in sorted(folder.iterdir()):
        if not entry.is_dir() or _translates_elsewhere(entry):
            continue
        try:
            packages.append(read_package(entry))
        except PackageError as error:
            errors.append(error)
    return packages, errors


def install_package(file: Path, folder: Path) -> tuple[Package, str]:
    """Unpack an ``.argosmodel`` file; return the package and the file's SHA-256.

    The file is checked first: one top folder, no path out of it, no links, bounded size. A package
    of the same name is replaced. Raises :class:`PackageError` and leaves everything as it was.
    """
    try:
        with zipfile.ZipFile(file) as archive:
            top = _checked(archive, file)
            folder.mkdir(parents=True, exist_ok=True)
            # Beside the folder, not in it: argostranslate takes every folder there for a package.
            with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".argos-") as scratch:
                archive.extractall(scratch)
                unpacked = Path(scratch) / top
                package = read_package(unpacked)
                target = folder / top
                if target.exists():
                    shutil.move(target, Path(scratch) / "replaced")
                unpacked.replace(target)
    except (OSError, zipfile.BadZipFile, RuntimeError, EOFError) as error:
        raise PackageError(f"{file}: cannot be installed ({error}).") from error
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    return Package(folder / top, package.language, package.version, package.fixture), digest


def _checked(archive: zipfile.ZipFile, file: Path) -> str:
    """Return the name of the archive's one top folder, or raise."""
    members = archive.infolist()
    tops: set[str] = set()
    for member in members:
        path = PurePosixPath(member.filename)
        unsafe = path.is_absolute() or ".." in path.parts or "\\" in member.filename
        if unsafe or stat.S_ISLNK(member.external_attr >> 16):
            raise PackageError(f"{file}: unsafe member {member.filename!r}; not installed.")
        tops.update(path.parts[:1])
    if len(members) > MAX_FILES or sum(member.file_size for member in members) > MAX_BYTES:
        raise PackageError(f"{file}: too large to be an Argos package; not installed.")
    if len(tops) != 1 or not all("/" in member.filename for member in members):
        raise PackageError(f"{file}: not an Argos package (one folder expected); not installed.")
    return tops.pop()


def _translates_elsewhere(folder: Path) -> bool:
    try:
        metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(metadata, dict) and metadata.get("to_code", "en") != "en"
