"""The weights of the choices, kept as data in ``weights.toml``."""

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files


@lru_cache(maxsize=1)
def _table() -> Mapping[str, Mapping[str, float]]:
    return tomllib.loads((files("normalizers") / "weights.toml").read_text(encoding="utf-8"))


def weights(section: str) -> Mapping[str, float]:
    """Return one section of the weights; raise :class:`KeyError` where it is missing."""
    return _table()[section]
