"""Clean a located piece of HTML: structure and words stay, widgets and styling go."""

from collections.abc import Sequence
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Comment, Tag

WIDGETS = frozenset((
    "script", "style", "noscript", "template", "iframe", "object", "svg", "canvas", "form",
    "input", "button", "select", "textarea", "nav", "link", "meta",
))  # fmt: skip
LINKS = frozenset(("http", "https", "mailto", "tel"))
CONTAINERS = frozenset(("div", "article", "section", "main", "span"))
APART = "callboard-fragment"
"""An element that no page has: around each of several elements."""
KEPT_ATTRIBUTES = {"href", "title", "lang", "colspan", "rowspan", "start", "class"}
KEPT_CLASSES = {"topicdescriptionkind"}
"""Classes that carry meaning; every other class is styling."""


def clean_fragment(html: str, base_url: str) -> str:
    """Return the fragment without widgets, comments and styling, its links made absolute.

    A container around the whole (``<div>`` and the like) goes too. Links that lead neither to the
    web nor to a mailbox lose their address.
    """
    soup = BeautifulSoup(html, "lxml")
    _clean(soup, base_url)
    return _content(soup.find("body") or soup)


def clean_elements(elements: Sequence[str], base_url: str) -> list[str]:
    """Return what :func:`clean_fragment` makes of each of several whole elements.

    A soup of all of them costs little more than a soup of one.
    """
    if len(elements) > 1:
        soup = BeautifulSoup("".join(f"<{APART}>{each}</{APART}>" for each in elements), "lxml")
        _clean(soup, base_url)
        roots = soup.find_all(APART)
        if len(roots) == len(elements):  # or markup within a script was taken for the end of it
            return [_content(root) for root in roots]
    return [clean_fragment(each, base_url) for each in elements]


def _clean(soup: BeautifulSoup, base_url: str) -> None:
    # One walk over everything: a search of bs4's costs as much as the parse.
    for node in tuple(soup.descendants):
        if isinstance(node, Comment):
            node.extract()
        elif isinstance(node, Tag):
            if node.name in WIDGETS or "hidden" in node.attrs:
                node.extract()
            else:
                _keep_meaning(node, base_url)


def _content(root: Tag) -> str:
    while (only := _only_child(root)) is not None and only.name in CONTAINERS:
        root = only
    return root.decode_contents().strip()


def _only_child(root: Tag) -> Tag | None:
    children = [child for child in root.contents if isinstance(child, Tag) or str(child).strip()]
    return only if len(children) == 1 and isinstance(only := children[0], Tag) else None


def _keep_meaning(element: Tag, base_url: str) -> None:
    if not element.attrs:
        return
    for name in list(element.attrs):
        if name not in KEPT_ATTRIBUTES:
            del element.attrs[name]
    if "class" in element.attrs:
        classes = [name for name in element.get_attribute_list("class") if name in KEPT_CLASSES]
        if classes:
            element["class"] = " ".join(classes)
        else:
            del element.attrs["class"]
    href = element.get("href")
    if not isinstance(href, str):
        return
    address = urljoin(base_url, href.strip())
    if urlsplit(address).scheme in LINKS:
        element["href"] = address
    else:
        del element.attrs["href"]
