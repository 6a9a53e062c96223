"""Places that no longer fit: the stored offset is gone, or the log is another one than was read."""

from collections.abc import Sequence
from uuid import uuid4

import pytest
from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import UnknownTopicOrPartitionError

from installation.topics import create as create_topics
from notes.installation import PRODUCTS, Installation, message
from notes.main import TOPICS
from notes.parked import applied, numbers, refusing
from runtime import topics

pytestmark = pytest.mark.durable_broker


async def recreate(installation: Installation) -> None:
    """The broker lost everything, as the in-memory broker does at each restart."""
    client = AIOKafkaAdminClient(bootstrap_servers=installation.settings.kafka_bootstrap_servers)
    await client.start()
    names = [installation.settings.topic(name) for name in TOPICS]
    await client.delete_topics(names)

    async def gone() -> bool:
        return not set(names) & set(await client.list_topics())

    await installation.eventually(gone)
    await client.close()
    await create_topics(installation.settings, TOPICS)
    await installation.eventually(lambda: ready(installation))


async def all_heard(installation: Installation, count: int) -> None:
    await installation.eventually(lambda: installation.value("SELECT count(*) >= $1 FROM heard", count), 40)


async def ready(installation: Installation, wrong: Sequence[str] = ()) -> bool:
    """Whether so much is wrong with the topics, and no more."""
    said = await topics.verify(installation.settings, TOPICS)
    return len(said) == len(wrong) and all(part in sentence for part, sentence in zip(wrong, said, strict=True))


async def test_without_its_stored_offset_a_consumer_begins_anew_and_the_inbox_discards(
    installation: Installation,
) -> None:
    key = uuid4()
    await installation.produce([message(key, n) for n in range(10)])
    async with installation.consuming():
        await applied(installation, 10)
        await installation.rows("DELETE FROM consumer_offset")
        await installation.produce([message(key, n) for n in range(10, 20)])
        await applied(installation, 20)
    await installation.rows("DELETE FROM consumer_offset")
    async with installation.consuming():
        await applied(installation, 20)
    assert await numbers(installation, key) == list(range(20))


@pytest.mark.parametrize(("facts_after", "running"), [(3, False), (10, False), (25, False), (10, True)])
async def test_a_log_that_lost_its_tail_is_read_from_the_beginning(
    installation: Installation, facts_after: int, running: bool
) -> None:
    """Fewer records than were read, as many, or more: what is new is heard, what is known is discarded."""
    key, count = uuid4(), 8 + facts_after
    first = [message(key, n) for n in range(10)]

    async def lose_the_tail() -> None:
        await recreate(installation)
        await installation.produce([*first[:2], *(message(key, n) for n in range(10, count))])

    await installation.produce(first)
    async with installation.consuming():
        await applied(installation, 10)
        if running:
            await lose_the_tail()
            await all_heard(installation, count)
    if not running:
        await lose_the_tail()
        async with installation.consuming():
            await all_heard(installation, count)
    assert await numbers(installation, key) == list(range(count))
    noted = "SELECT count(*) FROM consumer_offset WHERE lost_at > now() - interval '1 minute'"
    assert await installation.value(noted) == 1, "what was lost may come again"


async def test_another_record_where_it_stopped_makes_it_read_all_again(installation: Installation) -> None:
    key = uuid4()
    await installation.produce([message(key, n) for n in range(10)])
    async with installation.consuming():
        await applied(installation, 10)
    await installation.rows("DELETE FROM inbox WHERE event_id = (SELECT event_id FROM heard WHERE number = 4)")
    await installation.rows("UPDATE consumer_offset SET last_id = 'another' WHERE next > 0")
    async with installation.consuming():
        await installation.eventually(lambda: installation.value("SELECT count(*) = 11 FROM heard"))
    assert await numbers(installation, key) == [*range(10), 4]


async def test_a_fact_parks_where_an_older_log_s_fact_is_parked_already(installation: Installation) -> None:
    key, other = uuid4(), uuid4()
    installation.trouble.obstacle = refusing((key, 1), (other, 1))
    await installation.produce([message(key, 1) | {"key": b"same"}])
    async with installation.consuming():
        await applied(installation, 1)
    await recreate(installation)
    await installation.produce([message(other, 1) | {"key": b"same"}])
    async with installation.consuming():
        await installation.eventually(lambda: installation.value("SELECT count(*) = 2 FROM parked"), 30)
    assert await installation.value('SELECT count(DISTINCT "offset") FROM parked') == 1


async def test_subscribing_to_a_missing_topic_does_not_make_it(installation: Installation) -> None:
    client = AIOKafkaAdminClient(bootstrap_servers=installation.settings.kafka_bootstrap_servers)
    await client.start()
    name, key = installation.settings.topic(PRODUCTS), uuid4()
    await client.delete_topics([name])
    await installation.eventually(lambda: ready(installation, ["is missing"]))
    async with installation.consuming():
        address = installation.settings.kafka_bootstrap_servers
        plain = AIOKafkaConsumer(name, bootstrap_servers=address, request_timeout_ms=2000)
        with pytest.raises(UnknownTopicOrPartitionError):
            await plain.start()
        await plain.stop()
        assert name not in await client.list_topics()
        await create_topics(installation.settings, TOPICS)
        await installation.eventually(lambda: ready(installation))
        await installation.produce([message(key, 1)])
        await applied(installation, 1)
    await client.close()
