"""Which linked documents a crawl is to fetch."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from schema.notices import RawNotice


def choose_none(notice: RawNotice) -> Sequence[str]:  # noqa: ARG001
    """Want no documents."""
    return ()


@dataclass(frozen=True, slots=True)
class DocumentWishes:
    """Which documents to fetch."""

    choose: Callable[[RawNotice], Sequence[str]] = choose_none
    """Returns the addresses of a notice's documents that are worth reading, the best first."""
    per_notice: int = 2
    """Fetch at most so many of them."""
    max_bytes: int = 10_000_000
    """Largest file."""
