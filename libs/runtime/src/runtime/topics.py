"""Topics: created from the registry of facts, and verified before a service calls itself ready."""

from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType
from aiokafka.errors import TopicAlreadyExistsError, for_code

from contracts import PARTITIONS
from runtime.settings import Settings

CONFIGURATION = {
    "retention.ms": "-1",
    "retention.bytes": "-1",
    "cleanup.policy": "delete",
    "max.message.bytes": "1048588",
}
"""Topics keep everything: a new consumer builds itself from the whole history."""


async def create(settings: Settings, names: Sequence[str]) -> list[str]:
    """Create the topics that are missing; give their names. Raises a KafkaError for what the broker refuses."""
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        existing = set(await admin.list_topics())
        wanted = [settings.topic(name) for name in names]
        missing = [name for name in wanted if name not in existing]
        new = [NewTopic(name, PARTITIONS, settings.replication_factor, topic_configs=CONFIGURATION) for name in missing]
        if new:
            answer = await admin.create_topics(new)
            for _, code, *_ in answer.topic_errors:
                if code not in (0, TopicAlreadyExistsError.errno):
                    raise for_code(code)
        return missing
    finally:
        await admin.close()


async def verify(settings: Settings, names: Sequence[str]) -> list[str]:
    """What is wrong with the topics, a sentence each; nothing when facts are safe in them."""
    if not settings.verify_topics:
        return []
    wanted = [settings.topic(name) for name in names]
    admin = AIOKafkaAdminClient(bootstrap_servers=settings.kafka_bootstrap_servers)
    await admin.start()
    try:
        described = await admin.describe_topics(wanted)
        found = {item["topic"]: len(item["partitions"]) for item in described if item["error_code"] == 0}
        wrong = [f"topic {name} is missing" for name in wanted if name not in found]
        wrong += [
            f"topic {name} has {count} partitions instead of {PARTITIONS}: order per key is at risk"
            for name, count in found.items()
            if count != PARTITIONS
        ]
        return wrong + await _misconfigured(admin, sorted(found))
    finally:
        await admin.close()


async def _misconfigured(admin: AIOKafkaAdminClient, names: Sequence[str]) -> list[str]:
    if not names:
        return []
    answers = await admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, name) for name in names])
    wrong = []
    for answer in answers:
        for _, _, _, name, entries in answer.resources:
            actual = {entry[0]: entry[1] for entry in entries}
            wrong += [
                f"topic {name} has {key}={actual.get(key)} instead of {value}"
                for key, value in CONFIGURATION.items()
                if actual.get(key) != value
            ]
    return wrong
