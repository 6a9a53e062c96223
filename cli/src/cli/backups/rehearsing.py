"""A restore that is tried: on a server of its own, on which every row of every database is read."""

import asyncio
import json
import shutil
import tempfile
import time
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any

import asyncpg
from sqlalchemy.engine import make_url

from cli.backups import programs
from cli.backups.restoring import Prepared, prepare
from cli.backups.segments import way, written
from cli.backups.store import Store
from cli.failures import Failure
from contracts import clock
from local import PostgresServer, ServerError

_ALONE = {"archive_mode": "off", "hot_standby": "off"}
"""What is rehearsed writes into nobody's archive, and need not be as large as the server that was backed up."""
_DATABASES = "SELECT datname FROM pg_database WHERE datallowconn AND datname <> 'template1' ORDER BY datname"
_TABLES = """
SELECT quote_ident(schemaname) || '.' || quote_ident(tablename) AS name FROM pg_tables
WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY 1
"""
_NEWEST = "SELECT count(*) AS facts, max(time) AS newest FROM outbox"


async def rehearse(store: Store, url: str, at: datetime | None, within: Path | None, patience: float) -> dict[str, Any]:
    """Restore the last backup to a moment or to its end, read all of it, and note how long that took.

    ``url`` names the server that was backed up: its superuser's password opens the restored one.
    """
    programs.server(url)
    began, folder = time.monotonic(), _folder(within)
    server = PostgresServer(folder / "restored", settings=_ALONE, patience=patience)
    try:
        prepared = await asyncio.to_thread(prepare, store, server.folder, at)
        await asyncio.to_thread(server.start)
        reached = _reached(prepared, server.folder / "data" / "pg_wal")
        restored_in = time.monotonic() - began
        port = int((server.folder / "port").read_text())
        databases = await _read(make_url(url).set(host="127.0.0.1", port=port, query={}))
    except (ServerError, asyncpg.PostgresError) as error:
        advice = "It says where the log ends, if the moment lies behind it: `entente backup check` looks closer."
        raise Failure(f"what was restored does not run: {error}", advice) from error
    finally:
        await asyncio.to_thread(server.stop)
        with suppress(OSError):
            shutil.rmtree(folder)
    done = {
        "at": clock.now().isoformat(),
        "backup": prepared.base.name,
        "to": at.isoformat() if at else "the end",
        **reached,
        "restored_in_seconds": round(restored_in, 1),
        "seconds": round(time.monotonic() - began, 1),
        "databases": databases,
    }
    with store.rehearsals.open("a") as file:
        file.write(json.dumps(done) + "\n")
    return done


def _reached(prepared: Prepared, wal: Path) -> dict[str, str]:
    """How far it was recovered, which is where its new timeline begins. Raises Failure where that is not all."""
    begins = list(way(wal).values())
    if not begins:
        raise Failure("what was restored has no history: it did not recover")
    if prepared.read is None:
        return {"recovered_to": written(begins[-1])}
    if begins[-1] <= prepared.read.last:
        said = f"the log goes on up to {written(prepared.read.ends)}"
        raise Failure(f"recovery ended at {written(begins[-1])}, and {said}", "Its records behind that are lost.")
    return {"recovered_to": written(begins[-1]), "received_to": written(prepared.read.ends)}


def _folder(within: Path | None) -> Path:
    """A folder of its own, which the account that a server runs as may pass."""
    folder = Path(tempfile.mkdtemp(prefix="entente-rehearsal-", dir=within))
    folder.chmod(0o755)
    return folder


async def _read(url: Any) -> dict[str, Any]:
    """Every row of every table, whole: a count would look at an index alone. Of a ledger also where it ends."""
    found = dict[str, Any]()
    for database in [row["datname"] for row in await _rows(url.set(database="postgres"), _DATABASES)]:
        connection = await _connected(url.set(database=database))
        try:
            tables = [row["name"] for row in await connection.fetch(_TABLES)]
            copied = [await connection.copy_from_query(f"TABLE {name}", output=_nowhere) for name in tables]
            found[database] = {"tables": len(tables), "rows": sum(int(said.split()[-1]) for said in copied)}
            if "public.outbox" in tables:
                facts, newest = await connection.fetchrow(_NEWEST)
                found[database] |= {"facts": facts, "newest_fact": newest and newest.isoformat()}
        finally:
            await connection.close()
    return found


async def _nowhere(read: bytes) -> None:
    """Where rows go that are only to be read."""


async def _rows(url: Any, sql: str) -> list[asyncpg.Record]:
    connection = await _connected(url)
    try:
        return list(await connection.fetch(sql))
    finally:
        await connection.close()


async def _connected(url: Any) -> Any:
    return await asyncpg.connect(url.render_as_string(hide_password=False))
