"""Clean a piece of HTML: its structure and text are kept, widgets and styling removed."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, TypeGuard, overload

from bs4 import BeautifulSoup, Comment, Tag
from bs4.builder import LXMLTreeBuilder  # type: ignore[attr-defined] # it is there with lxml
from bs4.dammit import EntitySubstitution
from bs4.element import PageElement
from bs4.formatter import HTMLFormatter
from lxml import etree

from crawlers.pages.addresses import PLAIN, join, split

WIDGETS = frozenset((
    "script", "style", "noscript", "template", "iframe", "object", "svg", "canvas", "form",
    "input", "button", "select", "textarea", "nav", "link", "meta",
))  # fmt: skip
LINKS = frozenset(("http", "https", "mailto", "tel"))
CONTAINERS = frozenset(("div", "article", "section", "main", "span"))
ATTRIBUTES = frozenset(("href", "title", "lang", "colspan", "rowspan", "start", "class", "hidden"))
"""The attributes that are used; all others are for styling or for scripts."""
KEPT_CLASSES = frozenset(("topicdescriptionkind",))
"""Classes that carry meaning; all others are for styling."""
HALF_A_PAIR = "\ufdd0"
"""Replaces lone surrogates, which JSON strings may contain (RFC 8259, 8.2) and HTML parsers reject.
It is a noncharacter (https://www.unicode.org/faq/private_use.html#nonchar1), and the check of
notices treats it like a lone surrogate."""
_HALVES = re.compile("[\ud800-\udfff]")


class _Builder(LXMLTreeBuilder):  # type: ignore[misc] # as above
    """Builds soups that have the :data:`ATTRIBUTES` only, which is faster than having all.

    One builder serves all soups of a process, because lxml inspects each new one at length.
    """

    def __init__(self) -> None:
        super().__init__(multi_valued_attributes={}, string_containers={})
        self._parser = etree.HTMLParser(target=self)

    def default_parser(self, encoding: str | None) -> Any:
        """Return the parser for text; bytes, which are not passed here, would need another."""
        return self._parser if encoding is None else super().default_parser(encoding)

    def start(self, tag: str, attrib: Mapping[str, str]) -> None:
        """Add an element, without the search for namespaces, which HTML does not have."""
        kept = {name: value for name, value in attrib.items() if name in ATTRIBUTES}
        self.soup.handle_starttag(tag, None, None, kept)


_BUILDER = _Builder()
_FORMATTER = HTMLFormatter(EntitySubstitution.substitute_xml)
"""The formatter that Beautiful Soup calls ``minimal``; by name it would be made for every call."""


@overload
def clean_fragment(html: str, base_url: str) -> str: ...
@overload
def clean_fragment(html: Any, base_url: str) -> Any: ...
def clean_fragment(html: Any, base_url: str) -> Any:
    """Return the fragment without widgets, comments and styling, its links made absolute.

    Containers around the whole (``<div>`` and the like) are removed, too. Links with a scheme other
    than those in :data:`LINKS` lose their address. A value that is no text is returned unchanged:
    :mod:`crawlers.pages.notice_checks` reports it, and the other fields of its row are kept.
    """
    if not isinstance(html, str):
        return html
    html = _parsable(html)
    # Without markup, Beautiful Soup might warn that the text looks like the name of a file.
    soup = BeautifulSoup(html if "<" in html else f"{html}<!---->", builder=_BUILDER)
    _clean(soup, base_url)
    return _content(soup.body or soup.head or soup)


def _parsable(html: str) -> str:
    try:
        html.encode()  # ten times as fast as a search for lone surrogates
    except UnicodeEncodeError:
        return _HALVES.sub(HALF_A_PAIR, html)
    return html


def clean_elements(elements: Sequence[str], base_url: str) -> list[str]:
    """Return what :func:`clean_fragment` makes of each of several whole elements.

    They are parsed together, which takes little longer than parsing one.
    """
    soup = BeautifulSoup(f"<body>{''.join(elements)}", builder=_BUILDER)
    roots = list((soup.body or soup).contents)
    if not _are(roots, elements):
        return [clean_fragment(each, base_url) for each in elements]
    _clean(soup, base_url)
    return [_whole(root) for root in roots]


def _are(roots: Sequence[PageElement], elements: Sequence[str]) -> TypeGuard[Sequence[Tag]]:
    """Tell whether parsing all elements together gave one root for each of them.

    It did not if markup in a script was taken for its end, or if an element is ``<body>``.
    """
    return len(roots) == len(elements) and all(
        isinstance(root, Tag) and element.startswith(f"<{root.name}")
        for root, element in zip(roots, elements, strict=True)
    )


def _clean(soup: BeautifulSoup, base_url: str) -> None:
    # One pass over all nodes, because each search by Beautiful Soup takes as long as the parse.
    for node in tuple(soup.descendants):
        if isinstance(node, Comment):
            node.extract()
        elif isinstance(node, Tag):
            if node.name in WIDGETS or "hidden" in node.attrs:
                node.extract()
            else:
                _keep_meaning(node, base_url)


def _whole(element: Tag) -> str:
    if element.parent is None:
        return ""  # a widget, which was removed
    if element.name in CONTAINERS:
        return _content(element)
    return element.decode(formatter=_FORMATTER)


def _content(root: Tag) -> str:
    while (only := _only_child(root)) is not None and only.name in CONTAINERS:
        root = only
    return root.decode_contents(formatter=_FORMATTER).strip()


def _only_child(root: Tag) -> Tag | None:
    children = [child for child in root.contents if isinstance(child, Tag) or str(child).strip()]
    return only if len(children) == 1 and isinstance(only := children[0], Tag) else None


def _keep_meaning(element: Tag, base_url: str) -> None:
    if "class" in element.attrs:
        classes = [name for name in str(element["class"]).split() if name in KEPT_CLASSES]
        if classes:
            element["class"] = " ".join(classes)
        else:
            del element["class"]
    if "href" in element.attrs:
        address = join(base_url, str(element["href"]).strip()) or ""
        if PLAIN.match(address) or ((parts := split(address)) and parts.scheme in LINKS):
            element["href"] = address
        else:
            del element["href"]
