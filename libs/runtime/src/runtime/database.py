"""One pool per service and process, and the first statement that says on whose behalf a transaction runs."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import asyncpg
from sqlalchemy import event, text
from sqlalchemy.exc import DisconnectionError
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession, create_async_engine

from runtime.principal import Principal

# The first statement goes through SQLAlchemy, which sends BEGIN: a raw statement before it would run in autocommit,
# and what it claims would survive the rollback. It also takes the command's idempotency lock: one round trip less.
_CONTEXT = text(
    "SELECT set_config('role', :role, true), set_config('entente.tenant', :tenant, true), "
    "set_config('entente.actor', :actor, true), set_config('entente.actor_roles', :roles, true), "
    "set_config('entente.reason', :reason, true), set_config('entente.correlation', :correlation, true), "
    "set_config('transaction_read_only', :read_only, true), "
    "CASE WHEN :lock = '' THEN true ELSE pg_try_advisory_xact_lock(hashtextextended(:lock, 0)) END"
)


SESSION = {"application_name": "entente", "statement_timeout": "60s", "idle_in_transaction_session_timeout": "20s"}
SESSION |= {"tcp_keepalives_idle": "5", "tcp_keepalives_interval": "5", "tcp_user_timeout": "15s"}
"""The settings of every session: a process that froze, or whose machine is gone, keeps no row for long.

Not all of it shows as silence: a frozen process that was sent much takes no more of it, which tcp_user_timeout ends.
"""
_KEEPING_ALIVE = {"TCP_KEEPIDLE": 5, "TCP_KEEPINTVL": 5, "TCP_USER_TIMEOUT": 15_000}
"""The same for our end, where the operating system knows it."""


@dataclass(frozen=True, slots=True)
class Context:
    """Why a transaction runs. ``lock`` names an advisory lock to try in the same statement."""

    principal: Principal
    correlation_id: str = ""
    reason: str = ""
    read_only: bool = False
    lock: str = ""


async def _opened(**driver: Any) -> asyncpg.Connection:
    """A new connection, opened in a task of its own.

    The driver is not made to be cancelled meanwhile: a request that ended then left a future that nobody heard of.
    """
    opening = asyncio.create_task(asyncpg.connect(**driver))
    try:
        return await asyncio.shield(opening)
    except asyncio.CancelledError:
        opening.add_done_callback(_close_unwanted)
        raise


def _close_unwanted(opening: asyncio.Task[asyncpg.Connection]) -> None:
    if not opening.cancelled() and not opening.exception():
        opening.result().terminate()


def keep_alive(driver: Any) -> None:
    """Let a connection of asyncpg notice by itself that its server is gone."""
    end: Any = driver._transport.get_extra_info("socket")
    if end.family in (socket.AF_INET, socket.AF_INET6):
        end.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        for name, value in _KEEPING_ALIVE.items():
            if hasattr(socket, name):
                end.setsockopt(socket.IPPROTO_TCP, getattr(socket, name), value)


def connect(url: str, pool_size: int) -> AsyncEngine:
    """An engine whose pool never hands out a connection that the server has already closed."""
    address = url.replace("postgresql://", "postgresql+asyncpg://", 1)
    pool = {"pool_size": pool_size, "max_overflow": 0, "pool_timeout": 10}
    driver: dict[str, Any] = {"async_creator_fn": _opened, "server_settings": SESSION, "command_timeout": 65}
    # Without parameters: an error in the log must not carry what somebody entered.
    engine = create_async_engine(address, hide_parameters=True, connect_args=driver, **pool)

    @event.listens_for(engine.sync_engine, "checkout")
    def _still_open(connection: Any, record: Any, proxy: Any) -> None:
        # Costs nothing: the driver noticed the closed socket. A ping would cost every command a round trip.
        if connection.driver_connection.is_closed():
            raise DisconnectionError

    @event.listens_for(engine.sync_engine, "connect")
    def _prepare(connection: Any, record: Any) -> None:
        keep_alive(connection.driver_connection)
        # The driver's own decoder makes 240000 a Decimal('2.4E+5'), which people would read in an answer.
        codec = {"schema": "pg_catalog", "encoder": str, "decoder": Decimal, "format": "text"}
        connection.run_async(lambda driver: driver.set_type_codec("numeric", **codec))

    return engine


@asynccontextmanager
async def transaction(engine: AsyncEngine, context: Context) -> AsyncIterator[tuple[AsyncSession, bool]]:
    """A transaction under the context's database role, and whether its advisory lock was free.

    Commits at the end; rolls back on any exception.
    """
    principal = context.principal
    async with AsyncSession(engine, expire_on_commit=False, autoflush=False) as session, session.begin():
        values = {"role": principal.database_role, "tenant": principal.tenant, "actor": principal.subject}
        values |= {"roles": ",".join(sorted(principal.roles)), "reason": context.reason, "lock": context.lock}
        values |= {"correlation": context.correlation_id, "read_only": "on" if context.read_only else "off"}
        row = await session.execute(_CONTEXT, values)
        yield session, bool(row.one()[-1])


async def raw_connection(session: AsyncSession) -> Any:
    """The asyncpg connection of a session whose transaction has begun, for hot paths."""
    proxied = await (await session.connection()).get_raw_connection()
    return proxied.driver_connection
