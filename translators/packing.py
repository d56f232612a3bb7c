"""Write an ``.argosmodel`` file: the same content gives the same bytes.

The format is a zip with one folder: ``metadata.json``, ``README.md``, ``sentencepiece.model`` and
the CTranslate2 model under ``model/``.
"""

import json
import zipfile
from collections.abc import Mapping
from pathlib import Path

from schema.files import write_atomically
from translators.packages import model_name

ARGOS_VERSION = "1.11"
"""Oldest argostranslate that is known to read what is written here."""
_EPOCH = (1980, 1, 1, 0, 0, 0)


def write_package(
    file: Path, metadata: Mapping[str, object], tokenizer: Path, model: Path, readme: str
) -> Path:
    """Pack a model folder and its sentencepiece model; return the file.

    ``metadata`` must have ``from_code``, ``from_name`` and ``package_version``; what every package
    into English shares is added.
    """
    version = str(metadata["package_version"]).replace(".", "_")
    top = f"translate-{metadata['from_code']}_en-{version}"
    if built_from := model_name(metadata.get("source")):
        top = f"{top}-{built_from}"  # another model than Argos' of the same version
    described = {
        **metadata,
        "argos_version": ARGOS_VERSION,
        "to_code": "en",
        "to_name": "English",
        "type": "translate",
        "links": [],
        "dependencies": [],
    }
    members: dict[str, bytes] = {
        "metadata.json": json.dumps(described, ensure_ascii=False, indent=1).encode(),
        "README.md": readme.encode(),
        "sentencepiece.model": tokenizer.read_bytes(),
    }
    for each in sorted(model.iterdir()):
        members[f"model/{each.name}"] = each.read_bytes()
    file.parent.mkdir(parents=True, exist_ok=True)
    with (
        write_atomically(file) as draft,
        zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        for name, content in members.items():
            entry = zipfile.ZipInfo(f"{top}/{name}", _EPOCH)
            entry.external_attr = 0o644 << 16
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, content)
    return file
