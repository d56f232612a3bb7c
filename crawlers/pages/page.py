"""A page for readers: one archived exchange, decoded, with methods that select parts of it.

``one`` for a part that must exist, ``maybe`` for one that may, ``many`` for lists. White space in
text is collapsed as browsers do; attributes are returned raw (law 6 of docs/laws.md).
"""

import json
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Any

from lxml import etree
from parsel import Selector
from parsel.csstranslator import HTMLTranslator
from parsel.selector import create_root_node

from crawlers.pages.addresses import join
from crawlers.pages.charset import decode
from crawlers.pages.fragments import clean_elements
from schema.exchanges import Exchange

LAYOUT = re.compile(r"[ \t\r\n\f]+")
WHOLE_TEXT = etree.XPath("string()", smart_strings=False)
TRANSLATOR = HTMLTranslator()


class PageChangedError(Exception):
    """A page lacks a part that its reader requires: the portal has changed.

    ``field`` names the field of a call that cannot be read; ``None`` if it is the whole notice.
    """

    def __init__(self, portal: str, missing: str, url: str, field: str | None = None) -> None:
        super().__init__(f"{portal}: {missing} at {url}: the portal has changed")
        self.portal, self.missing, self.url, self.field = portal, missing, url, field


@dataclass(frozen=True)
class Page:
    """One exchange, whose body is decoded and parsed when first needed."""

    exchange: Exchange
    number: int = field(default=0, kw_only=True)
    """Its number in the crawl's archive; 0 for a page of another crawl."""

    @property
    def portal(self) -> str:
        """Return the stem of the portal that the page belongs to."""
        return self.exchange.portal

    @property
    def url(self) -> str:
        """Return the public address, also where another one was connected to."""
        return self.exchange.url

    @cached_property
    def _decoded(self) -> tuple[str, str, str | None]:
        return decode(self.exchange.body, self.exchange.headers.get("content-type", ""))

    @property
    def text(self) -> str:
        """Return the body as text (see :mod:`crawlers.pages.charset`)."""
        return self._decoded[0]

    @property
    def charset(self) -> str:
        """Return the character set that was used."""
        return self._decoded[1]

    @property
    def wrongly_declared(self) -> str | None:
        """Return the declared character set where the bytes contradict it, else ``None``."""
        return self._decoded[2]

    @cached_property
    def selector(self) -> Selector:
        """Return the parsed body (HTML; broken markup is repaired as browsers do)."""
        # With the parser of lxml.etree: that of lxml.html, parsel's default, makes each element of
        # a result in Python.
        root = create_root_node(self.text, etree.HTMLParser, base_url=self.url)
        return Selector(root=root, type="html", base_url=self.url)

    @cached_property
    def base(self) -> str:
        """Return the address that links are relative to: ``<base href>``, else the page's own."""
        named = self.selector.xpath("/html/head/base/@href").get(default="")
        return join(self.url, named) or self.url

    @property
    def language(self) -> str | None:
        """Return the value of ``<html lang>``, if there is one."""
        return self.maybe("html::attr(lang)") or None

    def one(self, css: str, field: str | None = None) -> str:
        """Return the first non-blank match, or raise :class:`PageChangedError` about a field."""
        value = self.maybe(css)
        if value is None:
            raise PageChangedError(self.portal, f"nothing matches {css!r}", self.url, field)
        return value

    def maybe(self, css: str) -> str | None:
        """Return the first non-blank match, if there is one."""
        return next(iter(self.many(css)), None)

    def many(self, css: str) -> list[str]:
        """Return all non-blank matches, in document order.

        ``a::attr(href)`` gives attributes raw; ``p::text`` the element's own text nodes; a bare
        ``p`` the whole text under the element. Name the tag (``div.lead``, not ``.lead``): it is
        several times faster.
        """
        return texts_of(self.selector, css)

    def fragment(self, *alternatives: str) -> str:
        """Return the cleaned HTML of the first element that the first fitting selector matches.

        Raise :class:`PageChangedError` where none of the alternatives matches anything.
        """
        for css in alternatives:
            if found := self.fragments(css):
                return found[0]
        raise PageChangedError(self.portal, f"nothing matches {alternatives}", self.url, "summary")

    def fragments(self, css: str) -> list[str]:
        """Return the cleaned HTML of every element that matches, without the empty ones.

        Only such fragments are parsed by Beautiful Soup: a whole page would block the event loop
        for 40 ms.
        """
        return [html for html in self.clean(self.selector.css(css)) if html]

    def clean(self, located: Iterable[Selector]) -> list[str]:
        """Return the cleaned HTML of elements of the page."""
        return clean_elements([each.get() for each in located], self.base)

    def json(self) -> Any:
        """Return the body parsed as JSON, or raise :class:`PageChangedError`."""
        try:
            return load_json(self.text)
        except (ValueError, RecursionError) as error:
            raise PageChangedError(self.portal, f"no JSON ({error})", self.url) from error


def load_json(text: str) -> Any:
    """Return parsed JSON. Raises ``ValueError`` if it is invalid, ``RecursionError`` if too deep.

    A whole number of more digits than Python converts (4,300) becomes NaN.
    """
    try:
        return json.loads(text)
    except json.JSONDecodeError:
        raise
    except ValueError:
        return json.loads(text, parse_int=_number)  # several times slower


def _number(digits: str) -> int | float:
    try:
        return int(digits)
    except ValueError:
        return math.nan


def texts_of(selector: Selector, css: str) -> list[str]:
    """Return all non-blank texts or attributes that match under a selector.

    The rules are those of :meth:`Page.many`.
    """
    matches: Any = _query(css)(selector.root)
    texts = [match if isinstance(match, str) else str(WHOLE_TEXT(match)) for match in matches]
    if "::attr(" not in css:
        texts = [_collapsed(text) for text in texts]
    return [text for text in texts if text.strip()]


def text_of(element: Selector) -> str:
    """Return the whole text under an element, with white space collapsed."""
    return _collapsed(str(WHOLE_TEXT(element.root)))


@cache
def _query(css: str) -> etree.XPath:
    # What parsel does, except that it would also make a selector for every match.
    return etree.XPath(TRANSLATOR.css_to_xpath(css), smart_strings=False)


def _collapsed(text: str) -> str:
    return LAYOUT.sub(" ", text).strip(" ")
