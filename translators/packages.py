"""Argos packages on disk: what is installed.

argostranslate's own list raises at the first folder that is no package, and importing it loads
sentencepiece and makes folders in the user's home; so metadata is read here, and argostranslate
opens a package only when there is a sentence to translate. Nothing here touches the network.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from translators.engines import EngineError

NOTE = "callboard.json"
"""File in the package's folder that records its installation."""
PLAIN = "plain_punctuation"
"""Key of the metadata: the model knows only plain quotes and hyphens."""
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
    licence: str | None = None
    """As the package states it; ``None`` if it does not."""
    plain: bool = False
    """Whether the model knows only plain quotes and hyphens."""
    model: str = ""
    """Name of the model that it was built from here; empty for a package of Argos'."""

    @property
    def label(self) -> str:
        """Return what a person calls it: ``it-en 1.0``, ``hr-en 1.0 opus-mt-tc-big-sh-en``."""
        return f"{self.language}-en {self.version} {self.model}".rstrip()


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
    licence = metadata.get("license")
    return Package(
        folder,
        language,
        version,
        fixture=bool(metadata.get("fixture")),
        licence=str(licence) if licence else None,
        plain=bool(metadata.get(PLAIN)),
        model=model_name(metadata.get("source")),
    )


def model_name(source: object) -> str:
    """Return the name of the model that a package was built from, fit for a file's name."""
    return re.sub(r"[^\w.-]+", "-", str(source or "").rpartition("/")[2])


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


def version_numbers(version: str) -> list[int]:
    """Return the numbers of a version, by which the newer one is the larger."""
    return [int(number) for number in re.findall(r"\d+", version)]


def size_of(package: Package) -> int:
    """Return the bytes that a package takes on disk."""
    return sum(file.stat().st_size for file in package.path.rglob("*") if file.is_file())


def content_hash(folder: Path) -> str:
    """Return the SHA-256 of all files of a package but for the note of its installation."""
    digest = hashlib.sha256()
    for file in sorted(each for each in folder.rglob("*") if each.is_file()):
        name = file.relative_to(folder).as_posix()
        if name != NOTE:
            with file.open("rb") as stream:
                inner = hashlib.file_digest(stream, "sha256").hexdigest()
            digest.update(f"{inner}  {name}\n".encode())
    return digest.hexdigest()


def _translates_elsewhere(folder: Path) -> bool:
    try:
        metadata = json.loads((folder / "metadata.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(metadata, dict) and metadata.get("to_code", "en") != "en"
