"""Make a source text of plain text, of HTML or of a notice.

The surprise: whatever the source, the same blocks come out, so what follows reads them alike.
"""

from normalizers import limits
from normalizers.text.blocks import BlockKind, SourceText, Writer, line_blocks
from normalizers.text.html import read_page, write_html
from schema.notices import Markup, RawNotice


def read_text(text: str) -> SourceText:
    """Read plain text: label lines, bullets, headings and wrapped paragraphs become blocks."""
    shown = text[: limits.TEXT]
    beyond = ("text",) if len(text) > limits.TEXT else ()
    return SourceText(shown, tuple(line_blocks(shown, 0, len(shown))), limits=beyond)


def read_notice(notice: RawNotice) -> SourceText:
    """Read a notice: its title, then its labels and values, then its sections in order."""
    writer = Writer()
    title = writer.add(BlockKind.HEADING, notice.title) if notice.title.strip() else None
    for label, value in notice.labelled:
        writer.add_labelled(label, value)
    for section in notice.sections:
        if section.heading and section.heading.strip():
            writer.add(BlockKind.HEADING, section.heading)
        if section.markup is Markup.HTML:
            write_html(section.content, writer)
        else:
            writer.add_text(section.content)
    return SourceText(
        writer.text(),
        tuple(writer.blocks),
        title=title,
        declared_status=notice.declared_status,
        attachments=notice.attachments,
        declared_language=notice.declared_language,
        limits=tuple(writer.limits),
    )


def read_html(html: str, url: str | None = None) -> SourceText:
    """Read a whole HTML page; scripts, navigation and forms are left out.

    ``url`` is the page's address, against which links are resolved.
    """
    return read_page(html, url)
