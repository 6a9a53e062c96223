"""Topics: made from the registry of facts. A service verifies them itself before it is ready (runtime.topics)."""

from collections.abc import Sequence

from aiokafka.admin import NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from contracts import PARTITIONS
from runtime.settings import Settings
from runtime.topics import CONFIGURATION, administration


async def create(settings: Settings, names: Sequence[str]) -> list[str]:
    """Create the topics that are missing; give their names. Raises a KafkaError for what the broker refuses.

    What the broker lists may be behind what it has: only its answer says whether this call made a topic.
    """
    async with administration(settings) as admin:
        existing = set(await admin.list_topics())
        missing = [topic for name in names if (topic := settings.topic(name)) not in existing]
        new = [NewTopic(name, PARTITIONS, settings.replication_factor, topic_configs=CONFIGURATION) for name in missing]
        answers = (await admin.create_topics(new)).topic_errors if new else ()
        for _, code, *_ in answers:
            if code not in (0, TopicAlreadyExistsError.errno):
                raise for_code(code)
        return [name for name, code, *_ in answers if code == 0]
