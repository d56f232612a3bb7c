"""Read the weights of a model file without torch: ``.safetensors``, and ``.bin`` as torch saves it.

A ``.bin`` is a pickle, and a pickle can run code: only the few names that describe a tensor are
let through.
"""

import collections
import io
import json
import pickle
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from schema.errors import CallboardError

if TYPE_CHECKING:
    import numpy as np

    Array = np.ndarray[Any, Any]

_TYPES = {"F32": "<f4", "F16": "<f2", "F64": "<f8", "I64": "<i8", "I32": "<i4"}
_STORAGES = {
    "FloatStorage": "<f4",
    "HalfStorage": "<f2",
    "DoubleStorage": "<f8",
    "LongStorage": "<i8",
}


class WeightsError(CallboardError):
    """A file of weights can't be read; the message names it."""


def read_weights(file: Path) -> "dict[str, Array]":
    """Return the tensors of a file by name, floating point ones as 32-bit."""
    import numpy as np

    try:
        found = _safetensors(file) if file.suffix == ".safetensors" else _torch_zip(file)
    except (OSError, ValueError, KeyError, TypeError, zipfile.BadZipFile) as error:
        raise WeightsError(f"{file}: not a readable file of weights ({error})") from error
    except pickle.UnpicklingError as error:
        raise WeightsError(f"{file}: {error}") from error
    return {
        name: array.astype(np.float32) if array.dtype.kind == "f" else array
        for name, array in found.items()
    }


def _safetensors(file: Path) -> "dict[str, Array]":
    """Read the format of https://github.com/huggingface/safetensors: a JSON head, then bytes."""
    import numpy as np

    with file.open("rb") as stream:
        size = int.from_bytes(stream.read(8), "little")
        if size > file.stat().st_size:
            raise ValueError("its head is longer than the file")
        head = json.loads(stream.read(size))
        start = 8 + size
    content = np.memmap(file, mode="r")
    found = {}
    for name, entry in head.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        flat = np.frombuffer(content[start + begin : start + end], _TYPES[entry["dtype"]])
        found[name] = flat.reshape(entry["shape"])
    return found


def _torch_zip(file: Path) -> "dict[str, Array]":
    with zipfile.ZipFile(file) as archive:
        (described,) = (name for name in archive.namelist() if name.endswith("/data.pkl"))
        top = described.removesuffix("data.pkl")
        reader = _Reader(
            io.BytesIO(archive.read(described)), lambda key: archive.read(f"{top}data/{key}")
        )
        loaded = reader.load()
    if not isinstance(loaded, Mapping):
        raise ValueError("no mapping of names to tensors")  # noqa: TRY004 - the file's fault
    return dict(loaded)


@dataclass(frozen=True, slots=True)
class _Storage:
    kind: str


class _Reader(pickle.Unpickler):
    """An unpickler that knows tensors and nothing else."""

    def __init__(self, stream: io.BytesIO, content: Callable[[str], bytes]) -> None:
        super().__init__(stream)
        self._content = content

    def find_class(self, module: str, name: str) -> Any:
        """Return what stands for the few names that a state dict needs."""
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if (module, name) == ("collections", "OrderedDict"):
            return collections.OrderedDict
        if module == "torch" and name in _STORAGES:
            return _Storage(_STORAGES[name])
        raise pickle.UnpicklingError(f"asks for {module}.{name}, which is no part of weights")

    def persistent_load(self, pid: Any) -> "Array":
        """Return the numbers that a tensor is made of."""
        import numpy as np

        _, storage, key, _, count = pid
        return np.frombuffer(self._content(key), storage.kind, count)


def _tensor(
    storage: "Array", offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> "Array":
    import numpy as np

    size = storage.itemsize
    return np.lib.stride_tricks.as_strided(
        storage[offset:], shape, [each * size for each in strides], writeable=False
    ).copy()
