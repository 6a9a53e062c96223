"""A PostgreSQL of a test's own, which may be lost; and the command line, told where it is."""

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
from typer.testing import CliRunner, Result

from cli.main import app
from local import PostgresServer

BEHIND = """
SELECT count(*) = 1 AND bool_and(flush_lsn >= $1::text::pg_lsn) FROM pg_stat_replication
WHERE application_name = 'entente backup'
"""


@dataclass
class Backed:
    """A server, and the folder of its backups."""

    server: PostgresServer
    folder: Path
    eventually: Any

    @property
    def told(self) -> dict[str, str]:
        """What an administrator of this server tells a command."""
        return {"ENTENTE_BACKUPS": str(self.folder / "backups"), "ENTENTE_ADMIN_DATABASE_URL": self.server.dsn}

    @property
    def wal(self) -> Path:
        """Where the write-ahead log is received."""
        return self.folder / "backups" / "wal"

    def entente(self, *arguments: str, **environment: str) -> Result:
        """Run a command, as an administrator of this server."""
        return CliRunner().invoke(app, list(arguments), env=self.told | environment)

    async def value(self, sql: str, *arguments: Any) -> Any:
        """One value from the server."""
        return await value(self.server.dsn, sql, *arguments)

    @asynccontextmanager
    async def receiving(self) -> AsyncIterator[None]:
        """The write-ahead log is received from the beginning of the block to its end."""
        command = [str(Path(sys.executable).with_name("entente")), "backup", "wal"]
        process = await asyncio.create_subprocess_exec(*command, env=os.environ | self.told)
        try:
            await self.eventually(lambda: self.value("SELECT count(*) = 1 FROM pg_replication_slots WHERE active"), 90)
            yield
        finally:
            process.send_signal(signal.SIGINT)
            await asyncio.wait_for(process.wait(), 20)

    async def received(self) -> None:
        """Wait until all that was committed so far is in the folder of backups."""
        made = await self.value("SELECT pg_current_wal_flush_lsn()::text")
        await self.eventually(lambda: self.value(BEHIND, made), 90)

    @asynccontextmanager
    async def restored(self, name: str, *arguments: str) -> AsyncIterator[PostgresServer]:
        """A server that recovers on what `entente restore prepare` prepared."""
        folder = self.folder / name
        done = await asyncio.to_thread(self.entente, "restore", "prepare", "--to", str(folder), *arguments)
        assert done.exit_code == 0, done.stderr
        shutil.copy(self.server.folder / "password", folder / "password")
        server = PostgresServer(folder, durable=False, settings={"hot_standby": "off"})
        await asyncio.to_thread(server.start)
        try:
            yield server
        finally:
            await asyncio.to_thread(server.stop)


async def value(url: str, sql: str, *arguments: Any) -> Any:
    """One value from a server."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(sql, *arguments)
    finally:
        await connection.close()


@asynccontextmanager
async def backed(eventually: Any) -> AsyncIterator[Backed]:
    """A server that keeps a table of events, in a folder that PostgreSQL's account may pass."""
    folder = Path(tempfile.mkdtemp(prefix="entente-backed-"))
    os.chmod(folder, 0o755)  # noqa: S103
    server = PostgresServer(folder / "postgres", durable=False, settings={"shared_buffers": "16MB"})
    try:
        await asyncio.to_thread(server.start)
        made = Backed(server, folder, eventually)
        await made.value("CREATE TABLE event (number int, at timestamptz DEFAULT clock_timestamp())")
        yield made
    finally:
        await asyncio.to_thread(server.stop)
        shutil.rmtree(folder)
