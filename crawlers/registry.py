"""The catalogue: each portal's description, its spider and its readers, by stem.

The stem of a portal is the name of its files, of its spider and of its fixture folder, and in camel
case the name of its class.
"""

from collections.abc import Callable
from functools import cache
from importlib import import_module

from crawlers.bases.portal import PortalSpider
from crawlers.pages.page import Page
from crawlers.pages.readers import ParseResult, read
from crawlers.portals import (
    FOLDER,
    PortalFileError,
    UnknownPortalError,
    load_portal,
    load_portals,
)
from schema.portals import Portal


@cache
def load() -> dict[str, Portal]:
    """Return every portal by stem, or raise :class:`PortalFileError`."""
    return load_portals()


@cache
def spider(stem: str) -> type[PortalSpider]:
    """Return the spider class of a portal, or raise :class:`UnknownPortalError`."""
    if not (FOLDER / f"{stem}.toml").is_file():
        raise UnknownPortalError(stem)
    class_name = "".join(part.capitalize() for part in stem.split("_"))
    found = getattr(import_module(f"crawlers.spiders.{stem}"), class_name, None)
    if not (isinstance(found, type) and issubclass(found, PortalSpider) and found.name == stem):
        raise PortalFileError(f"{stem}.py: needs a spider class {class_name} named {stem!r}")
    return found


def reader(stem: str, kind: str) -> Callable[[Page], ParseResult] | None:
    """Return the reader of a portal's pages of a kind; ``None`` if they hold no notices.

    The returned function never raises: a page that cannot be read gives a result with an Issue.
    """
    found = spider(stem).readers.get(kind)
    return None if found is None else lambda page: read(found, page)


__all__ = ["PortalFileError", "UnknownPortalError", "load", "load_portal", "reader", "spider"]
