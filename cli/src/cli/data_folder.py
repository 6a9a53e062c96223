"""The demo's data folder: what lies in it, and whether a demo runs on it now."""

import fcntl
import json
import os
import secrets
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from cli.failures import Failure

CHECKOUT = Path(__file__).resolve().parents[3]
"""Where this command was installed from."""

_LOCK_PATIENCE = 0.5
"""Seconds. Another command looks at the lock only for an instant; a demo holds it."""


def default_folder() -> Path:
    """``ENTENTE_DATA``, else ``.entente/demo`` of the checkout, so that two checkouts never share a demo's data.

    Where the command was not installed from a checkout: ``entente/demo`` of the user's data folder (XDG).
    """
    chosen = os.environ.get("ENTENTE_DATA")
    return Path(chosen) if chosen else _unnamed()


def _unnamed() -> Path:
    if (CHECKOUT / "services").is_dir():
        return CHECKOUT / ".entente" / "demo"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share") / "entente" / "demo"


def write_secret(file: Path, content: bytes) -> bytes:
    """Keep a secret that only this account may read; give the one that another process kept first, if it did."""
    handed = file.with_name(f"{file.name}.{os.getpid()}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(handed, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as stream:
        stream.write(content)
    try:
        with suppress(FileExistsError):
            os.link(handed, file)
    finally:
        handed.unlink()
    return file.read_bytes()


class DataFolder:
    """A demo's folder: databases, topics, keys, passwords, logs, and the state of the demo that runs on it."""

    def __init__(self, path: Path | None = None) -> None:
        self.path = (path or default_folder()).expanduser().absolute()
        self.postgres = self.path / "postgres"
        self.kafka = self.path / "kafka"
        self.log = self.path / "demo.log"
        self._lock = self.path / "demo.lock"
        self._state = self.path / "state.json"

    @property
    def must_be_named(self) -> bool:
        """Whether a command finds this folder only where ENTENTE_DATA, or --data, names it."""
        return self.path != _unnamed().expanduser().absolute()

    def make(self) -> None:
        """Create the folder. Raises Failure where that is not possible."""
        try:
            self.path.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise Failure(
                f"cannot make the data folder {self.path}: {error.strerror}", "Name another: --data"
            ) from error

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the folder alone; the kernel lets go of it when this process ends, however that comes about."""
        self.make()
        with self._lock.open("a") as stream:
            deadline = time.monotonic() + _LOCK_PATIENCE
            while True:
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                    break
                except BlockingIOError as error:
                    if time.monotonic() > deadline:
                        where = (self._read_state() or {}).get("url", "it is still starting")
                        advice = "Stop it first (Ctrl-C in its terminal), or give this one a folder of its own: --data"
                        raise Failure(f"a demo already runs on {self.path} ({where})", advice) from error
                    time.sleep(0.05)
            self._state.unlink(missing_ok=True)
            try:
                yield
            finally:
                self._state.unlink(missing_ok=True)

    def running(self) -> dict[str, Any] | None:
        """The state of the demo that runs on this folder now and is ready, or None."""
        with suppress(FileNotFoundError), self._lock.open() as stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return self._read_state()
        return None

    def note_state(self, **state: object) -> None:
        """Say where the demo is to be found."""
        new = self._state.with_suffix(".new")
        new.write_text(json.dumps(state))
        new.replace(self._state)

    def passwords(self, services: Sequence[str]) -> dict[str, str]:
        """A random password for each service's database role, made at first use."""
        file = self.path / "passwords.json"
        kept: dict[str, str] = json.loads(file.read_text()) if file.exists() else {}
        missing = {service: secrets.token_hex(16) for service in services if service not in kept}
        if missing:
            file.unlink(missing_ok=True)
            kept = json.loads(write_secret(file, json.dumps(kept | missing).encode()))
        return kept

    def passphrase(self) -> str:
        """By which the demo's people log in to sign, made at first use."""
        file = self.path / "passphrase"
        made = f"{secrets.randbelow(10**6):06}".encode()
        return (file.read_bytes() if file.exists() else write_secret(file, made)).decode()

    def _read_state(self) -> dict[str, Any] | None:
        with suppress(FileNotFoundError, ValueError):
            state: dict[str, Any] = json.loads(self._state.read_text())
            return state
        return None
