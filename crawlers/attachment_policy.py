"""The rules by which a crawl fetches documents that notices link to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from schema.notices import RawNotice


def choose_none(notice: RawNotice) -> Sequence[str]:  # noqa: ARG001
    """Return no addresses: the policy of a crawl that fetches no documents."""
    return ()


@dataclass(frozen=True, slots=True)
class AttachmentPolicy:
    """Which linked documents to fetch, how many of each notice, and up to which size."""

    choose: Callable[[RawNotice], Sequence[str]] = choose_none
    """Returns the addresses of a notice's documents that are worth reading, the best first."""
    per_notice: int = 2
    """The largest number of documents to fetch for one notice."""
    max_bytes: int = 10_000_000
    """The largest file to fetch, in bytes."""
