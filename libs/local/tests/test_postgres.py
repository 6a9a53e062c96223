"""PostgreSQL from the wheel: real starts, and what is left after a SIGKILL."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import psutil
import pytest

from local import PostgresServer, ServerError
from local.processes import wait_until


async def run(server: PostgresServer, *statements: str) -> object:
    connection = await asyncpg.connect(server.dsn)
    try:
        for statement in statements[:-1]:
            await connection.execute(statement)
        return await connection.fetchval(statements[-1])
    finally:
        await connection.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[PostgresServer]:
    server = PostgresServer(tmp_path / "postgres", durable=False)
    server.start()
    yield server
    server.stop()


async def test_data_and_address_survive_a_stop(server: PostgresServer) -> None:
    await run(server, "CREATE TABLE kept (value int)", "INSERT INTO kept VALUES (7)", "SELECT 1")
    server.stop()
    again = PostgresServer(server.folder, durable=False)
    again.start()
    try:
        assert again.dsn == server.dsn
        assert await run(again, "SELECT value FROM kept") == 7
    finally:
        again.stop()


async def test_committed_data_survive_a_kill(server: PostgresServer) -> None:
    await run(server, "CREATE TABLE kept (value int)", "INSERT INTO kept VALUES (7)", "SELECT 1")
    server.kill()
    server.start()
    assert await run(server, "SELECT value FROM kept") == 7


async def test_a_pid_file_that_speaks_of_another_process_is_no_obstacle(server: PostgresServer) -> None:
    server.kill()
    pid_file = server.folder / "data" / "postmaster.pid"
    lines = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *lines[1:]]) + "\n")
    server.start()
    assert await run(server, "SELECT 1") == 1


async def test_two_servers_do_not_share_a_folder(server: PostgresServer) -> None:
    with pytest.raises(ServerError, match="already runs"):
        PostgresServer(server.folder).start()
    assert await run(server, "SELECT 1") == 1


async def test_it_speaks_utf8_with_a_password_on_loopback_only(server: PostgresServer) -> None:
    assert await run(server, "SHOW server_encoding") == "UTF8"
    assert await run(server, "SHOW listen_addresses") == "127.0.0.1"
    assert await run(server, "SHOW max_connections") == "200"
    assert str(await run(server, "SELECT version()")).startswith(f"PostgreSQL {server.version}")
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.dsn, password="guessed")
    assert (server.folder / "password").stat().st_mode & 0o077 == 0


def test_nothing_is_left_when_its_starter_is_killed(tmp_path: Path) -> None:
    starter = subprocess.Popen(
        [sys.executable, "-m", "local", "postgres", str(tmp_path / "postgres"), "--fast"], stdout=subprocess.PIPE
    )
    assert starter.stdout
    assert b"DATABASE_URL" in starter.stdout.readline()
    family = psutil.Process(starter.pid).children(recursive=True)
    assert len(family) > 3
    starter.send_signal(signal.SIGKILL)
    starter.wait()
    starter.stdout.close()
    wait_until(lambda: not any(alive(child) for child in family), 20, "the server outlives its starter")


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
