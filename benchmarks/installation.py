"""An installation of its own for a measurement or a fault run: PostgreSQL, Kafka, services as processes."""

import asyncio
import contextlib
import os
import random
import signal
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.data_folder import DataFolder
from cli.databases import InstallationSettings, prepare
from cli.demo.settings import settings_for
from cli.signing import Signer
from contracts import topics as all_topics
from installation import migrate, topics
from local import KafkaServer, PostgresServer

START_WITHIN = 180.0
"""Seconds that a process may take until it answers."""


def free_port() -> int:
    """A TCP port that nobody listens on.

    It lies below those that the system gives to whoever connects: a process takes its port seconds after it was chosen.
    """
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Process:
    """An ASGI application's factory in a process of its own, on the same port at every start."""

    def __init__(self, app: str, environment: dict[str, str], log: Path) -> None:
        self.app, self.port, self._environment, self._log = app, free_port(), environment, log
        self._process: asyncio.subprocess.Process | None = None
        self.frozen = False

    async def start(self, ready: bool = True) -> None:
        """Start, and wait until it is ready. Raises RuntimeError with the end of its log when it ends before."""
        command = [sys.executable, "-m", "serving", self.app, "--port", str(self.port)]
        with self._log.open("a") as log:
            environment = os.environ | self._environment
            self._process = await asyncio.create_subprocess_exec(*command, env=environment, stderr=log, stdout=log)
        if ready:
            await self.ready()

    async def ready(self) -> None:
        """Wait until it answers that it is ready."""
        async with asyncio.timeout(START_WITHIN):
            while self._process and self._process.returncode is None:
                if await _status(self.port) in (200, 404):  # a floor has no readiness of its own
                    return
                await asyncio.sleep(0.05)
        raise RuntimeError(f"{self.app} ended before it was ready: {self._log.read_text()[-3000:]}")

    async def kill(self) -> None:
        """SIGKILL: nothing is finished, nothing is said."""
        await self._end(signal.SIGKILL)

    async def stop(self) -> None:
        """SIGTERM: what is in hand is finished."""
        await self._end(signal.SIGTERM)

    def freeze(self, frozen: bool) -> None:
        """SIGSTOP: it does nothing any more, and none of its connections ends; or SIGCONT, as if nothing had been."""
        assert self._process
        self.frozen = frozen
        self._process.send_signal(signal.SIGSTOP if frozen else signal.SIGCONT)

    @property
    def pid(self) -> int:
        """The process's number."""
        assert self._process
        return self._process.pid

    async def _end(self, how: signal.Signals) -> None:
        if self._process and self._process.returncode is None:
            self._process.send_signal(how)
            await self._process.wait()


async def _status(port: int) -> int:
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"GET /readyz HTTP/1.0\r\nHost: local\r\n\r\n")
        status = int((await reader.readline()).split()[1])
        writer.close()
        return status
    except (ConnectionError, IndexError):
        return 0


@dataclass(frozen=True, slots=True)
class Installation:
    """PostgreSQL, Kafka, and whatever services are started on them."""

    folder: Path
    settings: InstallationSettings
    signer: Signer
    postgres: PostgresServer
    kafka: KafkaServer
    stack: AsyncExitStack

    async def serve(self, package: str, role: str = "all") -> Process:
        """Run one service in a process of its own, and wait until it is ready."""
        settings = self.settings
        told = {
            "ENTENTE_LOCAL": "true",
            "ENTENTE_ROLE": role,
            "ENTENTE_DATABASE_URL": settings.database_of(package),
            "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
            "ENTENTE_JWKS": settings.jwks,
            "ENTENTE_LOG_LEVEL": "warning",
            "ENTENTE_REQUESTS_PER_SECOND": "1e6",
            "ENTENTE_REQUESTS_BURST": "1000000",
        }
        return await self.run(f"{package}.main:create", told)

    async def run(self, app: str, environment: dict[str, str]) -> Process:
        """Run a factory in a process of its own, and wait until it answers."""
        process = Process(app, environment, self.folder / f"{app.split('.')[0]}.log")
        self.stack.push_async_callback(process.stop)
        await process.start()
        return process

    def admin_url(self, package: str) -> str:
        """A superuser's URL of a service's database, for looking."""
        return migrate.database_admin_url(self.postgres.dsn, self.settings.database_of(package))


@asynccontextmanager
async def installation() -> AsyncIterator[Installation]:
    """PostgreSQL, Kafka, databases and topics of a fresh installation; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="entente-bench-") as name:
        folder = DataFolder(Path(name))
        postgres, kafka = PostgresServer(folder.postgres), KafkaServer(folder.kafka)
        try:
            await asyncio.gather(asyncio.to_thread(postgres.start), asyncio.to_thread(kafka.start))
            settings = settings_for(folder, postgres.dsn, kafka.bootstrap_servers, durable=True)
            await prepare(settings, postgres.dsn)
            await topics.create(settings, all_topics())
            async with AsyncExitStack() as stack:
                yield Installation(folder.path, settings, Signer(folder), postgres, kafka, stack)
        finally:
            await asyncio.gather(asyncio.to_thread(kafka.stop), asyncio.to_thread(postgres.stop))
