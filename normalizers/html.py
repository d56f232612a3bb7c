"""Read HTML into a text with blocks: headings, label-value tables, lists, struck-through words.

The surprise: struck-through text stays in the original, as blocks of its own, so that an old
deadline can be seen and is never taken for the new one.
"""

import re
import warnings
from collections.abc import Iterable
from urllib.parse import urljoin

from bs4 import BeautifulSoup, MarkupResemblesLocatorWarning, Tag
from bs4.element import NavigableString, PreformattedString

from normalizers.blocks import BlockKind, Original, Writer
from schema.notices import Attachment

_DROPPED = frozenset(
    [
        "script",
        "style",
        "noscript",
        "template",
        "svg",
        "iframe",
        "form",
        "button",
        "select",
        "nav",
        "footer",
        "head",
        "object",
        "canvas",
        "audio",
        "video",
        "dialog",
    ]
)
_HEADINGS = frozenset(["h1", "h2", "h3", "h4", "h5", "h6", "summary", "legend", "caption"])
_BLOCKS = frozenset(
    [
        "p",
        "div",
        "section",
        "article",
        "main",
        "header",
        "aside",
        "ul",
        "ol",
        "blockquote",
        "figure",
        "figcaption",
        "details",
        "address",
        "pre",
        "fieldset",
        "body",
        "html",
        "center",
    ]
)
_STRUCK = frozenset(["s", "strike", "del"])
_DOCUMENT = re.compile(r"\.(?:pdf|docx?|odt|xlsx?|zip)(?:$|[?#])", re.IGNORECASE)
_SPACES = re.compile(r"[ \t\r\f\v\xa0]+|\s*\n\s*")
_DEPTH = 120


def read_page(html: str, url: str | None = None) -> Original:
    """Read a whole page; its ``h1`` (else its ``title``) is the title."""
    soup = _parse(html)
    root = soup.find("main") or soup.find("article") or soup.body or soup
    heading = root.find("h1") or soup.find("h1")
    writer = Writer()
    title = None
    if isinstance(heading, Tag):
        title = writer.add(BlockKind.HEADING, _flat(heading.get_text(" ")))
        heading.decompose()
    elif soup.title is not None:
        title = writer.add(BlockKind.HEADING, _flat(soup.title.get_text(" ")))
    if isinstance(root, Tag):
        _Walker(writer, url).walk(root, 0)
    document = soup.find("html")
    language = document.get("lang") if isinstance(document, Tag) else None
    return Original(
        writer.text(),
        tuple(writer.blocks),
        title=title,
        attachments=tuple(writer.attachments),
        declared_language=language if isinstance(language, str) else None,
    )


def write_html(html: str, writer: Writer) -> None:
    """Write the content of a fragment into an original that is being built."""
    soup = _parse(html)
    _Walker(writer, None).walk(soup, 0)


def _parse(html: str) -> BeautifulSoup:
    with warnings.catch_warnings():  # text that looks like an address or a file is still text
        warnings.simplefilter("ignore", MarkupResemblesLocatorWarning)
        return BeautifulSoup(html, "lxml")


def _flat(text: str) -> str:
    return _SPACES.sub(" ", text).strip()


class _Walker:
    """Walks a tree, gathers the words of a line, and writes a block at every boundary."""

    def __init__(self, writer: Writer, url: str | None) -> None:
        self._writer = writer
        self._url = url
        self._line: list[str] = []
        self._kind = BlockKind.PARAGRAPH

    def walk(self, node: Tag, depth: int) -> None:
        """Write everything under the node."""
        self._children(node, depth)
        self._flush()

    def _children(self, node: Tag, depth: int) -> None:
        if depth > _DEPTH:  # hostile nesting: keep the words, give up the structure
            self._line.append(node.get_text(" "))
            return
        for child in node.children:
            if isinstance(child, PreformattedString):
                continue
            if isinstance(child, NavigableString):
                self._line.append(str(child))
            elif isinstance(child, Tag):
                self._element(child, depth + 1)

    def _element(self, node: Tag, depth: int) -> None:
        name = node.name
        if name in _DROPPED or node.get("hidden") is not None:
            return
        if name == "a":
            self._link(node)
        if name == "br":
            self._flush(self._kind)
        elif name in _HEADINGS:
            self._block(BlockKind.HEADING, node, depth)
        elif name == "li":
            self._block(BlockKind.ITEM, node, depth)
        elif name in _STRUCK:
            kind = self._kind
            self._flush(kind)
            self._writer.add(BlockKind.STRUCK, _flat(node.get_text(" ")))
        elif name == "table":
            self._flush()
            self._table(node, depth)
        elif name == "dl":
            self._flush()
            self._definitions(node)
        elif name in _BLOCKS:
            self._block(BlockKind.PARAGRAPH, node, depth)
        else:
            self._children(node, depth)

    def _block(self, kind: BlockKind, node: Tag, depth: int) -> None:
        self._flush()
        outer, self._kind = self._kind, kind
        self._children(node, depth)
        self._flush(kind)
        self._kind = outer

    def _flush(self, kind: BlockKind | None = None) -> None:
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

    def _table(self, table: Tag, depth: int) -> None:
        if depth > _DEPTH:
            self._writer.add(BlockKind.ROW, _flat(table.get_text(" ")))
            return
        for row in table.find_all("tr"):
            if row.find_parent("table") is not table:
                continue
            cells = [cell for cell in row.find_all(["td", "th"]) if cell.find_parent("tr") is row]
            texts = [_flat(cell.get_text(" ")) for cell in cells]
            self._links(cells)
            if len(texts) == 2 and texts[0] and len(texts[0]) <= 90:
                self._writer.add_labelled(texts[0], texts[1])
            elif len(cells) == 1:
                self._children(cells[0], depth + 1)
                self._flush()
            elif any(texts):
                self._writer.add(BlockKind.ROW, " | ".join(texts))

    def _definitions(self, node: Tag) -> None:
        label = ""
        for part in node.find_all(["dt", "dd"]):
            text = _flat(part.get_text(" "))
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

    def _links(self, nodes: Iterable[Tag]) -> None:
        for node in nodes:
            for link in node.find_all("a"):
                self._link(link)

    def _link(self, node: Tag) -> None:
        address = node.get("href")
        if isinstance(address, str) and _DOCUMENT.search(address):
            target = urljoin(self._url, address) if self._url else address
            label = _flat(node.get_text(" ")) or address.rsplit("/", 1)[-1]
            self._writer.attachments.append(Attachment(label, target))
