"""Work: one database transaction, on somebody's behalf, with the facts that it will publish."""

import asyncio
from collections.abc import AsyncIterator, Collection, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID
from weakref import WeakValueDictionary

from sqlalchemy import DateTime, event, inspect
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Session
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from contracts import Fact, Recorded, Side, clock
from runtime import outbox
from runtime.access import Requirement
from runtime.database import Context, connect, raw_connection, transaction
from runtime.outbox import Published
from runtime.principal import PARTNER, Principal
from runtime.problems import NotFound, Problem
from runtime.settings import Settings
from runtime.turns import Waiting
from telemetry import spans


class Identified(SQLModel):
    """The column that lists page by. A record is more; a row of a read model may be no more."""

    sorted_by: ClassVar[Collection[str] | None] = None
    """Of a table that grows without end, the columns that an index sorts: its lists offer no other."""

    id: UUID = Field(default_factory=uuid7, primary_key=True)


class Versioned(Identified):
    """The columns of every record. ``version`` rises by one with each transaction that changes it."""

    sides: ClassVar[Mapping[Side, str]] = {}
    """By which field the record belongs to which side; one without sides is the sponsor's."""

    signed_as: ClassVar[Mapping[str, str]] = {}
    """What a person reads of the record before signing: in words, each with the field of the answer that has it."""

    signed_with: ClassVar[Mapping[str, str]] = {}
    """Tables that hold parts of the record, each with its column that names it: what is signed has them too."""

    signed_apart: ClassVar[Collection[str]] = ()
    """Columns beside what is signed: who else signs the same, and what becomes of it then. They break no signature."""

    signed_later: ClassVar[Collection[str]] = ()
    """Columns that a later step fills in: they break a signature where something stood in them when it was signed."""

    signed_entries: ClassVar[Mapping[str, Mapping[str, str]]] = {}
    """Tables of the sponsor's alone to which each step adds an entry that stays, each with its columns that name the
    record, by a column of its: a signature keeps those that there were. No partner reads, or breaks, them."""

    signed_former: ClassVar[Mapping[str, str]] = {}
    """The table that keeps the record as a step left it that undid what was signed (``version``, ``content``), with its
    column that names the record: an earlier signature is over that."""

    powerless: ClassVar[frozenset[str]] = frozenset()
    """Roles that take no step on this record, whatever its routes say of its kind."""

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
def _before_flush(session: Session, *_: Any) -> None:
    for record in session.dirty:
        if isinstance(record, Versioned) and session.is_modified(record):
            _touch(session, record)
    for record in (*session.new, *session.dirty):
        if isinstance(record, Waiting) and (passed := record.pass_turn(clock.now())):
            session.info[Work].publish(passed, of=record)


class Work:
    """A transaction. Commands are called with it by routes, by consumers and by timers alike."""

    def __init__(self, session: AsyncSession, connection: Any, context: Context) -> None:
        self.session = session
        session.sync_session.info[Work] = self
        self.connection = connection
        """The asyncpg connection of the same transaction, for hot paths."""
        self.principal: Principal = context.principal
        self.now = clock.now()
        self.cause: Recorded[Fact] | None = None
        """The fact that a consumer is handling."""
        self.handling: Sequence[Recorded[Fact]] = ()
        """All facts that this transaction handles, in runs: from them a handler decides what holds for every run."""
        self.subject: Versioned | None = None
        """The record that this is about, the first one asked for or made: its version is the answer's ETag."""
        self.needs: Requirement | None = None
        """What a command's route asks of its caller; the subject tells whether that is on the right side."""
        self.expected_version: int | None = None
        """What If-Match said the subject's version is."""
        self.follows: Sequence[Sequence[tuple[str, str]]] | None = None
        """What a signed step does to other records, each in words, and signed with it. None where it can do nothing."""
        self.answer: Sequence[Any] = ()
        """What to give again to the same Idempotency-Key."""
        self.context = context
        self.root_path = ""
        """What stands before this service's paths, as its caller sees them."""
        self.traceparents: Mapping[UUID, str] = {}
        """The trace to continue, by the id of the fact that is being handled."""
        self.published = False
        """Whether facts were sent to the database."""
        self._publications: list[tuple[Fact, Published, Recorded[Fact] | None]] = []

    @property
    def handled(self) -> Recorded[Any]:
        """The fact that a consumer is handling, for what is called by its handler only."""
        if self.cause is None:
            raise LookupError("nothing is being handled: this is no consumer's transaction")
        return self.cause

    async def get(self, model: type[M], id: UUID) -> M:
        """The record as it is now, its row locked until the end of the transaction (not in a read).

        Raises NotFound, also where the caller is no party to it, and for the first one what ``about`` raises.
        """
        if self.context.read_only:
            record = await self.session.get(model, id)
        else:
            # Read under the lock: what this transaction read before it may have been changed by another since.
            await self.session.flush()
            record = await self.session.get(model, id, with_for_update=True, populate_existing=True)
        if record is None:
            raise NotFound(_words(model.__name__), id)
        if self.subject is None:
            self.about(record)
        return record

    def add(self, record: M) -> M:
        """Insert a new record at the end of the transaction. Raises for the first one what ``about`` raises."""
        if self.subject is None:
            self.about(record)
        self.session.add(record)
        return record

    def about(self, record: Versioned) -> None:
        """Say which record the command is about.

        Raises a 403 Problem for a caller who may not do this to it, and 412 when If-Match is outdated.
        """
        self.subject = record
        if self.needs is not None:
            self.needs.check_record(self.principal, record)
        if self.expected_version not in (None, record.version):
            detail = f"the record is at version {record.version}, not {self.expected_version}: read it again"
            raise Problem(412, "outdated", detail, version=record.version)

    def publish(self, *facts: Fact, of: Published, cause: Recorded[Fact] | None = None) -> None:
        """Publish facts about a record with this transaction; without facts it has changed, and nobody is told.

        ``cause`` is the fact that led to them in a batch.
        """
        if isinstance(of, Versioned):
            _touch(self.session.sync_session, of)
        self._publications += [(fact, of, cause or self.cause) for fact in facts]

    @asynccontextmanager
    async def savepoint(self) -> AsyncIterator[None]:
        """What is done inside, its facts included, holds or is undone as one; the transaction goes on either way."""
        await self.flush()
        touched = set(self.session.info.get("touched", ()))
        try:
            async with self.session.begin_nested():
                # Sends SAVEPOINT, which waits for a statement of the session: a raw one would come before it.
                await self.session.connection()
                yield
                await self.flush()
        except BaseException:
            self._publications, self.session.info["touched"] = [], touched
            raise

    async def allow(self, seconds: int) -> None:
        """Let each statement of this transaction take longer than is usual, for an operator's task."""
        await self.connection.execute(f"SET LOCAL statement_timeout = '{seconds}s'")

    async def flush(self) -> None:
        """Send the changes and the facts to the database."""
        await self.session.flush()
        here, rows = spans.current_traceparent(), []
        for fact, of, cause in self._publications:
            correlation, causation, trace = self.context.correlation_id, None, here
            if cause:
                correlation, causation = cause.correlation_id, str(cause.id)
                trace = self.traceparents.get(cause.id) or cause.traceparent
            rows.append(outbox.row(fact, of, self.now, (correlation, causation, trace)))
        self._publications = []
        if rows or self.answer:
            await outbox.write(self.connection, rows, self.answer)
            self.answer = ()
        self.published = self.published or bool(rows)


def _words(name: str) -> str:
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip()


class Busy(Problem):
    """Somebody else holds the transaction's lock (409)."""

    def __init__(self) -> None:
        super().__init__(409, "in-progress", "this Idempotency-Key is in work already", headers={"Retry-After": "1"})


PATIENCE = 10.0
"""Seconds that a request waits for its turn; later, who asked may have given up, and would not know what was done."""


class Store:
    """A service's database: where its transactions are opened and its relay is woken."""

    def __init__(self, settings: Settings, service: str) -> None:
        self.engine = connect(settings.database_of(service), settings.pool_size)
        self.partners = connect(settings.partner_database_of(service), settings.pool_size)
        """For partners' requests: whatever a request makes of its transaction, it becomes nobody but a partner."""
        self.published = asyncio.Event()
        """Set after each commit that left something in the outbox; the relay of the same process waits for it."""
        self._places: int = self.engine.pool.size()  # type: ignore[attr-defined]
        self._shares: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def work(self, context: Context) -> AsyncIterator[Work]:
        """A transaction whose facts reach the outbox as it ends. Raises Busy when its lock is not free."""
        engine = self.partners if context.principal.database_role == PARTNER else self.engine
        async with self._place(context.principal), transaction(engine, context) as (session, lock_taken):
            if not lock_taken:
                raise Busy
            work = Work(session, await raw_connection(session), context)
            yield work
            await work.flush()
        if work.published:
            self.published.set()

    async def close(self) -> None:
        """Let go of the database."""
        await self.engine.dispose()
        await self.partners.dispose()

    @asynccontextmanager
    async def _place(self, principal: Principal) -> AsyncIterator[None]:
        """A place for one transaction. A principal has all but one, however much it asks; what it asks beyond waits.

        The service's own workers bound themselves. Raises TimeoutError when no place came free in time.
        """
        share = asyncio.Semaphore(self._places if principal.worker else max(1, self._places - 1))
        share = self._shares.setdefault(principal.subject, share)
        async with asyncio.timeout(PATIENCE):
            await share.acquire()
        try:
            yield
        finally:
            share.release()
