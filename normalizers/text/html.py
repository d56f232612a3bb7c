"""Read HTML into a text with blocks: headings, label-value tables, lists, struck-through words.

The surprise: struck-through text stays in the source text, as blocks of its own, so that an old
deadline can be seen and is never taken for the new one.
"""

import re
from collections.abc import Iterable
from urllib.parse import urljoin

from normalizers import limits
from normalizers.text.blocks import BlockKind, SourceText, Writer
from normalizers.text.elements import Element, build
from schema.notices import Attachment

# fmt: off
_DROPPED = frozenset((
    "noscript", "svg", "iframe", "form", "button", "select", "nav", "footer", "head", "object",
    "canvas", "audio", "video", "dialog",
))
_BLOCKS = {
    "li": BlockKind.ITEM,
    **dict.fromkeys((
        "h1", "h2", "h3", "h4", "h5", "h6", "summary", "legend", "caption",
    ), BlockKind.HEADING),
    **dict.fromkeys((
        "p", "div", "section", "article", "main", "header", "aside", "ul", "ol", "blockquote",
        "figure", "figcaption", "details", "address", "pre", "fieldset", "body", "html", "center",
    ), BlockKind.PARAGRAPH),
}
# fmt: on
_STRUCK = frozenset(("s", "strike", "del"))
_DOCUMENT = re.compile(r"\.(?:pdf|docx?|odt|xlsx?|zip)(?:$|[?#])", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+|\s*\n\s*")


def read_page(html: str, url: str | None = None) -> SourceText:
    """Read a whole page; its ``h1`` (else its ``title``) is the title."""
    writer = Writer()
    document = build(html, writer.limits)
    root = _first(document, "main", "article", "body") or document
    heading = _first(root, "h1") or _first(document, "h1")
    named = heading or _first(document, "title")
    title = writer.add(BlockKind.HEADING, _words(named)) if named else None
    _Walker(writer, url, heading).walk(root)
    languages = (page.attributes.get("lang") for page in document.find("html"))
    return SourceText(
        writer.text(),
        tuple(writer.blocks),
        title=title,
        attachments=tuple(writer.attachments),
        declared_language=next(languages, None),
        limits=tuple(writer.limits),
    )


def write_html(html: str, writer: Writer) -> None:
    """Write the content of a fragment into a source text that is being built."""
    _Walker(writer, None).walk(build(html, writer.limits))


def _first(element: Element, *names: str) -> Element | None:
    """Return the first element that has the first of the names that occurs."""
    return next((found for name in names for found in element.find(name)), None)


def _words(element: Element) -> str:
    return _flat(element.text())


def _flat(text: str) -> str:
    if "  " not in text and text.isprintable():  # the only spaces are single plain ones
        return text.strip()
    return _SPACES.sub(" ", text).strip()


class _Walker:
    """Walks a tree, gathers the words of a line, and writes a block at every boundary."""

    def __init__(self, writer: Writer, url: str | None, written: Element | None = None) -> None:
        self._writer = writer
        self._url = url
        self._written = written
        self._line: list[str] = []
        self._kind = BlockKind.PARAGRAPH

    def walk(self, node: Element) -> None:
        """Write everything under the node."""
        self._children(node, 0)
        self._flush()

    def _children(self, node: Element, depth: int) -> None:
        if depth > limits.DEPTH:  # keep the words, give up the structure
            self._writer.limits["depth"] = None
            self._line.append(node.text())
            return
        for child in node.children:
            if isinstance(child, str):
                self._line.append(child)
            elif child is not self._written:
                self._element(child, depth + 1)

    def _element(self, node: Element, depth: int) -> None:
        name = node.name
        if name in _DROPPED or "hidden" in node.attributes:
            return
        if name in _BLOCKS:
            self._block(_BLOCKS[name], node, depth)
        elif name == "br":
            self._flush(self._kind)
        elif name in _STRUCK:
            self._flush(self._kind)
            self._writer.add(BlockKind.STRUCK, _words(node))
        elif name == "table":
            self._flush()
            self._table(node, depth)
        elif name == "dl":
            self._flush()
            self._definitions(node)
        else:
            if name == "a":
                self._link(node)
            self._children(node, depth)

    def _block(self, kind: BlockKind, node: Element, depth: int) -> None:
        self._flush()
        outer, self._kind = self._kind, kind
        self._children(node, depth)
        self._flush(kind)
        self._kind = outer

    def _flush(self, kind: BlockKind | None = None) -> None:
        if not self._line:
            return
        text = _flat("".join(self._line))
        self._line.clear()
        if not text:
            return
        kind = kind or self._kind
        if kind is BlockKind.PARAGRAPH:
            self._writer.add_text(text)  # a paragraph may be a label, a heading, a bullet
        elif kind is BlockKind.ITEM and ":" in text:
            self._writer.add_text("• " + text)
        else:
            self._writer.add(kind, text)

    def _table(self, table: Element, depth: int) -> None:
        if depth > limits.DEPTH:
            self._writer.limits["depth"] = None
            self._writer.add(BlockKind.ROW, _words(table))
            return
        for row in table.find("tr", outside="table"):
            cells = list(row.find("td", "th", outside="tr"))
            self._links(cells)
            if len(cells) == 1:
                self._children(cells[0], depth + 1)
                self._flush()
                continue
            texts = [_words(cell) for cell in cells]
            if len(texts) == 2 and texts[0] and len(texts[0]) <= 90:
                self._writer.add_labelled(texts[0], texts[1])
            elif any(texts):
                self._writer.add(BlockKind.ROW, " | ".join(texts))

    def _definitions(self, node: Element) -> None:
        label = ""
        for part in node.find("dt", "dd"):
            text = _words(part)
            self._links([part])
            if part.name == "dt":
                if label:
                    self._writer.add_labelled(label, "")
                label = text
            else:
                self._writer.add_labelled(label, text)
                label = ""
        if label:
            self._writer.add_labelled(label, "")

    def _links(self, nodes: Iterable[Element]) -> None:
        for node in nodes:
            for link in node.find("a"):
                self._link(link)

    def _link(self, node: Element) -> None:
        address = node.attributes.get("href")
        if address is not None and _DOCUMENT.search(address):
            if len(self._writer.attachments) >= limits.ATTACHMENTS:
                self._writer.limits["attachments"] = None
                return
            try:
                target = urljoin(self._url, address) if self._url else address
            except ValueError:  # "http://[…": not an address at all; kept as it is printed
                target = address
            label = _words(node) or address.rsplit("/", 1)[-1]
            self._writer.attachments.append(Attachment(label, target))
