"""What an installation can set, from ``callboard.toml`` and ``CALLBOARD_*`` variables.

Relative paths are relative to the file that states them, so that cron may start anywhere.
"""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from schema.errors import CallboardError

DEFAULT_FILE = Path("callboard.toml")


class ConfigError(CallboardError):
    """The configuration can't be used; the message names the file, the key and the remedy."""


class Strict(BaseModel):
    """A table of the file: an unknown key is an error, not a silent nothing."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class CrawlConfig(Strict):
    """How politely, and from where, pages are fetched."""

    contact: str = "contact not configured"
    """Address or e-mail that the user agent names, so that a portal's operator can reach you."""
    delay: Annotated[float, Field(ge=0)] = 1.0
    """Seconds between two requests to one host."""
    timeout: Annotated[float, Field(gt=0)] = 60.0
    """Seconds after which a request is given up."""
    max_bytes: Annotated[int, Field(gt=0)] = 20_000_000
    """Largest response body that is read."""
    documents_per_notice: Annotated[int, Field(ge=0)] = 2
    """Linked guidelines fetched for a notice, at most; 0: none at all."""
    document_max_bytes: Annotated[int, Field(gt=0)] = 10_000_000
    """Largest linked document that is fetched."""
    retries: Annotated[int, Field(ge=0)] = 3
    backoff: Annotated[float, Field(ge=0)] = 5.0
    """Seconds before the first retry, doubled each time."""
    connect: dict[str, str] = {}
    """Real host to ``address:port`` to connect to instead, e.g. a playback on loopback."""


class ProcessConfig(Strict):
    """How long the pages of the archive may take."""

    page_seconds: Annotated[float, Field(gt=0)] = 120.0
    """Seconds after which a page that is still being read is set aside, and the rest goes on."""


EngineName = Literal["argos", "apertium"]


class TranslateConfig(Strict):
    """Which offline engines may be used, in which order, and how long."""

    engines: tuple[EngineName, ...] = ("argos", "apertium")
    order: dict[str, tuple[EngineName, ...]] = {}
    """By source language, instead of ``engines``: ``hr = ["apertium"]``."""
    packages: Path | None = None
    """Folder of installed Argos packages; by default argostranslate's own."""
    gist: tuple[str, ...] = ("it",)
    """Languages for which a rough gist is better than nothing."""
    fast: bool = False
    """Greedy search: about half of the time, now and then other words."""
    threads: Annotated[int, Field(ge=1)] = 1
    """Processor cores for one model."""
    minutes: Annotated[float, Field(gt=0)] | None = None
    """How long `callboard run` may translate; open calls come first, the rest stays pending."""
    bodies: bool = False
    """Whether whole notices are put into English too, not only title, summary, conditions and
    names of documents."""
    fixtures: Path | None = None
    """Folder of fixture models, which know only the demo's sentences: only beside a fixed ``now``,
    and only for languages without another engine."""


class DigestConfig(Strict):
    """What the weekly digest says."""

    closing_within_days: Annotated[int, Field(ge=0)] = 14
    folder: Path = Path("digests")
    """Inside the data directory unless absolute."""


class Config(BaseSettings):
    """The whole configuration; ``CALLBOARD_DATABASE``, ``CALLBOARD_CRAWL__DELAY`` and so on win."""

    model_config = SettingsConfigDict(
        env_prefix="CALLBOARD_", env_nested_delimiter="__", extra="forbid", frozen=True
    )

    base: Path = Path()
    """Folder that relative paths start from."""
    data_dir: Path = Path("var")
    database: str = ""
    """SQLAlchemy URL; by default ``callboard.sqlite`` in the data directory."""
    portals: tuple[str, ...] = ()
    """Stems to crawl; empty means all that are not refused or retired."""
    stalled_after_minutes: Annotated[float, Field(gt=0)] = 60
    """A run that has got no further for so long is called stalled, by the next run and by
    `callboard doctor`."""
    now: datetime | None = None
    """A fixed clock, for replays and the demo; live installations leave it out."""
    crawl: CrawlConfig = CrawlConfig()
    process: ProcessConfig = ProcessConfig()
    translate: TranslateConfig = TranslateConfig()
    digest: DigestConfig = DigestConfig()

    @field_validator("now")
    @classmethod
    def _aware(cls, value: datetime | None) -> datetime | None:
        if value is not None and value.tzinfo is None:
            raise ValueError("needs a zone, e.g. 2020-11-23T06:00:00Z")
        return value

    @model_validator(mode="after")
    def _no_fixtures_in_earnest(self) -> "Config":
        if self.translate.fixtures is not None and self.now is None:
            raise ValueError("translate.fixtures is for the demo: it needs a fixed `now`")
        return self

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Let the environment win over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def data(self) -> Path:
        """The data directory, absolute."""
        return (self.base / self.data_dir).absolute()

    @property
    def archive(self) -> Path:
        """The folder of WARC files."""
        return self.data / "archive"

    @property
    def digests(self) -> Path:
        """The folder that digests are written to."""
        return self.data / self.digest.folder

    @property
    def lock(self) -> Path:
        """The file whose lock keeps runs from overlapping."""
        return self.data / "run.lock"

    @property
    def lock_holder(self) -> Path:
        """The file in which the holder of the lock says who it is."""
        return self.data / "run.holder"

    @property
    def database_url(self) -> str:
        """The SQLAlchemy URL of the database."""
        return self.database or f"sqlite:///{self.data / 'callboard.sqlite'}"

    def clock(self) -> Callable[[], datetime]:
        """Return the clock of this installation: UTC, or the fixed moment plus the time since."""
        if self.now is None:
            return lambda: datetime.now(UTC)
        start, began = self.now.astimezone(UTC), time.monotonic()
        return lambda: start + timedelta(seconds=time.monotonic() - began)


def load(path: Path | None = None) -> Config:
    """Read the configuration; without a path, ``callboard.toml`` here if there is one."""
    if path is not None and not path.is_file():
        raise ConfigError(f"{path}: no such configuration file")
    file = path or DEFAULT_FILE

    class FromFile(Config):
        model_config = SettingsConfigDict(toml_file=file if file.is_file() else None)

    try:
        return FromFile(base=file.parent)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(str(part) for part in first["loc"])
        raise ConfigError(f"{file}: {key}: {first['msg']}") from error
    except ValueError as error:  # not TOML at all
        raise ConfigError(f"{file}: {error}") from error
