"""HTML as a tree of plain objects, repaired as browsers do.

The surprise: it is built from the parser's events, because lxml's own tree silently ends where the
nesting is too deep, and takes longer to make than small fragments take to read.
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

_UNSHOWN = frozenset(("script", "style", "template"))


@dataclass(slots=True, eq=False)
class Element:
    """One element with what it holds, in order."""

    name: str
    attributes: Mapping[str, str]
    children: list["Element | str"] = field(default_factory=list)

    def text(self) -> str:
        """Return all words inside; where one element ends and another begins is a space."""
        parts: list[str] = []
        open_elements = [iter(self.children)]
        while open_elements:
            for child in open_elements[-1]:
                if isinstance(child, str):
                    parts.append(child)
                else:
                    parts.append(" ")
                    open_elements.append(iter(child.children))
                    break
            else:
                parts.append(" ")
                open_elements.pop()
        return "".join(parts)

    def find(self, *names: str, outside: str = "") -> Iterator["Element"]:
        """Yield the elements inside that have one of the names, in order.

        ``outside`` is the name of elements whose own content is left alone.
        """
        open_elements = [iter(self.children)]
        while open_elements:
            for child in open_elements[-1]:
                if isinstance(child, str):
                    continue
                if child.name in names:
                    yield child
                if child.name != outside:
                    open_elements.append(iter(child.children))
                    break
            else:
                open_elements.pop()


class _Builder:
    """Takes the parser's events; scripts and styles are read and left out."""

    def __init__(self) -> None:
        self._open: list[Element] = []

    def begin(self) -> Element:
        """Return the element that will hold what is parsed next."""
        root = Element("", {})
        self._open = [root]
        return root

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        element = Element(name, attributes)
        if name not in _UNSHOWN:
            self._open[-1].children.append(element)
        self._open.append(element)

    def end(self, name: str) -> None:  # noqa: ARG002 - elements end in order
        self._open.pop()

    def data(self, text: str) -> None:
        self._open[-1].children.append(text)

    def close(self) -> None:
        self._open = []


class _Parser(threading.local):
    """A parser for each thread: to make one takes longer than to read a small fragment."""

    def __init__(self) -> None:
        self._builder = _Builder()
        self._parser = etree.HTMLParser(target=self._builder)  # type: ignore[arg-type]  # the stubs want a comment()

    def parse(self, html: str) -> Element:
        root = self._builder.begin()
        self._parser.feed(html)
        self._parser.close()
        return root


_PARSER = _Parser()


def build(html: str) -> Element:
    """Return a nameless element that holds a page or a fragment, without scripts and styles."""
    return _PARSER.parse(html)
