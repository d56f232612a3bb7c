"""Install, verify and remove Argos packages; a file is unpacked by our own checks.

``argostranslate.package.install_from_path`` trusts the file, and imports stanza (torch) after it
has extracted it.
"""

import hashlib
import json
import shutil
import stat
import tempfile
import zipfile
from dataclasses import replace
from pathlib import Path, PurePosixPath

from translators.packages import NOTE, Package, PackageError, content_hash, read_package

MAX_BYTES = 4_000_000_000
"""Unpacked size above which a file is refused; a base-size model has 80 MB, a big one 250 MB."""
MAX_FILES = 2_000


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
                digest = _sha256(file)
                _note(unpacked, file, digest)
                if target.exists():
                    shutil.move(target, Path(scratch) / "replaced")
                unpacked.replace(target)
    except (OSError, zipfile.BadZipFile, RuntimeError, EOFError) as error:
        raise PackageError(f"{file}: cannot be installed ({error}). Fetch it again.") from error
    return replace(package, path=folder / top), digest


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


def remove_package(package: Package) -> None:
    """Delete an installed package. Raises :class:`PackageError`."""
    try:
        shutil.rmtree(package.path)
    except OSError as error:
        raise PackageError(f"{package.path}: can't be removed ({error}).") from error


def installed_from(package: Package) -> str | None:
    """Return the SHA-256 of the file that a package came from, if Callboard installed it."""
    noted = _noted(package)
    return str(noted["file_sha256"]) if "file_sha256" in noted else None


def verify_package(package: Package) -> None:
    """Check that a package is as it was installed. Raises :class:`PackageError`."""
    noted = _noted(package)
    if "content_sha256" in noted and noted["content_sha256"] != content_hash(package.path):
        raise PackageError(
            f"{package.path}: its files have changed since it was installed. Install it again."
        )


def _noted(package: Package) -> dict[str, object]:
    try:
        noted = json.loads((package.path / NOTE).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return noted if isinstance(noted, dict) else {}


def _note(folder: Path, file: Path, digest: str) -> None:
    noted = {"file": file.name, "file_sha256": digest, "content_sha256": content_hash(folder)}
    (folder / NOTE).write_text(json.dumps(noted, indent=1), encoding="utf-8")


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
