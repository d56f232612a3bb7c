"""Which languages of the portals have a model, and the command that mends what is missing."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from schema.calls import TextStatus
from schema.portals import Portal
from translators.downloads import NOT_IN_ARGOS
from translators.engines import Translator, engines_for, primary
from translators.texts import FIXTURE


@dataclass(frozen=True, slots=True)
class Need:
    """A language that portals print, and what puts it into English."""

    language: str
    portals: tuple[str, ...]
    """Stems."""
    engine: Translator | None
    """The first in line; ``None`` if texts stay pending."""

    @property
    def met(self) -> bool:
        """Tell whether there is a translation, not a gist or a fixture."""
        engine = self.engine
        return (
            engine is not None and engine.status is TextStatus.TRANSLATED and engine.name != FIXTURE
        )

    @property
    def remedy(self) -> str:
        """Return the command that gets a model; needs internet, or files from elsewhere."""
        if self.language in NOT_IN_ARGOS:
            return f"callboard models build {self.language} --download"
        return _install([self.language])


def in_use(configured: Sequence[str], catalogue: Mapping[str, Portal]) -> dict[str, Portal]:
    """Return the portals that a run crawls: those configured, else all that can be crawled."""
    stems = configured or [
        stem for stem, each in catalogue.items() if each.status not in ("refused", "retired")
    ]
    return {stem: catalogue[stem] for stem in stems if stem in catalogue}


def needs(portals: Iterable[Portal], engines: Iterable[Translator]) -> list[Need]:
    """Return the languages of portals in use but for English, those of most portals first."""
    installed = list(engines)
    printed: dict[str, list[str]] = {}
    for portal in portals:
        if portal.status in ("refused", "retired"):
            continue
        for language in dict.fromkeys(primary(each) for each in portal.languages):
            if language != "en":
                printed.setdefault(language, []).append(portal.stem)
    found = [
        Need(language, tuple(stems), next(iter(engines_for(installed, language)), None))
        for language, stems in printed.items()
    ]
    return sorted(found, key=lambda need: (-len(need.portals), need.language))


def remedies(missing: Sequence[Need]) -> list[str]:
    """Return as few commands as get a model for each of the languages."""
    fetched = [need.language for need in missing if need.language not in NOT_IN_ARGOS]
    built = [need.remedy for need in missing if need.language in NOT_IN_ARGOS]
    return [*([_install(fetched)] if fetched else []), *built]


def untranslated(missing: Iterable[Need]) -> str:
    """Return what is said of languages without a translation."""
    return f"no translation model for: {', '.join(need.language for need in missing)}"


def hint(portals: Iterable[Portal], engines: Iterable[Translator]) -> str | None:
    """Return one line on the languages without a translation, or nothing if all have one."""
    missing = [need for need in needs(portals, engines) if not need.met]
    if not missing:
        return None
    return f"{untranslated(missing)}  → {'; '.join(remedies(missing))}"


def _install(languages: Sequence[str]) -> str:
    return f"callboard models install {' '.join(languages)} --download"
