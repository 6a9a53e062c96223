"""Work: one database transaction, on somebody's behalf, with the facts that it will publish."""

import asyncio
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import DateTime, event, inspect
from sqlalchemy.ext.asyncio import AsyncEngine, AsyncSession
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from contracts import Fact, Recorded
from runtime import clock, outbox, telemetry
from runtime.database import Context, raw_connection, transaction
from runtime.outbox import Published
from runtime.principal import Principal
from runtime.problems import NotFound, Problem


class Identified(SQLModel):
    """The column that lists page by. A record is more; a row of a read model may be no more."""

    id: UUID = Field(default_factory=uuid7, primary_key=True)


class Versioned(Identified):
    """The columns of every record. ``version`` rises by one with each transaction that changes it."""

    version: int = 1
    created_at: datetime = Field(default_factory=clock.now, sa_type=DateTime(timezone=True))
    updated_at: datetime = Field(default_factory=clock.now, sa_type=DateTime(timezone=True))


M = TypeVar("M", bound=Versioned)


def _touch(session: Session, record: Versioned) -> None:
    """Raise a stored record's version, once per transaction."""
    touched = session.info.setdefault("touched", set())
    if record.id not in touched and inspect(record).persistent:
        touched.add(record.id)
        record.version += 1
        record.updated_at = clock.now()


@event.listens_for(Session, "before_flush")
def _touch_changed(session: Session, *_: Any) -> None:
    for record in session.dirty:
        if isinstance(record, Versioned) and session.is_modified(record):
            _touch(session, record)


class Work:
    """A transaction. Commands are called with it by routes, by consumers and by timers alike."""

    def __init__(self, session: AsyncSession, connection: Any, context: Context) -> None:
        self.session = session
        self.connection = connection
        """The asyncpg connection of the same transaction, for hot paths."""
        self.principal: Principal = context.principal
        self.now = clock.now()
        self.cause: Recorded[Fact] | None = None
        """The fact that a consumer is handling."""
        self.handling: Sequence[Recorded[Fact]] = ()
        """All facts that this transaction handles, in runs: from them a handler decides what holds for every run."""
        self.subject: Versioned | None = None
        """The record that was asked for first: its version is the answer's ETag."""
        self.expected_version: int | None = None
        """What If-Match said the subject's version is."""
        self.answer: Sequence[Any] = ()
        """What to give again to the same Idempotency-Key."""
        self._context = context
        self.traceparents: Mapping[UUID, str] = {}
        """The trace to continue, by the id of the fact that is being handled."""
        self._publications: list[tuple[Fact, Published, Recorded[Fact] | None]] = []

    async def get(self, model: type[M], id: UUID) -> M:
        """The record, its row locked until the end of the transaction (not in a read).

        Raises NotFound, also where the caller is no party to it, and a 412 Problem when If-Match is outdated.
        """
        lock = None if self._context.read_only else True
        record = await self.session.get(model, id, with_for_update=lock)
        if record is None:
            raise NotFound(_words(model.__name__), id)
        if self.subject is None:
            self.subject = record
            if self.expected_version not in (None, record.version):
                detail = f"the record is at version {record.version}, not {self.expected_version}: read it again"
                raise Problem(412, "outdated", detail, version=record.version)
        return record

    def add(self, record: M) -> M:
        """Insert a new record at the end of the transaction."""
        self.subject = self.subject or record
        self.session.add(record)
        return record

    def publish(self, *facts: Fact, of: Published, cause: Recorded[Fact] | None = None) -> None:
        """Publish facts about a record with this transaction; without facts it has changed, and nobody is told.

        ``cause`` is the fact that led to them in a batch.
        """
        if isinstance(of, Versioned):
            _touch(self.session.sync_session, of)
        self._publications += [(fact, of, cause or self.cause) for fact in facts]

    async def allow(self, seconds: int) -> None:
        """Let each statement of this transaction take longer than is usual, for an operator's task."""
        await self.connection.execute(f"SET LOCAL statement_timeout = '{seconds}s'")

    async def flush(self) -> bool:
        """Send the changes and the facts to the database; whether there were facts."""
        await self.session.flush()
        here, rows = telemetry.current_traceparent(), []
        for fact, of, cause in self._publications:
            correlation, causation, trace = self._context.correlation_id, None, here
            if cause:
                correlation, causation = cause.correlation_id, str(cause.id)
                trace = self.traceparents.get(cause.id) or cause.traceparent
            rows.append(outbox.row(fact, of, self.now, (correlation, causation, trace)))
        self._publications = []
        if rows or self.answer:
            await outbox.write(self.connection, rows, self.answer)
            self.answer = ()
        return bool(rows)


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


class Busy(Problem):
    """Somebody else holds the transaction's lock (409)."""

    def __init__(self) -> None:
        super().__init__(409, "in-progress", "this Idempotency-Key is in work already", headers={"Retry-After": "1"})


class Store:
    """A service's database: where its transactions are opened and its relay is woken."""

    def __init__(self, engine: AsyncEngine) -> None:
        self.engine = engine
        self.published = asyncio.Event()
        """Set after each commit that left something in the outbox; the relay of the same process waits for it."""

    @asynccontextmanager
    async def work(self, context: Context) -> AsyncIterator[Work]:
        """A transaction whose facts reach the outbox as it ends. Raises Busy when its lock is not free."""
        async with transaction(self.engine, context) as (session, lock_taken):
            if not lock_taken:
                raise Busy
            work = Work(session, await raw_connection(session), context)
            yield work
            published = await work.flush()
        if published:
            self.published.set()
