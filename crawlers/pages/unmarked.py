"""Read pages without known class names: find the running text, and values beside their labels.

For sites whose markup is unknown or changes with every theme. Where a class is known, use it.
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
"""Ids and classes of elements that are no part of the text: overlays and navigation."""
READ = "read"
"""The tag given to elements whose facts have been read already; they are then left out."""
CONTAINERS = ("div", "section", "article", "main", "td", "body")
SENTENCE = 25
"""The length from which on a text counts as running text, not as a button or a label."""
SHARE = 0.7
"""The share of the running text that the article must hold. As it is more than half, any two
elements that hold so much are nested."""


Facts = Collection[tuple[str, str]]
"""Labels with their values."""


def find_article(page: Page, facts: Facts = ()) -> str:
    """Return the cleaned HTML of the smallest container that holds most of the running text.

    The smallest such container that also has the title is preferred, because documents are often
    beside the text. Text in links and in the page's frame (navigation, footer, cookie banner) is
    not counted. The title and the given facts are left out. Raises :class:`PageChangedError` if
    there is no running text.
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
    """Yield each known label with its value: after a colon on the same line, or the next line.

    A label that is followed by another label has no value.
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
    """Yield the text nodes of a page's main part, without navigation, header and footer."""
    return (words for _, words in _texts(page, FRAME))


def _texts(page: Page, unseen: Collection[str]) -> Iterator[tuple[etree._Element, str]]:
    """Yield the text nodes of a page's main part, each with its element."""
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
    """Rename elements that hold a fact: label and value in one element, or in two neighbours."""
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
