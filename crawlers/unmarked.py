"""Read pages whose markup names nothing: where the text is densest, and what stands under a label.

For sites whose class names are unknown or change with every theme. What a class names, read by it.
"""

from collections import defaultdict
from collections.abc import Collection, Iterator
from copy import deepcopy

from lxml import etree

from crawlers.fragments import clean_fragment
from crawlers.page import LAYOUT, Page, PageChangedError

PARAGRAPHS = ("p", "ul", "ol", "dl", "table", "blockquote", "h2", "h3", "h4")
FRAME = frozenset(("nav", "header", "footer", "aside", "form", "script", "style", "noscript"))
SHARE = 0.5
"""What a grandparent gets of a paragraph's length: two columns of one text outweigh a sidebar."""


def find_article(page: Page) -> str:
    """Return the cleaned HTML of the element that holds most running text of its own.

    The page's title is left out: it is read as such. Frames of a page (navigation, header,
    footer, asides) are passed over. Raise :class:`PageChangedError` where the page has no running
    text at all.
    """
    weights: defaultdict[etree._Element, float] = defaultdict(float)
    for paragraph in page.selector.root.iter(*PARAGRAPHS):
        above = list(paragraph.iterancestors())
        if not above or any(each.tag in FRAME or each.tag in PARAGRAPHS for each in above):
            continue
        length = len(_words(paragraph))
        weights[above[0]] += length
        if len(above) > 1:
            weights[above[1]] += length * SHARE
    if not weights:
        raise PageChangedError(page.portal, "no running text", page.url)
    heaviest = deepcopy(max(weights, key=lambda element: weights[element]))
    etree.strip_elements(heaviest, "h1", with_tail=False)
    html = etree.tostring(heaviest, encoding="unicode", method="html", with_tail=False)
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
    """Yield the visible texts of a page, one an element's text node, frames left out."""
    for body in page.selector.root.iter("body"):
        walk = etree.iterwalk(body, ("start", "end", "comment"))
        for event, element in walk:
            if event == "start" and element.tag in FRAME:
                walk.skip_subtree()
                continue
            text = element.text if event == "start" else element.tail
            if text and (words := LAYOUT.sub(" ", text).strip()):
                yield words


def _words(element: etree._Element) -> str:
    return LAYOUT.sub(" ", str(element.xpath("string()"))).strip()
