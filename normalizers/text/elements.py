"""HTML as a tree of plain objects, repaired as browsers do.

The surprise: it is built from the parser's events, because lxml's own tree silently ends where the
nesting is too deep, and takes longer to make than small fragments take to read.
"""

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from normalizers import limits

_DEPTH = 2 * limits.DEPTH
"""Elements within each other that are kept: the walk through them gives up before."""
_PIECE = 500_000
"""Characters that are parsed before it is asked whether there have been enough elements."""
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


class _ElementBuilder:
    """Takes the parser's events; scripts and styles are read and left out."""

    def __init__(self) -> None:
        self._open: list[Element] = []
        self.count = 0
        """Elements that were begun."""
        self.is_deep = False
        """Whether elements were too far inside each other to be kept."""

    def begin(self) -> Element:
        """Return the element that will hold what is parsed next."""
        root = Element("", {})
        self._open = [root]
        self.count, self.is_deep = 0, False
        return root

    def start(self, name: str, attributes: Mapping[str, str]) -> None:
        self.count += 1
        element = Element(name, attributes)
        if name not in _UNSHOWN:
            holder = self._open[-1]
            if len(self._open) > _DEPTH or self.count > limits.ELEMENTS:
                self.is_deep = self.is_deep or len(self._open) > _DEPTH
                holder.children.append(" ")  # its words are kept, as those of its holder
                element = holder
            else:
                holder.children.append(element)
        self._open.append(element)

    def end(self, name: str) -> None:  # noqa: ARG002 - elements end in order
        ended = self._open.pop()
        if ended is self._open[-1]:
            ended.children.append(" ")

    def data(self, text: str) -> None:
        self._open[-1].children.append(text)

    def close(self) -> None:
        self._open = []


class _Parser(threading.local):
    """A parser for each thread: to make one takes longer than to read a small fragment."""

    def __init__(self) -> None:
        self._prepare()

    def _prepare(self) -> None:
        self._builder = _ElementBuilder()
        self._parser = etree.HTMLParser(target=self._builder)  # type: ignore[arg-type]  # the stubs want a comment()

    def parse(self, html: str, met: dict[str, None]) -> Element:
        root = self._builder.begin()
        try:
            for start in range(0, len(html) or 1, _PIECE):
                if start >= limits.MARKUP:
                    met["markup"] = None
                    break
                if self._builder.count > limits.ELEMENTS:
                    break
                self._parser.feed(html[start : start + _PIECE])
            count, is_deep = self._builder.count, self._builder.is_deep
            self._parser.close()
        except BaseException:
            self._prepare()  # one that was interrupted would go on in the middle
            raise
        if count > limits.ELEMENTS:
            met["elements"] = None
        if is_deep:
            met["depth"] = None
        return root


_PARSER = _Parser()


def build(html: str, met: dict[str, None]) -> Element:
    """Return a nameless element that holds a page or a fragment, without scripts and styles.

    The :mod:`normalizers.limits` beyond which it goes are added to those that were ``met``.
    """
    return _PARSER.parse(html, met)
