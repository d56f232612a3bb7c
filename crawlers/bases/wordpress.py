"""WordPress sites, read by their REST API or, if that is closed, by feed or sitemap.

A notice is identified by its permalink, the only value that all three have, so that its identity
does not change when a site closes its REST API. See https://developer.wordpress.org/rest-api/
"""

from collections.abc import Iterator
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from parsel import Selector
from scrapy import Request

from crawlers.bases.feed import FeedSpider, entries_of
from crawlers.bases.portal import Errback, SpiderOutput
from crawlers.bases.sitemap import SitemapSpider
from crawlers.bases.walks import Walks
from crawlers.pages.addresses import path_of
from crawlers.pages.fragments import clean_fragment
from crawlers.pages.json_values import count_of, each_of, identity, unescaped, within
from crawlers.pages.page import Page, PageChangedError, text_of
from crawlers.pages.readers import Elsewhere, ParseResult, ReadRow, Row, read_rows
from schema.notices import Attachment, RawNotice, Section

PAGE_SIZE = 100
REST_LINK = "link[rel='https://api.w.org/']::attr(href)"
CONTENT = (".entry-content", "main article", "article", "main")
"""Selectors of a post's text in common themes."""
DOCUMENTS = (".pdf", ".doc", ".docx", ".xls", ".xlsx", ".odt", ".zip", ".rtf")


class WordPressSpider(FeedSpider, SitemapSpider):
    """Uses the first of the three that a site offers; subclasses add readers.

    ``readers["call"]`` reads a post's own page, if API and feed do not have its content.
    """

    rest_root: str = "/wp-json/"
    post_type: str = "posts"
    """The ``rest_base`` of the post type of the notices."""
    category: str = ""
    """The slug or number of the notices' category; empty for all posts."""
    feed: str = "/feed/"
    """The path of the feed with the same posts."""
    paging: str = "?paged={number}"
    notice_pattern = r"^https?://[^/]+/.+"

    @property
    def site(self) -> str:
        """Return scheme and host of the site."""
        home = urlsplit(self.record.portal.home)
        return f"{home.scheme}://{home.netloc}"

    _root: str = rest_root
    """The path at which the REST API is tried at present."""
    _category: str = ""
    """The number of the category."""

    def begin(self) -> SpiderOutput:
        """Request posts from the REST API."""
        self._walks = Walks(self.record)
        self._root = self.rest_root
        if not self.sitemap_pattern:
            each = "post" if self.post_type == "posts" else self.post_type
            self.sitemap_pattern = rf"posts-{each}-\d+\.xml|/{each}-sitemap\d*\.xml"
        yield self._request_rest()

    def _request_rest(self) -> Request:
        if not self.category or self.category.isdigit():
            self._category = self.category
            return self._request_posts(1)
        return self.request(
            f"{self.site}{self._root}wp/v2/categories?slug={self.category}",
            "listing",
            self.parse_category,
            self._without_rest,
        )

    @property
    def _without_rest(self) -> Errback:
        return self.try_home if self._root == self.rest_root else self.try_feed

    def parse_category(self, page: Page) -> SpiderOutput:
        """Request the posts of the category, whose number this page has."""
        found = _posts(page)
        if not found:
            raise PageChangedError(page.portal, f"no category {self.category!r}", page.url)
        self._category = identity(found[0]["id"])
        yield self._request_posts(1)

    def _request_posts(self, number: int) -> Request:
        # Sorted by id, so that a new post does not move others to another page.
        query = f"per_page={PAGE_SIZE}&page={number}&orderby=id&order=asc&_embed=wp:term"
        if self._category:
            query += f"&categories={self._category}"
        return self.request(
            f"{self.site}{self._root}wp/v2/{self.post_type}?{query}",
            "register",
            partial(self.parse_posts, number=number),
            self._without_rest if number == self._walks.number == 1 else None,
        )

    def try_home(self, _: int | None) -> SpiderOutput:
        """Request the home page, which may have another address of the REST API."""
        yield self.request(f"{self.site}/", "listing", self.parse_home, self.try_feed)

    def parse_home(self, page: Page) -> SpiderOutput:
        """Try the address of the REST API in the page, if it is another, or else the feed.

        See https://developer.wordpress.org/rest-api/using-the-rest-api/discovery/
        """
        root = path_of(page.maybe(REST_LINK) or "")
        if root in ("", self._root):
            yield from self.try_feed(None)
        else:
            self._root = root
            yield self._request_rest()

    def parse_posts(self, page: Page, number: int) -> SpiderOutput:
        """Read a page of posts and request the next one, or begin another walk."""
        posts, walks = _posts(page), self._walks
        headers = page.exchange.headers
        if (total := count_of(headers.get("x-wp-total"))) is not None:
            walks.announce(total)
        yield from walks.read(lambda: self.parse_notices(page)).steps
        if self.record.sampled_enough:
            return
        pages = count_of(headers.get("x-wp-totalpages"))
        if len(posts) == PAGE_SIZE if pages is None else number < pages:
            yield self._request_posts(number + 1)
        elif walks.end_list():
            yield self._request_posts(1)

    def try_feed(self, _: int | None) -> SpiderOutput:
        """Request the feed."""
        yield self.request_feed(1, self.try_sitemap)

    def try_sitemap(self, _: int | None) -> SpiderOutput:
        """Request the sitemap: WordPress's own, or else that of common plug-ins."""
        yield from self.walk_sitemaps(
            (f"{self.site}/wp-sitemap.xml", f"{self.site}/sitemap_index.xml")
        )


def read_posts(page: Page, read_one: ReadRow | None = None) -> ParseResult:
    """Read a feed, or an answer of the REST API, whose posts ``read_one`` reads."""
    if page.text.lstrip().startswith("<"):
        return read_rows(entries_of(page), read_item, page)
    return read_rows(_posts(page), read_one or read_post, page)


def read_post_page(page: Page) -> RawNotice:
    """Read a post's own page with the selectors of common themes."""
    content = page.fragment(*CONTENT)
    return RawNotice(
        portal=page.portal,
        source_id=page.url,
        url=page.url,
        title=page.one("h1", field="title"),
        sections=(Section(content),),
        attachments=find_attachments(content),
        declared_language=page.language,
    )


def read_terms(post: Row) -> Iterator[tuple[str, str]]:
    """Read a post's categories and tags, each with the name of its taxonomy."""
    for terms in each_of(within(post, "_embedded", "wp:term")):
        for term in each_of(terms):
            yield within(term, "taxonomy"), unescaped(within(term, "name"))


def read_post(post: Row, page: Page) -> RawNotice | Elsewhere:
    """Read a post of the REST API; for one without content, its own page has to be read."""
    content = clean_fragment(within(post["content"], "rendered") or "", page.url)
    if not content:
        return Elsewhere(post["link"])
    return RawNotice(
        portal=page.portal,
        source_id=post["link"],
        url=post["link"],
        title=unescaped(within(post["title"], "rendered")),
        labelled=(
            ("date", post["date"]),
            ("modified", post["modified"]),
            *read_terms(post),
        ),
        sections=(Section(content),),
        attachments=find_attachments(content),
    )


def read_item(item: Row, page: Page) -> RawNotice | Elsewhere:
    """Read an item of the feed; for one without content, its own page has to be read."""
    if not item["link"]:
        raise ValueError("an item without a link")
    content = clean_fragment(item["content"], page.url)
    if not content:
        return Elsewhere(item["link"])
    return RawNotice(
        portal=page.portal,
        source_id=item["link"],
        url=item["link"],
        title=item["title"],
        labelled=item["labelled"],
        sections=(Section(content),),
        attachments=find_attachments(content),
    )


def find_attachments(content: str) -> tuple[Attachment, ...]:
    """Return the documents that a cleaned fragment links to."""
    if not content or not isinstance(content, str):  # see clean_fragment
        return ()
    return tuple(
        Attachment(text_of(link).strip(), address)
        for link in Selector(content).css("a[href]")
        if path_of(address := link.attrib["href"]).lower().endswith(DOCUMENTS)
    )


def _posts(page: Page) -> list[Any]:
    posts = page.json()
    if not isinstance(posts, list):
        raise PageChangedError(page.portal, "no list of posts", page.url)
    return posts
