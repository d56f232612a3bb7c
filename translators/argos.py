"""Argos packages through CTranslate2: batches of sentences instead of one at a time.

``argostranslate.translate`` would import stanza (torch) and open a network connection for its
sentence splitter; the package's own tokenizer and model are all that is needed, and at beam 4 give
the same English.
"""

import re
import threading
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from schema.calls import TextStatus
from translators.engines import EngineError, primary
from translators.packages import Package, PackageError, list_packages, version_numbers
from translators.punctuation import plain_punctuation

MAX_TOKENS = 480
"""Longest input: models converted from Marian have 512 positions, and one longer sentence makes
CTranslate2 refuse the whole batch."""
BATCH_TOKENS = 1024
BEAM = 4
FAST_BEAM = 1
_STARVED = re.compile(
    r"bad_alloc|out of memory|allocate (?:\w+ )?memory|memory allocation"
    r"|Resource temporarily unavailable",  # no thread could be started
    re.IGNORECASE,
)
_BREAKS = (re.compile(r"(?<=[;:])\s+"), re.compile(r"(?<=,)\s+"), re.compile(r"\s+"))


class ArgosEngine:
    """One installed package. The model is loaded at the first sentence and kept."""

    status = TextStatus.TRANSLATED

    def __init__(self, package: Package, *, threads: int = 1, fast: bool = False) -> None:
        self._package = package
        self._threads = threads
        self._beam = FAST_BEAM if fast else BEAM
        self._lock = threading.Lock()
        self._loaded: tuple[Any, Any] | None = None

    @property
    def name(self) -> str:
        """Return ``argos``, or ``fixture`` for a package that is only for tests."""
        return "fixture" if self._package.fixture else "argos"

    @property
    def version(self) -> str:
        """Return pair, package version and whether the search is greedy."""
        return self._package.label + (" fast" if self._beam == FAST_BEAM else "")

    def languages(self) -> frozenset[str]:
        """Return the one language of the package."""
        return frozenset({primary(self._package.language)})

    def translate(self, sentences: Sequence[str], language: str) -> list[str]:
        """Return the English of each sentence. One too long for the model is put in as parts."""
        if primary(language) not in self.languages():
            raise EngineError(f"argos {self.version} does not read {language}.")
        package, model = self._load()
        if self._package.plain:
            sentences = [plain_punctuation(sentence) for sentence in sentences]
        try:
            parts = [self._fitting(sentence, package.tokenizer) for sentence in sentences]
            tokens = [each for sentence in parts for each in sentence]
            prefix = [[package.target_prefix]] * len(tokens) if package.target_prefix else None
            # Bounded, so that a model that repeats itself without end costs little.
            longest = max((len(each) for each in tokens), default=0)
            results = model.translate_batch(
                tokens,
                target_prefix=prefix,
                max_batch_size=BATCH_TOKENS,
                batch_type="tokens",
                beam_size=self._beam,
                length_penalty=0.2,
                replace_unknowns=True,
                max_decoding_length=min(MAX_TOKENS, 3 * longest + 30),
            )
            english = iter([self._decoded(each.hypotheses[0], package) for each in results])
        except (RuntimeError, ValueError, MemoryError, OSError) as error:
            if _is_starved(error):
                raise self._starved(error) from error
            raise EngineError(f"argos {self.version} broke down: {error}") from error
        return [" ".join(next(english) for _ in sentence) for sentence in parts]

    def close(self) -> None:
        """Unload the model; it is loaded again if there is more to translate."""
        with self._lock:
            self._loaded = None

    def _load(self) -> tuple[Any, Any]:
        with self._lock:
            if self._loaded is None:
                self._loaded = self._open()
            return self._loaded

    def _open(self) -> tuple[Any, Any]:
        path = self._package.path
        try:
            import ctranslate2
            from argostranslate import package as argos_package

            opened = argos_package.Package(path)
            opened.tokenizer.encode("")
            # "default", not argostranslate's "auto": with that some packages return garbage
            # (argostranslate issues 504 and 522).
            model = ctranslate2.Translator(
                str(path / "model"), compute_type="default", intra_threads=self._threads
            )
        except ImportError as error:
            raise EngineError(
                f"argos: {error.name} is not installed. Run `make install`."
            ) from error
        except Exception as error:  # a damaged model may raise anything
            if _is_starved(error):
                raise self._starved(error) from error
            raise PackageError(
                f"{path}: the Argos package is damaged ({error}). Install it again."
            ) from error
        return opened, model

    def _starved(self, error: Exception) -> EngineError:
        why = str(error) or type(error).__name__
        return EngineError(
            f"argos {self.version}: there is not enough memory ({why}). Free some, or take a "
            "smaller model; what is done stays, and `callboard translate` goes on from there."
        )

    @staticmethod
    def _fitting(sentence: str, tokenizer: Any) -> list[list[str]]:
        """Return the tokens of a sentence, in as many parts as the model's length demands."""
        whole: list[str] = tokenizer.encode(sentence)
        if len(whole) <= MAX_TOKENS:
            return [whole]
        fitting: list[list[str]] = []
        waiting = [sentence]
        while waiting:
            part = waiting.pop()
            tokens: list[str] = tokenizer.encode(part)
            if len(tokens) <= MAX_TOKENS:
                fitting.append(tokens)
            else:
                waiting += reversed(_halves(part))
        return fitting

    @staticmethod
    def _decoded(tokens: list[str], package: Any) -> str:
        english: str = package.tokenizer.decode(tokens)
        return english.removeprefix(package.target_prefix or "").strip()


def find_engines(
    folder: Path, *, threads: int = 1, fast: bool = False, fixtures: bool = False
) -> tuple[list[ArgosEngine], list[PackageError]]:
    """Return an engine for each usable package of a folder, and what is wrong with the others.

    Of several packages for one language those that the operator built come first, then the highest
    version; fixtures last. Fixtures are left out unless asked for: they know only the sentences of
    the demo.
    """
    packages, errors = list_packages(folder)
    usable: Iterable[Package] = (each for each in packages if fixtures or not each.fixture)
    newest = sorted(usable, key=lambda each: version_numbers(each.version), reverse=True)
    ordered = sorted(newest, key=lambda each: (each.fixture, not each.model))
    return [ArgosEngine(each, threads=threads, fast=fast) for each in ordered], errors


def _is_starved(error: Exception) -> bool:
    """Tell whether an error says that memory ran out: libraries have many words for it."""
    return isinstance(error, MemoryError) or _STARVED.search(str(error)) is not None


def _halves(text: str) -> tuple[str, str]:
    """Split near the middle: at a semicolon, else a comma, else a space, else anywhere."""
    middle = len(text) // 2
    for pattern in _BREAKS:
        places = [match for match in pattern.finditer(text) if 0 < match.start() < len(text) - 1]
        near = [match for match in places if abs(match.start() - middle) <= len(text) // 4]
        if near:
            best = min(near, key=lambda match: abs(match.start() - middle))
            return text[: best.start()], text[best.end() :]
    return text[:middle], text[middle:]
