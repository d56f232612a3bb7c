"""Find out how a site offers its notices, by requesting the addresses that known platforms have.

Requests follow the rules of a crawl (robots.txt, pauses, limits); nothing is archived. A route is
reported only if it answered.
"""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl, urlunsplit

from crawlers.bases.nextdata import props_of
from crawlers.bases.sitemap import read_sitemap
from crawlers.fetch import fetch
from crawlers.pages.addresses import host_of, join, path_of, split
from crawlers.pages.page import Page, PageChangedError
from crawlers.run import CrawlSettings
from schema.exchanges import Exchange

JSON = {"Accept": "application/json"}
POSTS = "/wp-json/wp/v2/posts?per_page=3&_embed=wp:term"
BANDI = "/@search?portal_type=Bando&b_size=3&fullobjects=true"
SITEMAPS = ("/sitemap.xml", "/sitemap_index.xml", "/wp-sitemap.xml")
CALL_WORDS = re.compile(
    r"call|grant|fund|bando|bandi|avvis|incentiv|agevolaz|natjeca|poziv|potpor|razpis|foerder"
    r"|förder|aide|subven|convocat|aviso|palyazat|apel|opportunit",
    re.IGNORECASE,
)
TITLES = "title|titolo|name|naziv|naslov"
OFFSETS = frozenset(("offset", "start", "from", "skip", "b_start", "$offset"))
PAGES = frozenset(("page", "pagenumber", "pagina", "stranica"))
MOST_SITEMAPS = 3


@dataclass(frozen=True, slots=True)
class Sample:
    """A page that was fetched, and the kind under which a spider will request it."""

    kind: str
    exchange: Exchange


@dataclass(frozen=True, slots=True)
class Site:
    """A site, and the route by which its notices can be read."""

    url: str
    platform: str
    """``wordpress``, ``plone``, ``records``, ``sitemap``, ``feed``, ``nextdata``, ``listing``."""
    title: str
    language: str | None
    seen: tuple[str, ...]
    """Which routes answered, one line each, for whoever writes the spider."""
    samples: tuple[Sample, ...]
    announced: int | None = None
    """How many notices the site says it has."""
    route: Mapping[str, str] = field(default_factory=dict)
    """Values for the attributes of the platform's base class: addresses, patterns, keys."""


class ProbeError(Exception):
    """The site could not be probed; the message says why, in one line."""


def probe(url: str, settings: CrawlSettings) -> Site:
    """Try the known routes; return the site with the first that answered.

    Raises :class:`ProbeError` for an address that is not https, or that gives no page.
    """
    parts = split(url)
    if parts is None or parts.scheme != "https" or not parts.hostname:
        raise ProbeError(f"{url}: not an https address")
    origin = urlunsplit((*parts[:2], "", "", ""))
    found = fetch((url, *(origin + path for path in ("/robots.txt", POSTS))), settings)
    home = _content(found, url)
    tried = {origin + POSTS: _content(found, origin + POSTS, needed=False)}
    sitemaps = _named_sitemaps(_content(found, origin + "/robots.txt", needed=False), origin)
    candidates = [origin + BANDI, f"{origin}/++api++{BANDI}", *sitemaps]
    if not _posts(tried[origin + POSTS]):
        more = fetch(candidates, settings, JSON)
        tried.update({each: _content(more, each, needed=False) for each in candidates})
    seen, read = [], []
    for look in (_wordpress, _plone, _records, _sitemap, _feed, _nextdata, _listing):
        route = look(home, origin, tried, sitemaps, settings)
        if route is not None:
            read.append(route)
            seen.append(f"{route.platform}: {route.words}")
    first = read[0]
    page = Page(home)
    is_html = "html" in home.headers.get("content-type", "")
    return Site(
        url=url,
        platform=first.platform,
        title=(page.maybe("title") or parts.netloc) if is_html else parts.netloc,
        language=page.language if is_html else None,
        seen=tuple(seen),
        samples=first.samples,
        announced=first.announced,
        route=first.values,
    )


# -- routes ----------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Route:
    platform: str
    words: str
    samples: tuple[Sample, ...]
    values: Mapping[str, str] = field(default_factory=dict)
    announced: int | None = None


Tried = Mapping[str, Exchange | None]


def _wordpress(
    home: Exchange, origin: str, tried: Tried, sitemaps: Sequence[str], settings: CrawlSettings
) -> _Route | None:
    del home, sitemaps
    answer = tried[origin + POSTS]
    posts = _posts(answer)
    if answer is None or not posts:
        return None
    total = answer.headers.get("x-wp-total", "")
    samples = [Sample("register", answer)]
    link = str(posts[0]["link"])
    own = fetch([link], settings)[link]
    if isinstance(own, Exchange):
        samples.append(Sample("call", own))
    announced = int(total) if total.isdigit() else None
    return _Route("wordpress", f"REST with {total or 'some'} posts", tuple(samples), {}, announced)


def _posts(answer: Exchange | None) -> list[dict[str, Any]]:
    rows = _json(answer)
    is_posts = isinstance(rows, list) and rows and isinstance(rows[0], dict) and "link" in rows[0]
    return rows if is_posts else []


def _plone(
    home: Exchange, origin: str, tried: Tried, sitemaps: Sequence[str], settings: CrawlSettings
) -> _Route | None:
    del home, sitemaps, settings
    for api in ("/++api++", ""):
        answer = tried.get(origin + api + BANDI)
        found = _json(answer)
        if answer is not None and isinstance(found, dict) and found.get("items"):
            total = int(found.get("items_total") or 0)
            words = f"@search finds {total} objects of type Bando"
            return _Route("plone", words, (Sample("register", answer),), {"api": api}, total)
    return None


def _records(
    home: Exchange, origin: str, tried: Tried, sitemaps: Sequence[str], settings: CrawlSettings
) -> _Route | None:
    del origin, tried, sitemaps, settings
    found = _json(home)
    if found is None:
        return None
    for path, rows in _lists(found, ()):
        values = {"rows": json.dumps(path), **_paging(home.url), **_keys(rows[0])}
        total = next(_totals(found, ()), None)
        if total is not None:
            values["total"] = json.dumps(total[0])
        words = f"JSON with {len(rows)} records at {'.'.join(path) or 'the top'}"
        announced = total[1] if total else None
        return _Route("records", words, (Sample("register", home),), values, announced)
    return None


def _lists(
    value: Any, path: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], list[dict[str, Any]]]]:
    """Yield every list of objects in a JSON value, with its path; outer lists hide inner ones."""
    if isinstance(value, list) and value and isinstance(value[0], dict):
        yield path, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _lists(inner, (*path, key))


def _totals(value: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], int]]:
    if not isinstance(value, dict):
        return
    for key, inner in value.items():
        if type(inner) is int and re.search("total|count|found|hits", key, re.IGNORECASE):
            yield (*path, key), inner
        yield from _totals(inner, (*path, key))


def _paging(url: str) -> dict[str, str]:
    """Return the query parameter of an address by which its records are paged."""
    parts = split(url)
    pairs = parse_qsl(parts.query, keep_blank_values=True) if parts else ()
    names = [name for name, _ in pairs]
    offset = next((name for name in names if name.lower() in OFFSETS), None)
    page = next((name for name in names if name.lower() in PAGES), None)
    return {"offset": offset} if offset else {"page": page} if page else {}


def _titles(row: Mapping[str, Any]) -> list[str]:
    return [key for key in row if re.search(TITLES, key, re.IGNORECASE)]


def _keys(row: Mapping[str, Any]) -> dict[str, str]:
    """Return the keys of a record that probably hold its identity, title and address."""
    wanted = {"id": r"(^|_)(id|uid|code|codice|number)$", "title": TITLES}
    found = {
        name: next((key for key in row if re.search(pattern, key, re.IGNORECASE)), next(iter(row)))
        for name, pattern in wanted.items()
    }
    address = next((k for k, v in row.items() if str(v).startswith(("http", "/"))), None)
    return {**found, **({"address": address} if address else {})}


def _sitemap(
    home: Exchange, origin: str, tried: Tried, sitemaps: Sequence[str], settings: CrawlSettings
) -> _Route | None:
    del home, origin
    for url in sitemaps:
        answer = tried.get(url)
        addresses = _addresses(answer, settings) if answer is not None else []
        group = _largest_group(addresses)
        if group is None:
            continue
        pattern, members = group
        own = fetch([members[0]], settings)[members[0]]
        samples = (Sample("call", own),) if isinstance(own, Exchange) else ()
        words = f"{url} names {len(addresses)} pages, {len(members)} of them like {members[0]}"
        values = {"sitemap": url, "pattern": pattern}
        return _Route("sitemap", words, samples, values, len(members))
    return None


def _addresses(answer: Exchange, settings: CrawlSettings) -> list[str]:
    """Return the pages that a sitemap names, or those of the first sitemaps of an index."""
    try:
        entries = list(read_sitemap(Page(answer)))
    except PageChangedError:
        return []
    pages = [entry.url for entry in entries if not entry.is_sitemap]
    children = [entry.url for entry in entries if entry.is_sitemap]
    children.sort(key=lambda url: CALL_WORDS.search(url) is None)
    for found in fetch(children[:MOST_SITEMAPS], settings).values() if children else ():
        if isinstance(found, Exchange):
            pages += _addresses(found, settings)
    return pages


def _largest_group(addresses: Sequence[str]) -> tuple[str, list[str]] | None:
    """Return a pattern for the folder with most pages, and these pages.

    Folders whose name contains a word for calls are preferred.
    """
    folders: Counter[str] = Counter(path_of(url).rpartition("/")[0] for url in addresses)
    named = Counter({path: count for path, count in folders.items() if CALL_WORDS.search(path)})
    for path, _ in (named or folders).most_common(1):
        members = [url for url in addresses if path_of(url).rpartition("/")[0] == path]
        return rf"{re.escape(path)}/[^/]+$", members
    return None


def _feed(
    home: Exchange, origin: str, tried: Tried, sitemaps: Sequence[str], settings: CrawlSettings
) -> _Route | None:
    del origin, tried, sitemaps
    links = "link[type='application/rss+xml']::attr(href), link[type='application/atom+xml']"
    url = Page(home).maybe(links.split(",", maxsplit=1)[0]) if _is_html(home) else None
    answer = home if b"<rss" in home.body[:500] or b"<feed" in home.body[:500] else None
    if url is not None:
        address = join(home.url, url) or home.url
        found = fetch([address], settings)[address]
        answer = found if isinstance(found, Exchange) else None
    if answer is None:
        return None
    return _Route("feed", answer.url, (Sample("register", answer),), {"feed": answer.url})


def _nextdata(
    home: Exchange, origin: str, tried: Tried, sitemaps: Sequence[str], settings: CrawlSettings
) -> _Route | None:
    try:
        props = props_of(Page(home)) if _is_html(home) else None
    except PageChangedError:
        return None
    if props is None:
        return None
    lists = [each for each in _lists(props, ()) if len(each[1]) > 1 and _titles(each[1][0])]
    if not lists:
        route = _listing(home, origin, tried, sitemaps, settings)
        return replace(route, platform="nextdata", words="the page carries its data as JSON")
    path, rows = max(lists, key=lambda each: len(each[1]))
    values = {"rows": json.dumps(path), **_paging(home.url), **_keys(rows[0])}
    words = f"the page's data holds {len(rows)} records at {'.'.join(path) or 'the top'}"
    total = next(_totals(props, ()), None)
    samples = (Sample("listing", home),)
    return _Route("nextdata", words, samples, values, total[1] if total else None)


def _listing(
    home: Exchange, origin: str, tried: Tried, sitemaps: Sequence[str], settings: CrawlSettings
) -> _Route:
    del origin, tried, sitemaps
    samples = [Sample("listing", home)]
    if not _is_html(home):
        return _Route("listing", "no known route answered", tuple(samples), {"card": "article"})
    page = Page(home)
    links = filter(None, (join(home.url, href) for href in page.many("a::attr(href)")))
    host = host_of(home.url)
    own = [url for url in dict.fromkeys(links) if host_of(url) == host and url != home.url]
    likely = [url for url in own if CALL_WORDS.search(path_of(url))]
    if likely:
        found = fetch(likely[-1:], settings)[likely[-1]]
        samples += [Sample("call", found)] if isinstance(found, Exchange) else []
    cards = ("article", "li.card", "div.card", "div.views-row", "table tbody tr", "main li")
    card = next((css for css in cards if len(page.selector.css(css)) > 1), "article")
    words = f"HTML with {len(page.selector.css(card))} elements {card!r}"
    return _Route("listing", words, tuple(samples), {"card": card})


# -- answers ---------------------------------------------------------------------------------------


def _content(
    found: Mapping[str, Exchange | str], url: str, *, needed: bool = True
) -> Exchange | Any:
    answer = found[url]
    if isinstance(answer, Exchange):
        return answer
    if needed:
        raise ProbeError(f"{url}: {answer or 'no answer'}")
    return None


def _json(answer: Exchange | None) -> Any:
    if answer is None:
        return None
    try:
        return json.loads(answer.body)
    except ValueError:
        return None


def _is_html(exchange: Exchange) -> bool:
    return b"<html" in exchange.body[:2000].lower()


def _named_sitemaps(robots: Exchange | None, origin: str) -> list[str]:
    named = re.findall(rb"(?im)^\s*sitemap:\s*(\S+)", robots.body if robots else b"")
    urls = filter(None, (join(origin, url.decode("latin-1")) for url in named))
    return list(dict.fromkeys([*urls, *(origin + path for path in SITEMAPS)]))[:6]
