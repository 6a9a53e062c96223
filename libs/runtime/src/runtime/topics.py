"""Topics: what must hold for each of them, verified before a service calls itself ready."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.admin.config_resource import ConfigResource, ConfigResourceType

from contracts import PARTITIONS
from runtime import kafka
from runtime.settings import Settings

_KEPT = {"retention.ms": "-1", "retention.bytes": "-1", "cleanup.policy": "delete"}
CONFIGURATION = _KEPT | {"max.message.bytes": "1048588"}
"""Topics keep everything: a new consumer builds itself from the whole history."""


@asynccontextmanager
async def administration(settings: Settings, service: str = "") -> AsyncIterator[AIOKafkaAdminClient]:
    """A client for the cluster's topics in a service's name, or the administrator's; closed at the end."""
    admin = AIOKafkaAdminClient(**kafka.client(settings, service))
    await admin.start()
    try:
        yield admin
    finally:
        await admin.close()


async def verify(settings: Settings, names: Sequence[str], service: str = "") -> list[str]:
    """What is wrong with the topics, a sentence each; nothing when facts are safe in them."""
    if not settings.verify_topics:
        return []
    wanted = {name: str(PARTITIONS) for name in map(settings.topic, names)}
    async with administration(settings, service) as admin:
        described = await admin.describe_topics(list(wanted))
        found = {item["topic"]: str(len(item["partitions"])) for item in described if item["error_code"] == 0}
        wrong = [f"topic {name} is missing" for name in wanted if name not in found]
        resources = [ConfigResource(ConfigResourceType.TOPIC, name) for name in sorted(found)]
        for answer in await admin.describe_configs(resources) if resources else ():
            for _, _, _, name, entries in answer.resources:
                actual = {entry[0]: entry[1] for entry in entries} | {"partitions": found[name]}
                expected = CONFIGURATION | {"partitions": wanted[name]}
                differing = [key for key in expected if actual.get(key) != expected[key]]
                wrong += [f"topic {name} has {key}={actual.get(key)} instead of {expected[key]}" for key in differing]
        return wrong
