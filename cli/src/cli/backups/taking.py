"""Taking: a base backup by pg_basebackup, and the write-ahead log by pg_receivewal."""

import asyncio
import hashlib
import json
import os
from contextlib import suppress
from pathlib import Path
from typing import Any

import asyncpg

from cli.backups import programs
from cli.backups.segments import is_on_the_way, led, segments
from cli.backups.store import Base, Store, named
from cli.failures import Failure
from contracts import clock

SLOT = "entente_backup"
"""The server keeps what this slot has not received: a receiver that was away misses nothing, and the server's disk
fills. ``max_slot_wal_keep_size`` bounds that."""
_TIMELINE = "SELECT ('x' || left(pg_walfile_name(pg_current_wal_lsn()), 8))::bit(32)::int"
_HISTORY = "SELECT pg_read_file($1, true)"


def base(store: Store, url: str) -> Base:
    """A base backup, verified before it has its name. Raises Failure; what was broken off stays as ``.partial``."""
    began_at = clock.now()
    name = named(began_at)
    handed, data = store.data(f"{name}.partial"), store.data(name)
    if data.exists():
        raise Failure(f"there is a base backup {name} already", "Take the next one a second later.")
    try:
        handed.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        handed.mkdir(mode=0o700)  # two of one second would write into, and clear away, each other's files
    except FileExistsError as error:
        raise Failure(f"there is a base backup {name} already, or one is taken", "Take the next later.") from error
    except OSError as error:
        raise Failure(f"no backup can lie in {store.folder}: {error}", "Name another: --folder.") from error
    how = ["--checkpoint=fast", "--wal-method=stream", "--manifest-checksums=SHA256", f"--label=entente {name}"]
    try:
        programs.run("pg_basebackup", "--no-password", f"--pgdata={handed}", *how, told=programs.server(url))
    except Failure:
        with suppress(OSError):  # of what was broken off something stays; of what did not begin, nothing
            handed.rmdir()
        raise
    ended_at = clock.now()
    store.verify(handed.name)
    manifest = (handed / "backup_manifest").read_bytes()
    said = json.loads(manifest)
    taken = Base(
        name=name,
        began_at=began_at,
        ended_at=ended_at,
        server_version=(handed / "PG_VERSION").read_text().strip(),
        system_identifier=int(said["System-Identifier"]),
        start=said["WAL-Ranges"][0]["Start-LSN"],
        manifest_sha256=hashlib.sha256(manifest).hexdigest(),
    )
    handed.rename(data)
    # Last: what has this file is whole.
    _write(store.data(f"{name}.json"), taken.as_json())
    return taken


def receive(store: Store, url: str) -> None:
    """Become pg_receivewal, which writes down the log as it is made until it is told to stop."""
    store.wal.mkdir(parents=True, exist_ok=True, mode=0o700)
    told = programs.server(url)
    programs.run("pg_receivewal", "--no-password", f"--slot={SLOT}", "--create-slot", "--if-not-exists", told=told)
    asyncio.run(set_aside(store, url))
    program = programs.found("pg_receivewal")
    how = ["--synchronous", "--status-interval=1"]
    command = [program, "--no-password", f"--directory={store.wal}", f"--slot={SLOT}", *how]
    os.execve(program, command, {**os.environ, **told})  # noqa: S606


async def set_aside(store: Store, url: str) -> int:
    """Move what older timelines hold behind the places where the server left them into a folder of its own; how many.

    After a restore to an earlier moment it is no part of what the server goes on with, which pg_receivewal would ask
    for what follows it, in vain. It is evidence, and kept. Raises Failure.
    """
    try:
        connection = await asyncpg.connect(url, timeout=10)
        try:
            newest = await connection.fetchval(_TIMELINE)
            history = await connection.fetchval(_HISTORY, f"pg_wal/{newest:08X}.history")
        finally:
            await connection.close()
    except (OSError, asyncpg.PostgresError) as error:
        raise Failure(f"the server does not say on which timeline it is: {error}") from error
    if newest > 1 and history is None:
        raise Failure(f"the server is on timeline {newest}, and has no history of it", "Receive into a new folder.")
    begins = led(newest, history or "")
    off = [each for each in segments(store.wal) if not is_on_the_way(each, begins)]
    aside = store.folder / "set-aside" / named(clock.now())
    for each in off:
        aside.mkdir(parents=True, exist_ok=True, mode=0o700)
        each.path.rename(aside / each.path.name)
    return len(off)


def _write(file: Path, document: dict[str, Any]) -> None:
    handed = file.with_suffix(".new")
    handed.write_text(json.dumps(document, indent=1) + "\n")
    handed.rename(file)
