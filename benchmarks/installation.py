"""An installation for one benchmark run: PostgreSQL and Kafka in a temporary folder, services as processes."""

import asyncio
import os
import socket
import sys
import tempfile
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from cli.data_folder import DataFolder
from cli.demo import databases
from cli.demo.databases import DemoSettings
from cli.signing import Signer
from contracts import topics as all_topics
from local import KafkaServer, PostgresServer
from runtime import topics

START_WITHIN = 60.0
"""Seconds that a process may take until it answers."""


def free_port() -> int:
    """A TCP port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True, slots=True)
class Installation:
    """What a benchmark measures against."""

    settings: DemoSettings
    signer: Signer
    postgres: str
    """A superuser's URL, for floors and for looking."""
    stack: AsyncExitStack

    async def serve(self, package: str, role: str = "all", **environment: str) -> int:
        """Run one service in a process of its own; give its port once it is ready."""
        settings = self.settings
        told = {
            "ENTENTE_ROLE": role,
            "ENTENTE_DATABASE_URL": settings.database_of(package),
            "ENTENTE_KAFKA_BOOTSTRAP_SERVERS": settings.kafka_bootstrap_servers,
            "ENTENTE_JWKS": settings.jwks,
            "ENTENTE_LOG_LEVEL": "error",
        }
        return await self.run(f"{package}.main:create", **told, **environment)

    async def run(self, app: str, **environment: str) -> int:
        """Run an ASGI application's factory under uvicorn; give its port once it answers."""
        port = free_port()
        options = ["--factory", app, "--port", str(port), "--no-access-log", "--log-level", "error"]
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "uvicorn", *options, env=os.environ | environment
        )
        self.stack.push_async_callback(_stop, process)
        await _ready(port, process)
        return port


async def _stop(process: asyncio.subprocess.Process) -> None:
    if process.returncode is None:
        process.terminate()
        await process.wait()


async def _ready(port: int, process: asyncio.subprocess.Process) -> None:
    async with asyncio.timeout(START_WITHIN):
        while process.returncode is None:
            try:
                reader, writer = await asyncio.open_connection("127.0.0.1", port)
                writer.write(b"GET /readyz HTTP/1.0\r\nHost: bench\r\n\r\n")
                status = int((await reader.readline()).split()[1])
                writer.close()
                if status in (200, 404):  # a floor has no readiness of its own
                    return
            except (ConnectionError, IndexError):
                await asyncio.sleep(0.05)
            await asyncio.sleep(0.05)
    raise RuntimeError("the process ended before it was ready")


@asynccontextmanager
async def installation() -> AsyncIterator[Installation]:
    """PostgreSQL, Kafka, databases and topics of a fresh installation; gone at the end."""
    with tempfile.TemporaryDirectory(prefix="entente-bench-") as name:
        folder = DataFolder(Path(name))
        postgres, kafka = PostgresServer(folder.postgres), KafkaServer(folder.kafka)
        try:
            await asyncio.gather(asyncio.to_thread(postgres.start), asyncio.to_thread(kafka.start))
            settings = databases.settings_for(folder, postgres.dsn, kafka.bootstrap_servers, durable=True)
            await databases.prepare(settings, postgres.dsn)
            await topics.create(settings, all_topics())
            async with AsyncExitStack() as stack:
                yield Installation(settings, Signer(folder), postgres.dsn, stack)
        finally:
            await asyncio.gather(asyncio.to_thread(kafka.stop), asyncio.to_thread(postgres.stop))
