"""What passes by itself is waited for, and nothing else: named kinds, a batch that is divided, an alert."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import asyncpg
import pytest
from prometheus_client import REGISTRY
from sqlalchemy.exc import TimeoutError as PoolTimeout

from contracts import Fact, Recorded, clock
from notes.installation import Installation, Member, message
from notes.parked import applied, numbers, parked
from runtime.health import Health
from runtime.problems import is_transient
from runtime.work import Work

PASSING = [
    ConnectionRefusedError(errno.ECONNREFUSED, "refused"),
    ConnectionResetError(),
    BrokenPipeError(),
    TimeoutError(),
    socket.gaierror(socket.EAI_AGAIN, "name resolution"),
    ssl.SSLEOFError(),
    OSError(errno.ENETUNREACH, "network unreachable"),
    OSError(errno.EHOSTUNREACH, "no route to host"),
    OSError(
        "Multiple exceptions: [Errno 111] Connect call failed ('::1', 5432, 0, 0), [Errno 111] Connect call failed"
    ),
    PoolTimeout(),
    asyncpg.ConnectionDoesNotExistError(""),
    asyncpg.CannotConnectNowError(""),
    asyncpg.AdminShutdownError(""),
    asyncpg.QueryCanceledError(""),
    asyncpg.TooManyConnectionsError(""),
    asyncpg.DiskFullError(""),
    asyncpg.SerializationError(""),
    asyncpg.DeadlockDetectedError(""),
    asyncpg.LockNotAvailableError(""),
    asyncpg.IdleInTransactionSessionTimeoutError(""),
    asyncpg.InterfaceError("cannot call Connection.execute(): connection is closed"),
]
LASTING = [
    FileNotFoundError(errno.ENOENT, "no such file"),
    PermissionError(errno.EACCES, "not allowed"),
    IsADirectoryError(errno.EISDIR, "a folder"),
    OSError(errno.EINVAL, "invalid"),
    OSError("what this says nobody knows"),
    OSError(errno.ENOSPC, "no space left"),
    asyncpg.UndefinedTableError(""),
    asyncpg.UniqueViolationError(""),
    asyncpg.ReadOnlySQLTransactionError(""),
    asyncpg.InterfaceError("the server expects 1 argument for this query, 0 were passed"),
    ValueError(),
    KeyError(),
]


@pytest.mark.parametrize("error", PASSING, ids=repr)
def test_what_passes_is_named(error: Exception) -> None:
    assert is_transient(error)


@pytest.mark.parametrize("error", LASTING, ids=repr)
def test_nothing_else_passes(error: Exception) -> None:
    assert not is_transient(error)


def test_an_unreachable_name_with_several_addresses_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    """As asyncio's own loop says it; uvloop, which says the same, resolves names where no test comes between."""

    async def several(*_: Any, **__: Any) -> Any:
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (f"127.0.0.{host}", 1)) for host in (1, 2)]

    async def connect() -> None:
        monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", several)
        await asyncio.open_connection("somewhere", 1)

    with (
        asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner,
        pytest.raises(OSError, match="Multiple exceptions: ") as refusal,
    ):
        runner.run(connect())
    assert is_transient(refusal.value)


def failing(numbers: set[int], error: Callable[[], Exception]) -> Any:
    """An obstacle that facts with these numbers never pass."""

    async def fail(work: Work, recorded: Recorded[Fact]) -> None:
        if recorded.sequence in numbers:
            raise error()

    return fail


@pytest.mark.parametrize("error", [FileNotFoundError("template.txt"), PermissionError("template.txt")])
async def test_a_file_that_is_missing_parks_its_fact_at_once(installation: Installation, error: OSError) -> None:
    key = uuid4()
    installation.trouble.obstacle = failing({1}, lambda: error)
    await installation.produce([message(key, number) for number in range(3)])
    async with installation.consuming():
        await applied(installation, 3)
    assert await numbers(installation, key) == [0]
    assert await parked(installation, key) == [1, 2]


async def test_what_stays_stuck_lets_go_what_works_and_alerts(
    installation: Installation, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The facts before it are applied, those of other partitions too; it waits, and says so in every way."""
    monkeypatch.setattr(Health, "LONG", 1.0)
    stuck, other = uuid4(), uuid4()
    installation.trouble.obstacle = failing({5}, ConnectionResetError)
    await installation.produce([message(stuck, number) | {"partition": 0} for number in range(8)])
    await installation.produce([message(other, number) | {"partition": 1} for number in range(3)])
    name = f"{installation.settings.topic('partner-registry.product')}/0"
    async with installation.consuming() as member:
        await applied(installation, 5 + 3)
        await installation.eventually(lambda: says(member, name), 20)
        await installation.eventually(lambda: asyncio.sleep(0, member.health.troubles[name].logged), 20)
        since = member.health.degraded()[0]["since"]
        assert (gauge(name) or 0) >= 1
        await installation.produce([message(other, 3) | {"partition": 1}])
        await applied(installation, 5 + 4)
        assert await installation.value("SELECT count(*) FROM parked") == 0
        assert member.health.degraded()[0]["since"] == since, "it waits since then, however often it is tried"
        assert clock.now() - datetime.fromisoformat(since) > timedelta(seconds=1)
        installation.trouble.obstacle = None
        await applied(installation, 8 + 4)
        await installation.eventually(lambda: asyncio.sleep(0, not member.health.degraded()))
        assert gauge(name) is None
    assert await numbers(installation, stuck) == [*range(8)]
    said = [line for line in capfd.readouterr().err.splitlines() if name in line and "at offset 5" in line]
    assert len([line for line in said if '"level": "error"' in line]) == 1, said
    assert len([line for line in said if '"level": "warning"' in line]) <= 1, said


async def says(member: Member, name: str) -> bool:
    found = {trouble["what"]: trouble["reason"] for trouble in member.health.degraded()}
    return "waits at offset 5: ConnectionResetError" in found.get(name, "")


def gauge(what: str) -> float | None:
    """Seconds for which it has been failing, as Prometheus is told."""
    return REGISTRY.get_sample_value("entente_failing_seconds", {"service_name": "notes", "entente_job": what})
