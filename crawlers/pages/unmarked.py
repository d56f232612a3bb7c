"""Read pages whose markup names nothing: where the text is densest, and what stands under a label.

For sites whose class names are unknown or change with every theme. What a class names, read by it.
"""

import re
from collections import defaultdict
from collections.abc import Collection, Iterator
from copy import deepcopy

from lxml import etree

from crawlers.pages.fragments import clean_fragment
from crawlers.pages.page import LAYOUT, Page, PageChangedError

FRAME = frozenset(
    ("nav", "header", "footer", "aside", "form", "button", "script", "style", "noscript")
)
OVERLAY = re.compile(r"cookie|consent|gdpr|modal|popup|breadcrumb|skip-?link", re.IGNORECASE)
"""Ids and classes of what lies over a page or around its text."""
READ = "read"
"""Tag of what was read already."""
CONTAINERS = ("div", "section", "article", "main", "td", "body")
SENTENCE = 25
"""Characters from which on a text counts as running text, not as a button or a label."""
SHARE = 0.7
"""Of all running text; more than half, so that the elements that hold it are one within another."""


Facts = Collection[tuple[str, str]]
"""Labels with their values."""


def find_article(page: Page, facts: Facts = ()) -> str:
    """Return the cleaned HTML of the smallest container that holds most of the running text.

    Where title and text share a container, that one is meant: documents often stand beside the
    text. Text of links and of the page's frame (navigation, footer, cookie banner) does not count;
    the title itself is left out, and so are facts that were read already. Raise
    :class:`PageChangedError` where there is no running text.
    """
    weights: defaultdict[etree._Element, int] = defaultdict(int)
    total = 0
    for element, words in _texts(page, FRAME | {"a", "h1"}):
        if len(words) < SENTENCE:
            continue
        total += len(words)
        for above in (element, *element.iterancestors(*CONTAINERS)):
            weights[above] += len(words)
    enough = [
        element
        for element, weight in weights.items()
        if weight >= total * SHARE and element.tag in CONTAINERS
    ]
    if not enough:
        raise PageChangedError(page.portal, "no running text", page.url, "summary")
    with_title = [each for each in enough if each.tag != "body" and each.find(".//h1") is not None]
    article = deepcopy(max(with_title or enough, key=_depth))
    _mark_facts(article, facts)
    etree.strip_elements(article, "h1", READ, *FRAME, with_tail=False)
    html = etree.tostring(article, encoding="unicode", method="html", with_tail=False)
    return clean_fragment(html, page.url)


def read_stacked(page: Page, labels: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield each known label that stands alone on a line, with the line below it.

    A label with its value on the same line, after a colon, is read as well. A label below
    another has no value of its own.
    """
    lines = list(read_lines(page))
    known = {label.casefold(): label for label in labels}
    for number, line in enumerate(lines):
        words, colon, value = line.partition(":")
        label = known.get(words.strip().casefold())
        if label is None or (value.strip() and not colon):
            continue
        below = lines[number + 1] if number + 1 < len(lines) else ""
        if not value.strip() and below.partition(":")[0].strip().casefold() in known:
            continue
        if found := value.strip() or below:
            yield label, found


def read_lines(page: Page) -> Iterator[str]:
    """Yield the visible texts of a page's main part, one a text node, frames left out."""
    return (words for _, words in _texts(page, FRAME))


def _texts(page: Page, unseen: Collection[str]) -> Iterator[tuple[etree._Element, str]]:
    """Yield the texts of the page's main part, each with the element that it stands in."""
    root = page.selector.root
    for body in root.xpath("//main[not(ancestor::main)]") or root.iter("body"):
        walk = etree.iterwalk(body, ("start", "end", "comment"))
        for event, element in walk:
            if event == "start" and (element.tag in unseen or _is_overlay(element)):
                walk.skip_subtree()
                continue
            text, inside = element.text, element
            if event != "start":
                text, inside = element.tail, element.getparent()
            if text and inside is not None and (words := LAYOUT.sub(" ", text).strip()):
                yield inside, words


def _mark_facts(article: etree._Element, facts: Facts) -> None:
    """Rename the elements that print a fact: its label with its value, or one after the other."""
    values = {_letters(label): _letters(value) for label, value in facts}
    whole = {label + value for label, value in values.items()}
    for element in list(article.iterdescendants("*")):
        words, following = _letters(_text(element)), element.getnext()
        if words in whole:
            element.tag = READ
        elif following is not None and _letters(_text(following)) == values.get(words):
            element.tag = following.tag = READ


def _text(element: etree._Element) -> str:
    return str(element.xpath("string()"))


def _letters(text: str) -> str:
    return re.sub(r"\W", "", text).casefold()


def _is_overlay(element: etree._Element) -> bool:
    names = f"{element.get('id', '')} {element.get('class', '')}"
    return element.tag not in ("html", "body", "main") and bool(OVERLAY.search(names))


def _depth(element: etree._Element) -> int:
    return sum(1 for _ in element.iterancestors())
