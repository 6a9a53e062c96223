"""Start a server as a child, wait until it is ready, stop it, and leave nothing behind."""

from __future__ import annotations

import os
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psutil

GUARD = Path(__file__).with_name("guard.py")


class ServerError(RuntimeError):
    """A server of this machine could not be prepared, started or stopped."""


def wait_until(condition: Callable[[], bool], seconds: float, what: str) -> None:
    """Return as soon as the condition holds; raise when it does not hold in time."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise ServerError(f"waited {seconds:.0f} s in vain: {what}")
        time.sleep(0.02)


def free_port(preferred: int | None = None) -> int:
    """A port of 127.0.0.1 that nobody listens on; the preferred one where it is free.

    Chosen below the range from which outgoing connections take theirs, so that no client of a busy test
    run sits on it by the time the server wants it.
    """
    candidates = [preferred] if preferred else []
    candidates += random.sample(range(20_000, 32_000), 50)
    for port in candidates:
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port
    raise ServerError("no free port on 127.0.0.1")


def remembered_port(file: Path, wanted: int | None) -> int:
    """The port of last time, so that an address stays valid between two starts on the same folder."""
    port = wanted
    if port is None:
        last = file.read_text() if file.exists() else ""
        port = free_port(int(last) if last.isdigit() else None)
    file.write_text(str(port))
    return port


def tail(log: Path, lines: int = 15) -> str:
    """The end of a log, for an error message."""
    if not log.exists():
        return ""
    return "\n".join(log.read_text(errors="replace").splitlines()[-lines:])


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


class Process:
    """A child in a session of its own, so that Ctrl-C reaches only us and we stop it in order.

    A guard beside it holds a pipe to us; when we are gone, however that came about, it ends the child.
    (PR_SET_PDEATHSIG would do so when merely the starting thread ends, and only on Linux.)
    """

    def __init__(
        self,
        argv: Sequence[str],
        log: Path,
        *,
        environment: dict[str, str] | None = None,
        stop_signal: signal.Signals = signal.SIGTERM,
        orphan_signal: signal.Signals = signal.SIGKILL,
    ) -> None:
        self.name = Path(argv[0]).name
        self.log = log
        self._stop_signal = stop_signal
        with log.open("ab") as output:
            self._child = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env={**os.environ, **(environment or {})},
                start_new_session=True,
            )
        self._guard = subprocess.Popen(
            [sys.executable, "-I", "-S", str(GUARD), str(self.pid), str(int(orphan_signal))],
            stdin=subprocess.PIPE,
            start_new_session=True,
        )

    @property
    def pid(self) -> int:
        return self._child.pid

    @property
    def running(self) -> bool:
        return self._child.poll() is None

    def wait_ready(self, ready: Callable[[], bool], seconds: float) -> None:
        """Wait until it is ready; if it ends before, say what it logged last."""
        try:
            wait_until(lambda: not self.running or ready(), seconds, f"{self.name} is not ready")
        except ServerError as error:
            self.kill()
            raise ServerError(f"{error}\n{tail(self.log)}") from None
        if not self.running:
            self._release_guard()
            raise ServerError(f"{self.name} ended with code {self._child.returncode}\n{tail(self.log)}")

    def stop(self, seconds: float = 30) -> None:
        """Ask it to end; if it does not in time, end it."""
        if self.running:
            self._child.send_signal(self._stop_signal)
            with suppress(subprocess.TimeoutExpired):
                self._child.wait(seconds)
        self.kill()

    def kill(self) -> None:
        """SIGKILL, as a power cut would; returns when its own children are gone as well."""
        family: list[psutil.Process] = []
        if self.running:
            with suppress(psutil.NoSuchProcess):
                family = psutil.Process(self.pid).children(recursive=True)
            self._child.kill()
        self._child.wait(10)
        try:
            wait_until(lambda: not any(map(_lives, family)), 10, f"{self.name} left processes behind")
        except ServerError:
            for orphan in filter(_lives, family):
                orphan.kill()
        self._release_guard()

    def _release_guard(self) -> None:
        if self._guard.stdin and not self._guard.stdin.closed:
            with suppress(BrokenPipeError):
                self._guard.stdin.write(b"released")
                self._guard.stdin.close()
        self._guard.wait(10)
