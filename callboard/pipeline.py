"""The stages of the main job, put together: the only place where all rooms meet.

Only :meth:`Pipeline.crawl` reads the network or the clock. :meth:`Pipeline.process` goes over the
archive, one crawl and one transaction at a time: a run that was killed is continued by the next,
and the same archive with the same code gives the same rows.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cached_property, partial
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from callboard.config import Config, ConfigError
from callboard.english import (
    all_texts,
    by_urgency,
    installed_engines,
    stored_memory,
    with_texts,
)
from callboard.progress import Bar, counting, tracked
from crawlers import registry
from exports.digest import render_digest
from exports.selection import select_entries
from linking.clustering import LinkedNotice, link
from linking.merge import merge
from normalizers.documents.roles import choose_documents
from processing.code_fingerprint import fingerprints
from processing.ingestion import Processed, ingest
from processing.page_extraction import PageExtractor
from processing.parsed_page_cache import ParsedPageCache
from schema.calls import Status, Text
from schema.crawls import CrawlReport
from schema.exchanges import ArchivedExchange, Exchange
from schema.files import write_atomically
from schema.issues import Issue, Severity
from schema.notices import RawNotice
from schema.portals import Portal
from storage.archive.archive import Archive
from storage.archive.crawl_file import CrawlFile
from storage.database import calls, issues, notices, portals
from storage.database.clock import set_clock
from storage.database.engine import Database
from translators.claims import ModelClaims
from translators.texts import recall_texts, translate_texts

if TYPE_CHECKING:
    from crawlers.pages.readers import ParseResult
    from crawlers.run import CrawlSettings
    from translators.engines import Translator
    from translators.texts import Memory


@dataclass(frozen=True, slots=True)
class Translated:
    """What :meth:`Pipeline.translate` did."""

    statuses: Mapping[str, Mapping[str, int]]
    """Texts by language and status."""
    checks: Mapping[str, int]
    """Texts by what the checks found: ``restored``, ``split``, ``missing:…``, ``term:…``."""


class Pipeline:
    """One installation: its configuration, archive and database."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.archive = Archive(config.archive)
        self.database = Database(config.database_url)
        self.portals: dict[str, Portal] = registry.load()
        self.now: Callable[[], datetime] = config.clock()
        self._reader = PageExtractor(self.portals)
        self._cache = ParsedPageCache(config.data)

    def close(self) -> None:
        """Close the database, and end engines that run as processes."""
        self.database.dispose()
        self._cache.clear()
        if "engines" in self.__dict__:
            for engine in self.engines:
                engine.close()

    def prepare(self) -> None:
        """Bring the database's schema, portals and clock up to date. Raises ``DatabaseError``."""
        self.database.migrate()
        with self.database.write() as connection:
            portals.save(connection, self.portals.values())
            set_clock(connection, self.config.now)

    # -- crawl --------------------------------------------------------------------------------

    def stems(self, wanted: Sequence[str] = ()) -> list[str]:
        """Return the portals to crawl: those asked for, else those configured, else all in use."""
        chosen = list(wanted or self.config.portals)
        for stem in chosen:
            if stem not in self.portals:
                raise registry.UnknownPortalError(stem)
        if chosen:
            return chosen
        return [
            stem
            for stem, portal in self.portals.items()
            if portal.status not in ("refused", "retired")
        ]

    def crawl(
        self,
        stems: Sequence[str],
        *,
        sample: int | None = None,
        expect: dict[str, tuple[int, int]] | None = None,
    ) -> list[CrawlReport]:
        """Fetch the inventories of the portals into the archive; one outcome a portal."""
        from crawlers.run import crawl

        if self.config.translate.fixtures is not None and not self.config.crawl.connect:
            raise ConfigError(
                "translate.fixtures is for the demo, whose portals are on this machine: it can't "
                "be used to crawl live ones. Take it out of the configuration."
            )
        fingerprints(stems)  # of what the crawl reads with, should the code be replaced meanwhile
        with counting("pages") as bar:
            return crawl(
                stems,
                self.crawl_settings(sample, expect or {}),
                lambda portal, started_at: _Store(
                    self.archive.begin(portal.stem, started_at), self._cache, bar
                ),
            )

    def crawl_settings(
        self, sample: int | None = None, expect: Mapping[str, tuple[int, int]] = {}
    ) -> "CrawlSettings":
        """Return the settings with which this installation crawls."""
        from crawlers.run import AttachmentPolicy, CrawlSettings

        ours = self.config.crawl
        return CrawlSettings(
            user_agent=f"Callboard/{version('callboard')}",
            contact=ours.contact,
            now=self.now,
            connect=ours.connect,
            sample=sample,
            delay=ours.delay,
            timeout=ours.timeout,
            max_bytes=ours.max_bytes,
            retries=ours.retries,
            backoff=ours.backoff,
            attachments=AttachmentPolicy(
                self.choose_documents, ours.documents_per_notice, ours.document_max_bytes
            ),
            expect=expect,
        )

    def choose_documents(self, raw: RawNotice) -> Sequence[str]:
        """Return the documents of a notice that are worth fetching: those of calls not closed."""
        found = choose_documents(raw.attachments)
        if not found:
            return ()
        now = self.now()
        _, call = self._reader.normalise(raw, now)
        return found if call.is_call and call.status(now) is not Status.CLOSED else ()

    # -- process ------------------------------------------------------------------------------

    def process(self, *, everything: bool = False) -> Processed:
        """Read what the archive holds beyond what was processed, or all of it."""
        done = ingest(
            self.archive,
            self.database,
            PageExtractor(self.portals),
            self._cache,
            everything=everything,
            page_seconds=self.config.process.page_seconds,
            watch=partial(tracked, what="Reading crawls"),
        )
        self._cache.clear()
        return done

    # -- translate ----------------------------------------------------------------------------

    def translate(self, *, renew: bool = False, within: timedelta | None = None) -> Translated:
        """Put what no engine has tried yet into English, the most urgent first.

        With ``renew``, what other models made is made again by those that are first in line now.
        Another process may do the same at the same time: no model works twice.
        """
        if within is None and self.config.translate.minutes:
            within = timedelta(minutes=self.config.translate.minutes)
        end = time.monotonic() + within.total_seconds() if within is not None else None
        with self.database.read() as connection:
            known = [each for each in notices.current(connection) if each.call.is_call]
        bodies = {id(each.call): Text(each.text, each.call.language) for each in known}
        groups = by_urgency((each.call for each in known), self.now())
        if end is None:  # the order does not matter, and every model is loaded only once
            groups = [[call for group in groups for call in group]]
        statuses: dict[str, Counter[str]] = defaultdict(Counter)
        checks: Counter[str] = Counter()
        with counting("sentences") as bar:
            for group in groups:
                texts = all_texts(group)
                if self.config.translate.bodies:
                    texts += [bodies[id(call)] for call in group]
                for text in translate_texts(
                    texts,
                    self.engines,
                    self._memory,
                    lambda count: bar.advance("English", count),
                    renew=renew,
                    claim=ModelClaims(self.config.data / "models.locks"),
                    enough=lambda: end is not None and time.monotonic() >= end,
                ):
                    statuses[text.language][text.status] += 1
                    checks.update(text.checks)
        return Translated(dict(statuses), checks)

    @cached_property
    def engines(self) -> "list[Translator]":
        """The offline engines that are installed, best first; no model is loaded by asking."""
        return installed_engines(self.config)

    def bodies(self, found: Iterable[notices.CurrentNotice]) -> list[Text]:
        """Return the whole texts of notices with what the memory has of their English."""
        texts = [Text(each.text, each.call.language) for each in found]
        return recall_texts(texts, self.engines, self._memory)

    @property
    def _memory(self) -> "Memory":
        return stored_memory(self.database, self.now, self.config)

    # -- link ---------------------------------------------------------------------------------

    def link(self) -> int:
        """Group the current notices into calls and store them; return how many calls there are."""
        with self.database.read() as connection:
            current = list(notices.current(connection))
        english = iter(
            recall_texts(all_texts(each.call for each in current), self.engines, self._memory)
        )
        clusters = link(
            LinkedNotice(
                each.id,
                each.portal,
                self._role(each.portal),
                each.first_seen_at,
                with_texts(each.call, english),
                each.text,
            )
            for each in current
        )
        merged: list[calls.MergedCall] = []
        failed: dict[str, str] = {}
        for each in clusters:
            try:
                merged.append(calls.MergedCall(each.call_id, merge(each), each.links))
            except Exception as error:  # noqa: BLE001 - a call must not cost the others
                failed[each.call_id] = type(error).__name__
        with self.database.write() as connection:
            failed |= calls.save(connection, merged)
            leads = {each.call_id: each.links[0].notice_id for each in clusters}
            for call_id, error_class in failed.items():
                issues.save_of_notice(connection, _not_stored(error_class), leads[call_id])
        return len(clusters) - len(failed)

    def _role(self, stem: str) -> str:
        return self.portals[stem].role if stem in self.portals else "relay"

    # -- digest -------------------------------------------------------------------------------

    def digest(
        self, since: timedelta, closing_within: timedelta | None = None, separator: str = ","
    ) -> tuple[str, int]:
        """Return the digest of the time up to now as CSV, and how many calls it tells of."""
        now = self.now()
        soon = closing_within
        if soon is None:
            soon = timedelta(days=self.config.digest.closing_within_days)
        with self.database.read() as connection:
            entries = select_entries(connection, now - since, now, soon)
        return render_digest(entries, now, separator), len(entries)

    def write_digest(self, text: str, path: Path | None = None) -> Path:
        """Write a digest, whole or not at all, by default named after the day (``OSError``)."""
        target = path or self.config.digests / f"callboard-{self.now():%Y-%m-%d}.csv"
        target.parent.mkdir(parents=True, exist_ok=True)
        with write_atomically(target) as file:
            file.write(text.encode())
        return target


def _not_stored(error_class: str) -> Issue:
    return Issue(
        "call_not_stored",
        "The call of this notice could not be put together or stored; the others are.",
        Severity.ERROR,
        detail=error_class,
    )


class _Store:
    """The file of a running crawl, with a progress bar; what is read of it is kept."""

    def __init__(self, file: CrawlFile, cache: ParsedPageCache, bar: Bar) -> None:
        self._file, self._cache, self._bar = file, cache, bar
        self.latest = file.latest
        self.answered_before = file.answered_before
        self.close = file.close

    def add(self, exchange: Exchange) -> int:
        """Archive, then count."""
        number = self._file.add(exchange)
        self._bar.advance(self._file.portal)
        return number

    def keep(self, number: int, exchange: Exchange, result: "ParseResult") -> None:
        """Keep what the page says for the process that follows."""
        self._cache.keep(ArchivedExchange(self._file.crawl_id, number, exchange), result)
