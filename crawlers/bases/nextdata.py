"""Next.js sites: a page has its data as JSON in one script element, which is read.

The data is also at an address of its own, but that changes with every release of the site. Running
text may be a tree of nodes (Contentful's rich text), which :func:`write_rich_text` turns into HTML:
https://www.contentful.com/developers/docs/concepts/rich-text/
"""

import json
from collections.abc import Mapping
from html import escape
from typing import Any

from crawlers.pages.page import Page, PageChangedError

DATA = "script#__NEXT_DATA__::text"
TAGS = {
    "paragraph": "p",
    "unordered-list": "ul",
    "ordered-list": "ol",
    "list-item": "li",
    "blockquote": "blockquote",
    "table": "table",
    "table-row": "tr",
    "table-cell": "td",
    "table-header-cell": "th",
    **{f"heading-{level}": f"h{level}" for level in range(1, 7)},
}


def props_of(page: Page, *keys: str) -> Any:
    """Return the ``props.pageProps`` of a page, or the value under a path of keys in it.

    Raises :class:`PageChangedError` if a key is missing.
    """
    try:
        value = json.loads(page.one(DATA))
    except ValueError as error:
        raise PageChangedError(page.portal, f"no JSON in {DATA} ({error})", page.url) from error
    for key in ("props", "pageProps", *keys):
        if not isinstance(value, Mapping) or key not in value:
            raise PageChangedError(page.portal, f"no {key!r} in the page's data", page.url)
        value = value[key]
    return value


def write_rich_text(node: Mapping[str, Any] | None) -> str:
    """Return a tree of nodes as HTML; of unknown kinds of nodes, the content only."""
    if not node:
        return ""
    kind = node.get("nodeType", "")
    if kind == "text":
        return escape(str(node.get("value") or ""), quote=False)
    inner = "".join(write_rich_text(child) for child in node.get("content") or ())
    if kind == "hyperlink":
        return f'<a href="{escape(str(node["data"]["uri"]))}">{inner}</a>'
    tag = TAGS.get(kind)
    return f"<{tag}>{inner}</{tag}>" if tag and inner.strip() else inner
