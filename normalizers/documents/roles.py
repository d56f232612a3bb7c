"""What an attachment is, by its label or file name, and which of a notice's are worth reading."""

import re
from collections.abc import Iterable
from functools import lru_cache
from pathlib import PurePosixPath
from urllib.parse import parse_qsl, unquote, urlsplit

from normalizers.lexicon_files import folders_with, more_places, read_documents
from schema.notices import Attachment
from vocabulary.matching import normalize_for_match

_SUFFIXES = frozenset((".pdf", ".docx", ".odt"))
_OTHER_FILE = re.compile(
    r"\.(?:docm?|xlsx?|xlsm|ods|pptx?|zip|rar|7z|p7m|jpe?g|png|gif|svg|rtf|csv|xml|ics|mp4)$"
)
_NOT_A_WORD = re.compile(r"[\W_]+")


ROLES = (
    "picture", "result", "faq", "form", "budget", "privacy notice", "programme", "act",
    "text of the call", "guidelines",
)  # fmt: skip
"""All roles. The first that a word fits wins: "form for the text of the call" is a form."""
READ = ("text of the call", "guidelines")
"""The roles whose documents are read, the one that says most first."""


def find_role(label: str, url: str | None) -> str | None:
    """Return what an attachment is (``guidelines``, ``form`` …); ``None`` where nothing tells.

    The label decides; the file's name counts where the label says nothing.
    """
    for words in (_plain(label), _plain(file_name(url))):
        for role, pattern in _roles(more_places()):
            if pattern.search(words):
                return role
    return None


def choose_documents(attachments: Iterable[Attachment]) -> tuple[str, ...]:
    """Return the addresses of documents that may state the rules of a call, the best first.

    Files in a format that is not read are left out, as far as their names tell.
    """
    found: dict[str, int] = {}
    for each in attachments:
        role = find_role(each.label, each.url)
        if each.url and role in READ and _is_readable(each):
            found.setdefault(each.url, READ.index(role))
    return tuple(sorted(found, key=found.__getitem__))


def file_name(url: str | None) -> str:
    """Return the name of the file that an address names in its path or its query, decoded."""
    if not url:
        return ""
    parts = urlsplit(url)
    names = [value for _, value in parse_qsl(parts.query)]
    names.append(PurePosixPath(unquote(parts.path)).name)
    return next(
        (name for name in names if PurePosixPath(name.lower()).suffix in _SUFFIXES), names[-1]
    )


def _is_readable(attachment: Attachment) -> bool:
    names = (attachment.label.strip().lower(), file_name(attachment.url).lower())
    return not any(_OTHER_FILE.search(name) for name in names)


def _plain(words: str) -> str:
    return f" {_NOT_A_WORD.sub(' ', normalize_for_match(words)).strip()} "


@lru_cache(maxsize=8)
def _roles(more: str) -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Return what a word of each role looks like in any language."""
    words: dict[str, list[str]] = {role: [] for role in ROLES}
    for folder in folders_with(more).values():
        for name, told in read_documents(folder).items():
            words[name.replace("_", " ")] += told
    return tuple((role, _pattern(words[role])) for role in ROLES)


def _pattern(words: Iterable[str]) -> re.Pattern[str]:
    edges = {_plain(each).rstrip() if each.endswith("*") else _plain(each) for each in words}
    return re.compile("|".join(map(re.escape, sorted(edges))) or "(?!)")
