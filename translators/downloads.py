"""Fetch a model from its public home. Only ever called because the operator asked for it.

Packages come through argostranslate's own index; Marian models file by file from the hub, at
``HF_ENDPOINT`` if that is set, as the hub's own client has it.
"""

import os
import shutil
import urllib.error
import urllib.request
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from http.client import HTTPException
from pathlib import Path

from schema.files import write_atomically
from translators.conversion import WEIGHTS
from translators.engines import EngineError
from translators.packages import version_numbers

HUB = "https://huggingface.co"
TIMEOUT = 60
MODELS = {
    **dict.fromkeys(("hr", "sr", "bs"), "Helsinki-NLP/opus-mt-tc-big-sh-en"),
    "sl": "Helsinki-NLP/opus-mt-tc-big-zls-en",
    "it": "Helsinki-NLP/opus-mt-it-en",
    "de": "Helsinki-NLP/opus-mt-de-en",
    "fr": "Helsinki-NLP/opus-mt-fr-en",
    "pl": "Helsinki-NLP/opus-mt-sla-en",
    **dict.fromkeys(("es", "pt", "ro", "ca", "gl"), "Helsinki-NLP/opus-mt-roa-en"),
}
"""The hub's model for a language, the best whose card was read (docs/translation.md)."""
NOT_IN_ARGOS = frozenset({"hr", "sr", "bs"})
"""Languages that argostranslate's index has no package of: a model has to be built."""
_NEEDED = ("config.json", "vocab.json", "source.spm", "README.md")


class DownloadError(EngineError):
    """Nothing was fetched; the message says from where, and what else can be done."""


def fetch_hub_model(model: str, folder: Path, environ: Mapping[str, str] = os.environ) -> Path:
    """Fetch what a conversion needs of a hub model into a folder; return the folder."""
    base = f"{environ.get('HF_ENDPOINT', HUB).rstrip('/')}/{model}/resolve/main"
    folder.mkdir(parents=True, exist_ok=True)
    with _operator_errors(base):
        for name in _NEEDED:
            _fetch(f"{base}/{name}", folder / name)
        for name in WEIGHTS:
            try:
                _fetch(f"{base}/{name}", folder / name)
            except urllib.error.HTTPError as error:
                if error.code != 404 or name == WEIGHTS[-1]:
                    raise
            else:
                break
    return folder


def fetch_argos_package(language: str) -> Path:
    """Fetch the newest package from a language into English through argostranslate's index.

    The index and the package are fetched here: argostranslate takes an old index for the new one if
    it can't have that, asks again without end if there is none, and keeps a package in memory.
    """
    from argostranslate import package, settings

    index = settings.remote_package_index
    with _operator_errors(index):
        _fetch(index, settings.local_package_index)
        available = package.get_available_packages()
    wanted = [each for each in available if (each.from_code, each.to_code) == (language, "en")]
    if not wanted:
        raise DownloadError(
            f"argostranslate's index has no package from {language} into English."
            + (f" Build one: callboard models build {language}" if language in MODELS else "")
        )
    newest = max(wanted, key=lambda each: version_numbers(each.package_version))
    return _fetch_any(newest.links, settings.downloads_dir / f"{language}_en.argosmodel")


def _fetch_any(addresses: Iterable[str], file: Path) -> Path:
    """Fetch a file from the first of its addresses that has it; those of the web count."""
    failures = []
    for address in addresses:
        if not address.startswith(("https://", "http://")):
            continue
        try:
            with _operator_errors(address):
                _fetch(address, file)
        except DownloadError as error:
            failures.append(error)
        else:
            return file
    raise failures[-1] if failures else DownloadError("the index has no address of that package")


def _fetch(address: str, file: Path) -> None:
    try:
        with (
            urllib.request.urlopen(address, timeout=TIMEOUT) as answer,  # noqa: S310 - the operator's
            write_atomically(file) as stream,
        ):
            shutil.copyfileobj(answer, stream)
    except urllib.error.HTTPError as error:
        error.close()
        raise


@contextmanager
def _operator_errors(address: str) -> Iterator[None]:
    try:
        yield
    except (OSError, HTTPException, ValueError) as error:
        raise DownloadError(
            f"{address}: can't be fetched ({error}). Without internet: fetch the files elsewhere "
            "and name them."
        ) from error
