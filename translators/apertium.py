"""Apertium through its own pipeline processes: a rough gist, never called a translation.

Every stage of a mode is started once and kept. ``apertium -z`` itself hangs for ever, because
``lt-proc -b -z`` does not flush a word directly before the NUL that ends a message: so the stages
are started here, and a superblank goes before every NUL. A watchdog ends a pipeline that is silent.
"""

import hashlib
import logging
import os
import re
import selectors
import shlex
import shutil
import subprocess
import time
import weakref
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import IO

from schema.calls import TextStatus
from translators.engines import EngineError, primary

_log = logging.getLogger(__name__)

MODES = Path("/usr/share/apertium/modes")
CHAINS: dict[str, tuple[tuple[str, ...], ...]] = {
    "hr": (("hbs-eng",),),
    "bs": (("hbs-eng",),),
    "sr": (("hbs-eng",),),
    "es": (("spa-eng",),),
    "ca": (("cat-eng",),),
    "it": (("ita-spa", "spa-eng"), ("ita-cat", "cat-eng")),
}
"""Modes into English by language, the better chain first; there is no direct it-en."""
PACKAGES = {
    "hbs-eng": "apertium-hbs-eng",
    "spa-eng": "apertium-eng-spa",
    "cat-eng": "apertium-eng-cat",
    "ita-spa": "apertium-spa-ita",
    "ita-cat": "apertium-cat-ita",
}
"""Debian's package of each mode."""

TIMEOUT = 20.0
"""Seconds of silence after which a pipeline is given up; the slowest answer measured took 0.5."""
_MESSAGE_END = "[][\n]"
_STOP = ".[]"
"""What Apertium's own text filter adds to a line without a full stop, to analyse it better."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SPECIAL = re.compile(r"([\\\[\]$/@<>{}])")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)


class ApertiumEngine:
    """One chain of modes into English. Its processes start at the first sentence."""

    name = "apertium"
    status = TextStatus.GIST

    def __init__(
        self,
        languages: Collection[str],
        chain: Sequence[str],
        modes: Path = MODES,
        timeout: float = TIMEOUT,
    ) -> None:
        self._languages = frozenset(languages)
        self._chain = tuple(chain)
        self._modes = modes
        self._timeout = timeout
        self._pipelines: list[_Pipeline] = []

    @cached_property
    def version(self) -> str:
        """Return the chain and a digest of its data files' names and sizes."""
        digest = hashlib.sha256()
        for mode in self._chain:
            for stage in read_mode(self._modes / f"{mode}.mode"):
                for argument in stage[1:]:
                    path = Path(argument)
                    size = path.stat().st_size if path.is_file() else 0
                    digest.update(f"{argument} {size}\n".encode())
        return f"{' '.join(self._chain)} {digest.hexdigest()[:8]}"

    def languages(self) -> frozenset[str]:
        """Return the languages that the first mode reads, as far as they are accepted."""
        return self._languages

    def translate(self, sentences: Sequence[str], language: str) -> list[str]:
        """Return the gist of each sentence; empty for one that hangs the pipeline twice."""
        if primary(language) not in self._languages:
            raise EngineError(f"apertium {self._chain[0]} is not accepted for {language}.")
        if not self._pipelines:
            self._pipelines = [
                _Pipeline(self._modes / f"{mode}.mode", self._timeout) for mode in self._chain
            ]
        english = []
        for sentence in sentences:
            for pipeline in self._pipelines:
                sentence = pipeline.send(sentence) if sentence else ""  # noqa: PLW2901
            english.append(sentence)
        return english

    def close(self) -> None:
        """End the processes; they start again if there is more to translate."""
        for pipeline in self._pipelines:
            pipeline.stop()


@dataclass(slots=True)
class _Process:
    """The stages of a running pipeline: what to write to, what to read from."""

    stages: list[subprocess.Popen[bytes]]

    @property
    def entrance(self) -> IO[bytes]:
        stream = self.stages[0].stdin
        assert stream is not None  # noqa: S101 - given at start
        return stream

    @property
    def exit(self) -> IO[bytes]:
        stream = self.stages[-1].stdout
        assert stream is not None  # noqa: S101 - given at start
        return stream


class _Pipeline:
    """The processes of one mode, and one message at a time through them."""

    def __init__(self, mode: Path, timeout: float) -> None:
        self._mode, self._timeout = mode, timeout
        self._process: _Process | None = None
        self._finalizer: weakref.finalize[..., object] | None = None

    def send(self, sentence: str) -> str:
        """Return what comes out for a sentence; empty if it hangs or breaks the pipeline twice."""
        message = _escaped(sentence).encode() + _MESSAGE_END.encode() + b"\0"
        reason = ""
        for _ in range(2):
            process = self._process or self._start()
            try:
                return _unescaped(self._exchange(process, message), sentence)
            except (TimeoutError, OSError, UnicodeDecodeError) as error:
                reason = f"{type(error).__name__}: {error}"
                self.stop()
        _log.warning("apertium %s gave no answer (%s): %.80r", self._mode.stem, reason, sentence)
        return ""

    def stop(self) -> None:
        if self._finalizer is not None:
            self._finalizer()
        self._process = None

    def _start(self) -> _Process:
        stages: list[subprocess.Popen[bytes]] = []
        process = _Process(stages)
        self._finalizer = weakref.finalize(self, _end, stages)
        environment = {**os.environ, "LC_ALL": "C.UTF-8"}
        try:
            for stage in read_mode(self._mode):
                stages.append(
                    subprocess.Popen(  # noqa: S603 - programs and files of the installed mode
                        [stage[0], "-z", *stage[1:]],
                        stdin=stages[-1].stdout if stages else subprocess.PIPE,
                        stdout=subprocess.PIPE,
                        stderr=subprocess.DEVNULL,
                        bufsize=0,
                        env=environment,
                    )
                )
                if len(stages) > 1:
                    previous = stages[-2].stdout
                    if previous is not None:
                        previous.close()  # else the next stage never sees the end of its input
        except OSError as error:
            self.stop()
            raise EngineError(
                f"apertium {self._mode.stem} does not start ({error}). Install it again: "
                f"apt install apertium {PACKAGES.get(self._mode.stem, '')}"
            ) from error
        self._process = process
        os.set_blocking(process.entrance.fileno(), False)
        return process

    def _exchange(self, process: _Process, message: bytes) -> bytes:
        """Write a message and read the answer at once: a long one would fill both pipes."""
        answer = bytearray()
        pending = memoryview(message)
        give_up_at = time.monotonic() + self._timeout
        with selectors.DefaultSelector() as selector:
            selector.register(process.exit, selectors.EVENT_READ)
            selector.register(process.entrance, selectors.EVENT_WRITE)
            while not answer.endswith(b"\0"):
                ready = selector.select(max(0.0, give_up_at - time.monotonic()))
                if not ready:
                    raise TimeoutError(f"silent for {self._timeout:g} s")
                for key, _ in ready:
                    if key.fileobj is process.exit:
                        chunk = os.read(process.exit.fileno(), 65536)
                        if not chunk:
                            raise BrokenPipeError("a stage has ended")
                        answer += chunk
                        give_up_at = time.monotonic() + self._timeout
                    else:
                        pending = pending[os.write(process.entrance.fileno(), pending) :]
                        if not pending:
                            selector.unregister(process.entrance)
        return bytes(answer[:-1])


def read_mode(path: Path) -> list[list[str]]:
    """Return the stages of a ``.mode`` file as commands, unknown words to be left unmarked."""
    try:
        line = path.read_text(encoding="utf-8")
    except OSError as error:
        raise EngineError(f"apertium: the mode {path} cannot be read ({error}).") from error
    # $1 is the generator's option: -n leaves unknown words as they are, so that a second mode in
    # the chain can still know them. $2 is the tagger's, for debugging.
    stages = line.replace("$1", "-n").replace("$2", "").split("|")
    return [shlex.split(stage) for stage in stages if stage.strip()]


def find_engines(accepted: Collection[str], modes: Path = MODES) -> list[ApertiumEngine]:
    """Return an engine for each chain that is installed and serves an accepted language.

    ``accepted`` are the languages (BCP 47 primary subtags) whose readers prefer a gist to nothing.
    """
    serving: dict[tuple[str, ...], list[str]] = {}
    for language in sorted({primary(each) for each in accepted}):
        for chain in CHAINS.get(language, ()):
            if all(_is_installed(modes / f"{mode}.mode") for mode in chain):
                serving.setdefault(chain, []).append(language)
                break
    return [ApertiumEngine(languages, chain, modes) for chain, languages in serving.items()]


def install_command(language: str) -> str:
    """Return the command that installs the better chain of a language, on Debian or Ubuntu."""
    return " ".join(["apt install apertium", *(PACKAGES[mode] for mode in CHAINS[language][0])])


def _is_installed(mode: Path) -> bool:
    return mode.is_file() and all(shutil.which(stage[0]) for stage in read_mode(mode))


def _escaped(sentence: str) -> str:
    # An escaped ^ at the end makes lt-proc wait for ever; the letter that looks like it does not.
    text = _SPECIAL.sub(r"\\\1", _CONTROL.sub(" ", sentence).replace("^", "ˆ"))
    return text if text.endswith((".", "!", "?")) else text + _STOP


def _unescaped(answer: bytes, sentence: str) -> str:
    text = answer.decode().removesuffix(_MESSAGE_END)
    if not sentence.endswith((".", "!", "?")):
        text = text.removesuffix(_STOP)
    text = _ESCAPED.sub(r"\1", text)
    return (text if "ˆ" in sentence else text.replace("ˆ", "^")).strip()


def _end(stages: list[subprocess.Popen[bytes]]) -> None:
    for stage in stages:
        stage.kill()
        for stream in (stage.stdin, stage.stdout):
            if stream is not None:
                stream.close()
    for stage in stages:
        stage.wait()
