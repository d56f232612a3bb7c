"""Clean a located piece of HTML: structure and words stay, widgets and styling go."""

from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Comment, Tag
from bs4.element import PageElement

WIDGETS = (
    "script", "style", "noscript", "template", "iframe", "object", "svg", "canvas", "form",
    "input", "button", "select", "textarea", "nav", "link", "meta",
)  # fmt: skip
LINKS = frozenset(("http", "https", "mailto", "tel"))
CONTAINERS = frozenset(("div", "article", "section", "main", "span"))
KEPT_ATTRIBUTES = {"href", "title", "lang", "colspan", "rowspan", "start", "class"}
KEPT_CLASSES = {"topicdescriptionkind"}
"""Classes that carry meaning; every other class is styling."""


def clean_fragment(html: str, base_url: str) -> str:
    """Return the fragment without widgets, comments and styling, its links made absolute.

    A container around the whole (``<div>`` and the like) goes too. Links that lead neither to the
    web nor to a mailbox lose their address.
    """
    soup = BeautifulSoup(html, "lxml")
    for comment in soup.find_all(string=lambda text: isinstance(text, Comment)):
        comment.extract()
    for element in soup.find_all(True):
        if element.decomposed:
            continue
        if element.name in WIDGETS or element.get("hidden") is not None:
            element.decompose()
            continue
        _keep_meaning(element, base_url)
    root: Tag = soup.body or soup
    while isinstance(only := _only_child(root), Tag) and only.name in CONTAINERS:
        root = only
    return root.decode_contents().strip()


def _only_child(root: Tag) -> PageElement | None:
    children = [child for child in root.contents if str(child).strip()]
    return children[0] if len(children) == 1 else None


def _keep_meaning(element: Tag, base_url: str) -> None:
    for name in list(element.attrs):
        if name not in KEPT_ATTRIBUTES:
            del element[name]
    classes = [name for name in element.get_attribute_list("class") if name in KEPT_CLASSES]
    if classes:
        element["class"] = " ".join(classes)
    elif "class" in element.attrs:
        del element["class"]
    href = element.get("href")
    if not isinstance(href, str):
        return
    address = urljoin(base_url, href.strip())
    if urlsplit(address).scheme in LINKS:
        element["href"] = address
    else:
        del element["href"]
