"""Count what a crawl has seen of a portal's notices, and which of their fields are filled.

Only counts and ids are held, never pages, so that memory grows with the number of ids alone.
"""

from collections import Counter
from collections.abc import Mapping, Set
from dataclasses import dataclass

from schema.notices import RawNotice
from schema.portals import Portal


@dataclass(frozen=True, slots=True)
class Tally:
    """The counts at one moment; the difference of two is what was counted in between."""

    rows: int
    """Entries in lists, including repeated and dropped ones."""
    duplicates: int
    """Entries and notices that had been seen before."""
    repeated: int
    """Duplicates of an entry on the same page."""
    seen: int
    """Different notices."""

    def __sub__(self, earlier: "Tally") -> "Tally":
        return Tally(
            self.rows - earlier.rows,
            self.duplicates - earlier.duplicates,
            self.repeated - earlier.repeated,
            self.seen - earlier.seen,
        )


class Inventory:
    """Counts entries of lists and the notices behind them."""

    __slots__ = (
        "_announced",
        "_duplicates",
        "_listed",
        "_moved",
        "_read",
        "_repeated",
        "_rows",
        "_says_empty",
        "_seen",
    )

    def __init__(self) -> None:
        self._announced: int | None = None
        self._rows = self._duplicates = self._repeated = self._moved = 0
        self._says_empty = False
        self._listed: set[str] = set()
        self._read: set[str] = set()
        self._seen = 0

    def announce(self, total: int | None) -> None:
        """Note how many entries the portal says it has now; ``None`` if it does not say."""
        self._announced = total

    def say_empty(self) -> None:
        """Note that the portal itself says that there is nothing at present."""
        self._says_empty = True

    def count_rows(self, rows: int, repeated: int) -> None:
        """Count the entries of a page; ``repeated`` of them are duplicates on the page itself."""
        self._rows += rows
        self._duplicates += repeated
        self._repeated += repeated

    def count_moved(self, entries: int) -> None:
        """Count entries that appeared again on a later page because the list moved.

        For each of them another entry may have moved to a page that had been read already, and so
        was never seen.
        """
        self._moved += entries

    def uncount(self, page: Tally, *, rows_kept: int) -> None:
        """Take back what a page added to the counts, except for ``rows_kept`` rows.

        For a list that is walked again, whose entries the first walk has counted.
        """
        self._rows -= page.rows - rows_kept
        self._duplicates -= page.duplicates
        self._repeated -= page.repeated

    def list_notice(self, source_id: str) -> bool:
        """Count an entry and the notice that it names; tell whether the notice is new."""
        self._rows += 1
        return self.add_listed(source_id)

    def add_listed(self, source_id: str) -> bool:
        """Count a notice whose entry is counted already; tell whether the notice is new."""
        if source_id in self._listed:
            self._duplicates += 1
            return False
        self._listed.add(source_id)
        self._seen += source_id not in self._read
        return True

    def add_read(self, source_id: str) -> bool:
        """Count a notice that was read; tell whether it is the first with its id."""
        if source_id in self._read:
            self._duplicates += 1
            return False
        self._read.add(source_id)
        self._seen += source_id not in self._listed
        return True

    @property
    def announced(self) -> int | None:
        """How many entries the portal says it has."""
        return self._announced

    @property
    def says_empty(self) -> bool:
        """Whether the portal itself says that there is nothing at present."""
        return self._says_empty

    @property
    def tally(self) -> Tally:
        """The entries counted so far."""
        return Tally(self._rows, self._duplicates, self._repeated, self._seen)

    @property
    def given(self) -> int:
        """How many entries the portal gave, for comparison with :attr:`announced`."""
        return self._rows - self._moved

    @property
    def moved(self) -> int:
        """How many entries came again on a later page."""
        return self._moved

    @property
    def listed(self) -> Set[str]:
        """The source ids of notices that lists name."""
        return self._listed

    @property
    def read(self) -> Set[str]:
        """The source ids of notices that were read."""
        return self._read

    @property
    def seen(self) -> frozenset[str]:
        """The source ids of notices that were listed or read; computed at each access."""
        return frozenset(self._listed | self._read)


class FieldCounts:
    """Counts in how many notices a field is filled; collects status words and labels."""

    __slots__ = ("_filled", "_lacking", "_watched", "_words")

    def __init__(self, portal: Portal) -> None:
        self._watched = FIELDS | portal.labels.keys() | portal.expect.filled.keys()
        self._filled: Counter[str] = Counter()
        self._lacking: dict[str, str] = {}
        self._words: dict[tuple[str, str], str] = {}

    def count(self, notice: RawNotice) -> None:
        """Count a notice."""
        filled = filled_fields(notice) & self._watched
        self._filled.update(filled)
        for name in self._watched - filled:
            self._lacking.setdefault(name, notice.url)
        if notice.declared_status is not None:
            self._words.setdefault(("status", notice.declared_status), notice.url)
        headings = (section.heading for section in notice.sections if section.heading)
        for label in (*(label for label, _ in notice.labelled), *headings):
            self._words.setdefault(("label", label), notice.url)

    @property
    def filled(self) -> Mapping[str, int]:
        """In how many notices a field is filled, by field; one that never is may be absent.

        Fields are those of ``RawNotice``, and the labels that the portal's description names.
        """
        return self._filled

    @property
    def lacking(self) -> Mapping[str, str]:
        """By field, the address of the first notice that lacks it."""
        return self._lacking

    @property
    def words(self) -> Mapping[tuple[str, str], str]:
        """The address of the first notice with a word, by ``("status" | "label", word)``.

        Words are as printed. The headings of sections count as labels.
        """
        return self._words


FIELDS = frozenset(
    ("title", "labelled", "sections", "attachments", "declared_language", "declared_status")
)
"""The fields of ``RawNotice`` that are counted, beside the labels that a description names."""


def filled_fields(notice: RawNotice) -> set[str]:
    """Return the names of a notice's filled fields and of its printed labels with a value."""
    fields = {
        "title": notice.title.strip(),
        "labelled": notice.labelled,
        "sections": any(section.content.strip() for section in notice.sections),
        "attachments": notice.attachments,
        "declared_language": notice.declared_language,
        "declared_status": notice.declared_status,
    }
    return {name for name, value in fields.items() if value} | {
        label for label, value in notice.labelled if value.strip()
    }
