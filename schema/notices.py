"""What one portal printed at one address, before anyone interprets it."""

from dataclasses import dataclass
from enum import StrEnum


class Markup(StrEnum):
    """How the content of a section is written."""

    HTML = "html"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Section:
    """One stretch of a notice's body, under the heading that the portal printed for it."""

    content: str
    heading: str | None = None
    markup: Markup = Markup.HTML


@dataclass(frozen=True, slots=True)
class Attachment:
    """A document that the notice links to."""

    label: str
    url: str | None
    """``None`` where the page names a document but its address was lost."""


@dataclass(frozen=True, slots=True)
class RawNotice:
    """A notice as read from a page: words in their places, nothing parsed, cleaned or guessed.

    Readers decide *what the page says*; normalizers decide what it means.
    """

    portal: str
    """Stem of the portal: file name, spider name and fixture folder."""
    source_id: str
    """Identity within the portal: a raw source value, never trimmed, parsed or case-folded (law
    6)."""
    url: str
    title: str
    labelled: tuple[tuple[str, str], ...] = ()
    """Label and value pairs, as printed and in order; a label may stand more than once."""
    sections: tuple[Section, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    declared_language: str | None = None
    """The language that the portal or the page claims (BCP 47): a hint, not a fact."""
    declared_status: str | None = None
    """The status word as printed (``Aperto``): interpreted through the portal's vocabulary."""
