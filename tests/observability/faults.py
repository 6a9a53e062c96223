"""Faults that alerts are for, made in the databases and in Kafka of running services."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Any, Self
from uuid import uuid4

import asyncpg
from aiokafka import AIOKafkaProducer

from installation import migrate
from runtime.settings import Settings
from tests.observability.people import Reached
from tests.partnership import EVENTS, Partnership

Fire = Callable[..., Awaitable[None]]


class Faults:
    """Somebody with the superuser's rights, and bad intentions."""

    def __init__(self, settings: Settings, dsn: str, broker: str) -> None:
        self._settings, self._dsn, self._broker = settings, dsn, broker

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Remove the databases."""
        connection = await asyncpg.connect(self._dsn)
        for name in ("partner-registry", "partner-feeds", "sample-tracking", "quality-events", "kpi"):
            database = self._settings.database_of(name).rsplit("/", 1)[1]
            await connection.execute(f'DROP DATABASE IF EXISTS "{database}" WITH (FORCE)')
        await connection.close()

    @asynccontextmanager
    async def _database(self, service: str) -> AsyncIterator[asyncpg.Connection]:
        url = migrate.database_admin_url(self._dsn, self._settings.database_of(service))
        connection = await asyncpg.connect(url.replace("postgresql+psycopg", "postgresql"))
        try:
            yield connection
        finally:
            await connection.close()

    async def _done(self, service: str, statement: str, *given: Any) -> None:
        async with self._database(service) as connection:
            # As triggers guard what is regulated, also from a superuser.
            await connection.execute("SET session_replication_role = replica")
            assert await connection.execute(statement, *given) not in ("UPDATE 0", "INSERT 0 0")

    @asynccontextmanager
    async def locked(self, service: str, table: str) -> AsyncIterator[None]:
        """A table that nobody can read or write while the block runs."""
        async with self._database(service) as connection, connection.transaction():
            await connection.execute(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE")
            yield

    @asynccontextmanager
    async def obstructed(self, service: str, table: str) -> AsyncIterator[None]:
        """A table into which nobody gets anything for now: a consumer tries again and again, as it does in a storm."""
        raises = "BEGIN RAISE EXCEPTION 'not now' USING ERRCODE = 'serialization_failure'; END"
        async with self._database(service) as connection:
            await connection.execute(f"CREATE FUNCTION not_now() RETURNS trigger LANGUAGE plpgsql AS $${raises}$$")
            when = f"BEFORE INSERT OR UPDATE ON {table} FOR EACH ROW"
            await connection.execute(f"CREATE TRIGGER not_now {when} EXECUTE FUNCTION not_now()")
            yield
            await connection.execute("DROP FUNCTION not_now CASCADE")

    def product(self) -> dict[str, str]:
        """One more product."""
        return {"code": f"F-{uuid4().hex[:10]}", "name": "Tablets", "dosage_form": "tablet"}

    async def a_poor_partner(self) -> None:
        """Of its hundred batches ten were right first time."""
        for measure, total in (("lot_right_first_time", 10), ("lot_manufactured", 100)):
            await self._done(
                "kpi",
                "INSERT INTO bucket (measure, month, partner_id, site_id, level, count, total) "
                "VALUES ($1, date_trunc('month', now() AT TIME ZONE 'UTC')::date, $2, $2, 0, 100, $3)",
                measure, self.partner, total,
            )  # fmt: skip

    partner = uuid4()

    async def a_record_that_nobody_can_read(self) -> None:
        """Something that is no fact lies in a topic."""
        producer = AIOKafkaProducer(bootstrap_servers=self._broker)
        await producer.start()
        try:
            topic = self._settings.topic("partner-registry.product")
            await producer.send_and_wait(topic, b"{", key=b"x", headers=[("ce_id", uuid4().hex.encode())])
        finally:
            await producer.stop()

    async def a_record_that_a_timer_fails_on(self) -> None:
        """A timer failed, and tries it again tomorrow."""
        statement = (
            "INSERT INTO set_aside (timer, record_id, reason, since, try_again_at) "
            "VALUES ('overdue', $1, 'ValueError: no calendar', now(), now() + interval '1 day')"
        )
        await self._done("quality-events", statement, uuid4())

    async def another_log(self) -> None:
        """What was read last of a partition is not what the topic holds there."""
        statement = "UPDATE consumer_offset SET last_id = 'another', rewinds = rewinds + 1 WHERE next > 0"
        await self._done("partner-feeds", statement)

    async def a_message_long_ago(self, feed: str) -> None:
        """Two messages came within an hour, and none for five."""
        statement = (
            "UPDATE message SET received_at = now() - interval '5 hours' - interval '1 hour' * "
            "(SELECT count(*) FROM message AS later WHERE later.feed = message.feed AND later.id > message.id) "
            "WHERE feed = $1"
        )
        await self._done("partner-feeds", statement, feed)

    async def results_of_this_morning(self) -> bool:
        """What nobody could judge came five hours ago; whether it is there yet."""
        statement = "UPDATE result SET created_at = created_at - interval '5 hours' WHERE unit = 'mg'"
        async with self._database("sample-tracking") as connection:
            await connection.execute("SET session_replication_role = replica")
            return bool(await connection.execute(statement) != "UPDATE 0")

    async def rows_that_wait(self, partnership: Partnership, feeds: Reached) -> None:
        """A result that nobody can judge, one that is told differently a second time, and one of an unknown product."""
        lot = uuid4().hex[:6]
        await partnership.tell(partnership.start(lot), partnership.completion(lot))
        _, good = partnership.result(lot, "99.1")
        _, strange = partnership.result(lot, "99.1")
        _, unknown = partnership.result(lot, "99.1")
        strange["data"]["unit"] = "mg"
        unknown["data"]["lot"] = {"material": "no-such-product", "number": lot}
        other = json.loads(json.dumps(good)) | {"id": uuid4().hex}
        other["data"]["value"] = "98.2"
        async with feeds.as_("partner_system", partner_id=partnership.laboratory) as system:
            for event in (good, strange, unknown, other):
                path = f"/feeds/{partnership.code}-lims/messages".lower()
                answer = await system.post(path, content=json.dumps([event]), headers=EVENTS)
                assert answer.status_code == 202, answer.text

    async def slow_answers(self, reached: Reached, fire: Fire) -> None:
        """Everybody waits for a table."""
        for _ in range(2):
            async with self.locked("quality-events", "capa"):
                asked = [asyncio.create_task(reached.client.get("/capas")) for _ in range(20)]
                await asyncio.wait(asked, timeout=4)
            await asyncio.gather(*asked)
        await fire("SlowAnswers")

    async def failing_answers(self, reached: Reached, fire: Fire) -> None:
        """A table is gone."""
        await self._done("quality-events", "ALTER TABLE complaint RENAME TO gone")
        asking = asyncio.create_task(_ask(reached, "/complaints"))
        try:
            await fire("ManyErrors")
        finally:
            asking.cancel()
            await self._done("quality-events", "ALTER TABLE gone RENAME TO complaint")


async def _ask(reached: Reached, path: str) -> None:
    while True:
        await reached.client.get(path)
        await asyncio.sleep(0.2)
