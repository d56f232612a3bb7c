"""Recognise answers that arrive with status 200 and are not the page that was asked for.

These are soft 404s, empty pages, login walls, bot walls, and pages that only scripts would fill.
The crawl records them and does not try to get around them.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from crawlers.pages.charset import GZIP, ZIP
from crawlers.pages.page import LAYOUT, Page


class ProblemKind(StrEnum):
    """What a page is instead of content; also the kind of the Issue."""

    SOFT_404 = "soft_404"
    EMPTY_PAGE = "empty_page"
    LOGIN_WALL = "login_wall"
    BOT_WALL = "bot_wall"
    SCRIPT_SHELL = "script_shell"


@dataclass(frozen=True, slots=True)
class PageProblem:
    """What was recognised, and the words by which."""

    kind: ProblemKind
    words: str
    is_missing: bool = False
    """Whether the page itself says that nothing is there. A blank page does not."""

    @property
    def refuses(self) -> bool:
        """Tell whether the portal refuses the page, rather than not having it."""
        return self.kind in (ProblemKind.LOGIN_WALL, ProblemKind.BOT_WALL)


ERROR_TITLE = re.compile(
    r"\s*(?:error[e]?\b|erro\b|erreur\b|fehler\b|gre[šs]ka\b|napaka\b|eroare\b|hiba\b|404\b|500\b"
    r"|.{0,60}\b(?:page not found|not found|pagina non trovata|stranica nije prona[đd]ena"
    r"|seite nicht gefunden|page introuvable|p[áa]gina no encontrada|p[áa]gina n[ãa]o encontrada"
    r"|stran ni najdena|pagina nu a fost g[ăa]sit[ăa]))",
    re.IGNORECASE,
)
BOT_WORDS = re.compile(
    r"cf-chl-|challenge-platform|_incapsula_resource|px-captcha|geo\.captcha-delivery|ddos-guard"
    r"|<title>\s*(?:just a moment|attention required|access denied|verifying you are human"
    r"|pardon our interruption|request rejected|bot verification)",
    re.IGNORECASE,
)
LOGIN_TITLE = re.compile(
    r"\b(?:log ?in|sign ?in|accedi|accesso|prijava|anmeld|connexion|iniciar sesi[óo]n|autentica)",
    re.IGNORECASE,
)
UNSEEN = frozenset(("script", "style", "noscript", "template"))
XML_STARTS = ("<?xml", "<urlset", "<sitemapindex", "<rss", "<feed")
LITTLE = 200
"""A page with fewer characters of visible text than this has no content."""
WALL = 1500
"""A page with at least as many characters of visible text is no wall, even with a login form."""


def find_problem(page: Page) -> PageProblem | None:
    """Return what the page is instead of content, or ``None`` where it may be read.

    Only HTML is looked at. In JSON, XML and packed files, problems are found when they are read.
    """
    if page.exchange.body.startswith((ZIP, GZIP)):
        return None
    if not page.text.strip():
        return PageProblem(ProblemKind.EMPTY_PAGE, "the body is empty")
    return next(_problems(page), None) if _is_html(page, page.text) else None


def _problems(page: Page) -> Iterator[PageProblem]:
    title = page.maybe("title") or ""
    if ERROR_TITLE.match(title):
        yield PageProblem(ProblemKind.SOFT_404, title, is_missing=True)
    visible = _visible_start(page)
    if len(visible) >= WALL:
        return
    if wall := BOT_WORDS.search(page.text):
        yield PageProblem(ProblemKind.BOT_WALL, wall[0])
    password = page.selector.css("input[type=password]")
    if password and (LOGIN_TITLE.search(title) or len(visible) < LITTLE):
        yield PageProblem(ProblemKind.LOGIN_WALL, title or "a password is asked for")
    if len(visible) < LITTLE and page.selector.css("script"):
        yield PageProblem(ProblemKind.SCRIPT_SHELL, title or visible[:80])
    if len(visible) < LITTLE:
        words = f"{len(visible)} characters of text"
        yield PageProblem(ProblemKind.EMPTY_PAGE, words, is_missing=bool(visible))


def _visible_start(page: Page) -> str:
    """Return the visible text of a page, up to about :data:`WALL` characters."""
    texts: list[str] = []
    length = 0
    for body in page.selector.css("body"):
        walk = etree.iterwalk(body.root, ("start", "end"))
        for event, element in walk:
            if event == "end":
                words = element.tail
            elif isinstance(tag := element.tag, str) and tag not in UNSEEN:
                words = element.text
            else:
                walk.skip_subtree()
                continue
            if words and (words := words.strip()):
                texts.append(words)
                length += len(words) + 1
            if length > WALL:
                break
    return LAYOUT.sub(" ", " ".join(texts))


def _is_html(page: Page, text: str) -> bool:
    start = text.lstrip()[:500].lower()
    if "<html" in start:
        return True
    declared = page.exchange.headers.get("content-type", "html")
    return "html" in declared and start.startswith("<") and not start.startswith(XML_STARTS)
