"""What every test may rely on: no network but loopback, the real captures where they lie, no clock.

Property tests try the same examples in every run; ``make test-random`` tries others, and more. None
has a deadline, since how long an example takes says nothing on a busy machine.
"""

import os
import signal
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest

from tests.support.demo_run import DemoRun

hypothesis.settings.register_profile("same", deadline=None, derandomize=True)
hypothesis.settings.register_profile("random", deadline=None, max_examples=1000)
hypothesis.settings.load_profile(os.environ.get("CALLBOARD_TESTS", "same"))

# A shell ignores Ctrl-C on behalf of what it starts in the background; some tests send it.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

SHARED = Path(__file__).parents[2] / "shared"
LOOPBACK = frozenset(("127.0.0.1", "::1", "localhost"))


@pytest.fixture
def shared() -> Path:
    """Return the folder of real captures; tests that use it carry the marker ``shared``."""
    return SHARED


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """Run ``callboard demo`` once for all tests that only look at what it leaves."""
    return DemoRun.play(tmp_path_factory.mktemp("checkout"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    skip = pytest.mark.skip(reason=f"no real captures: {SHARED} is not there")
    for item in items:
        if item.get_closest_marker("shared") and not SHARED.is_dir():
            item.add_marker(skip)


@pytest.fixture(autouse=True, scope="session")
def only_loopback() -> Iterator[None]:
    """Make every name and address but this machine's own unreachable."""
    connect, resolve = socket.socket.connect, socket.getaddrinfo

    def connect_to_loopback(self: socket.socket, address: Any) -> None:
        if self.family in (socket.AF_INET, socket.AF_INET6) and address[0] not in LOOPBACK:
            raise OSError(f"tests must not reach {address[0]}")
        connect(self, address)

    def resolve_loopback(host: Any, *args: Any, **options: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name is not None and name not in LOOPBACK:
            raise socket.gaierror(socket.EAI_NONAME, f"tests must not look up {name}")
        return resolve(host, *args, **options)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_to_loopback)
        patch.setattr(socket, "getaddrinfo", resolve_loopback)
        yield
