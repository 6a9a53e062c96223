"""A demo as a user starts it: a process of its own, a folder of its own, a port of its own."""

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.partnership import Partnership

ENTENTE = Path(sys.executable).with_name("entente")
_NOT_OURS = ("ENTENTE_", "KAFKA_BOOTSTRAP_SERVERS", "DATABASE_URL")


def environment() -> dict[str, str]:
    """That of a user who has set nothing."""
    return {name: value for name, value in os.environ.items() if not name.startswith(_NOT_OURS)}


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


class Demo:
    """``entente demo`` on one folder, started and stopped as often as a test likes."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder, self.options = folder, options
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.said = ""
        self.process: subprocess.Popen[str] | None = None
        self._tokens: dict[str, str] = {}

    def start(self, within: float = 400) -> None:
        """Start it and wait until it says where it is."""
        log = self.folder.parent / "demo.out"
        with log.open("w") as output:
            where: list[str | Path] = ["--data", self.folder, "--port", str(self.port)]
            command = [ENTENTE, "demo", *where, *self.options]
            self.process = subprocess.Popen(command, stdout=output, stderr=output, text=True, env=environment())
        deadline = time.monotonic() + within
        while "Ctrl-C stops it" not in (text := log.read_text()):
            assert self.process.poll() is None, f"ended with {self.process.returncode}:\n{text}"
            if time.monotonic() > deadline:
                self.kill()  # else it works on beside all tests that follow
                pytest.fail(f"not ready after {within} s:\n{text}")
            time.sleep(0.05)
        self.said = text

    def stop(self, number: int = signal.SIGINT, within: float = 30) -> tuple[int, str]:
        """Signal it and wait; its exit status and all that it said."""
        assert self.process is not None
        self.process.send_signal(number)
        status = self.process.wait(within)
        return status, (self.folder.parent / "demo.out").read_text()

    def run(self, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
        """Another ``entente`` command, which finds the demo through its folder."""
        command = [ENTENTE, *arguments]
        return subprocess.run(command, capture_output=True, text=True, env=self.environment, timeout=100)

    @property
    def environment(self) -> dict[str, str]:
        """That of a user in another terminal, where it finds the demo."""
        return environment() | {"ENTENTE_DATA": str(self.folder)}

    def ask(self, *arguments: str | Path) -> tuple[int, dict[str, Any]]:
        """A command with --json: its exit status and the one object on standard output."""
        done = self.run(*arguments, "--json")
        document: dict[str, Any] = json.loads(done.stdout)
        return done.returncode, document

    @property
    def token(self) -> str:
        """The token that it printed, in the page's address."""
        found = re.search(r"#token=(\S+)", self.said)
        assert found, self.said
        return found[1]

    def client(self, role: str = "quality") -> httpx.Client:
        """A client with a token that ``entente token`` made."""
        if role not in self._tokens:  # which also the next start on the folder takes
            self._tokens[role] = self.run("token", "--role", role).stdout.strip()
        headers = {"Authorization": f"Bearer {self._tokens[role]}"}
        return httpx.Client(base_url=self.url, headers=headers, timeout=30)

    def kill(self) -> None:
        """SIGKILL, whatever it is doing."""
        if self.process is not None and self.process.poll() is None:
            self.process.kill()
            self.process.wait(10)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory, request: pytest.FixtureRequest) -> Iterator[Demo]:
    """A running demo in which nothing moves by itself."""
    running = Demo(tmp_path_factory.mktemp("demo") / "data", "--no-simulator")
    running.start()
    yield running
    running.kill()


@pytest.fixture(scope="session")
def make_demo() -> type[Demo]:
    """``make_demo(folder, *options)``, for a demo of another kind."""
    return Demo


@pytest.fixture
def partnership(launch: Any, eventually: Any) -> Callable[..., Any]:
    """``await partnership("AT", "US")``: a maker and a laboratory of a product that is registered in markets."""

    async def make(*markets: str, **more: Any) -> Partnership:
        names = {"registry": "partner_registry", "feeds": "partner_feeds"}
        names |= {"tracking": "sample_tracking", "quality": "quality_events"}
        running = {name: await launch(package) for name, package in names.items()}
        return await Partnership(**running, eventually=eventually).begin(*markets, **more)

    return make


@pytest.fixture(scope="session")
def within() -> Callable[[float, Callable[[], Any]], Any]:
    """``within(seconds, look)``: what a look gives as soon as it is something; a failure at the deadline."""
    return _within


def _within(seconds: float, look: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < deadline, f"not within {seconds} s; the last look gave {found!r}"
        time.sleep(0.1)
    return found
