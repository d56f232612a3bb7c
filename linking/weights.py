"""Weights, thresholds and limits of linking, as ``weights.toml`` states and explains them."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Weights:
    """The tables of the file; a missing key is an error where it is used."""

    points: dict[str, float]
    thresholds: dict[str, float]
    days: dict[str, int]
    rarity: dict[str, int]
    kinds: dict[str, float]
    blocks: dict[str, int]


@cache
def weights() -> Weights:
    """Return the weights, read once."""
    text = files("linking").joinpath("weights.toml").read_text(encoding="utf-8")
    return Weights(**tomllib.loads(text))
