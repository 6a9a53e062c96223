"""Translations that run in this process."""

import asyncio
import time
from uuid import UUID

import structlog
from opentelemetry import propagate
from sqlmodel import col, select

from partner_feeds.attempts import commands as attempts
from partner_feeds.attempts.batches import Batch, Batches
from partner_feeds.attempts.commands import Attempt, Overtaken
from partner_feeds.attempts.turns import Turns
from partner_feeds.messages.model import Message
from partner_feeds.messages.source import Stored
from partner_feeds.settings import IntakeSettings
from runtime.applying import Place
from runtime.database import Context
from runtime.jobs import pause
from runtime.problems import is_transient
from telemetry.spans import tracer

log = structlog.get_logger()
AT_ONCE = 2
"""Batches in work at once: one takes the processor while the other waits for the database, and none takes the pool."""
_LOOK_AGAIN = 0.25


class Translator:
    """Runs each message's translation once in this process. Between batches another partner's has its turn."""

    def __init__(self, settings: IntakeSettings, place: Place, stopping: asyncio.Event) -> None:
        self._settings, self._place, self._stopping = settings, place, stopping
        self._turns = Turns(AT_ONCE)
        self.running: dict[UUID, asyncio.Task[bool]] = {}

    def start(self, message_id: UUID) -> asyncio.Task[bool]:
        """Translate a message, or join its translation. The result is whether nothing is left to do."""
        task = self.running.get(message_id)
        if task is None:
            task = self.running[message_id] = asyncio.create_task(self._run(message_id))
            task.add_done_callback(lambda _: self.running.pop(message_id, None))
        return task

    async def settled(self, message_id: UUID) -> None:
        """Wait until a message is translated, here or elsewhere, but not longer than its sender waits."""
        deadline = time.monotonic() + self._settings.answer_within
        task = self.start(message_id)
        await asyncio.wait({task}, timeout=self._settings.answer_within)
        if not task.done() or task.result():
            return
        while time.monotonic() < deadline and await self._under_way(message_id):
            await pause(self._stopping, _LOOK_AGAIN)

    async def _under_way(self, message_id: UUID) -> bool:
        async with self._place.store.work(self._context(message_id)) as work:
            message = await work.session.scalar(select(Message).where(col(Message.id) == message_id))
            return message is not None and message.under_way

    def _context(self, message_id: UUID) -> Context:
        """All that follows from a message has its id as correlation."""
        return self._place.context(str(message_id))

    async def _run(self, message_id: UUID) -> bool:
        attempt = None
        try:
            async with self._place.store.work(self._context(message_id)) as work:
                attempt = await attempts.begin(work, message_id)
            if attempt is None:
                return True
            trace = propagate.extract({"traceparent": attempt.message.traceparent or ""})
            with tracer.start_as_current_span("partner-feeds translate", context=trace):
                return await self._translate(attempt)
        except Overtaken:
            log.info("another process translates this message", message=str(message_id))
        except Exception as error:
            if is_transient(error):
                log.warning("translation waits", message=str(message_id), reason=str(error) or type(error).__name__)
                return False
            log.error("translation failed", message=str(message_id), exc_info=error)
            # One that could not even begin has no place to give up at; it is tried again.
            return attempt is not None and await self._give_up(attempt, error)
        return False

    async def _translate(self, attempt: Attempt) -> bool:
        message, context = attempt.message, self._context(attempt.message.id)
        source = Stored(self._place.store, context, message.id, message.size, attempt.first_piece)
        batches = Batches(attempt.form, source, after=attempt.place)
        last = False
        while not last and not self._stopping.is_set():
            async with self._turns.of(attempt.feed.partner_id):
                batch = await self._taken(attempt, batches, context)
                async with self._place.store.work(context) as work:
                    place = await attempts.save(work, attempt, batch)
                attempt.place, last = place, batch.last
        return last

    async def _taken(self, attempt: Attempt, batches: Batches, context: Context) -> Batch:
        """The next batch. A large file is looked at as a whole before: meanwhile no other process takes it up."""
        taking = asyncio.create_task(asyncio.to_thread(batches.take))
        while not (await asyncio.wait({taking}, timeout=self._settings.resume_after / 3))[0]:
            async with self._place.store.work(context) as work:
                await attempts.still_at_it(work, attempt)
        return taking.result()

    async def _give_up(self, attempt: Attempt, error: Exception) -> bool:
        reason = f"something failed on our side ({type(error).__name__}); the log has it, a replay tries again"
        try:
            async with self._place.store.work(self._context(attempt.message.id)) as work:
                await attempts.give_up(work, attempt, reason)
            return True
        except Exception as failed:
            log.error("giving up failed", message=str(attempt.message.id), exc_info=failed)
            return False
