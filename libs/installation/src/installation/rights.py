"""What each service may do in Kafka, computed from what it publishes and listens to: that, and nothing else."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

from contracts import topics_of
from runtime.settings import Settings

BYTES_A_SECOND = {"producer_byte_rate": 50_000_000.0, "consumer_byte_rate": 100_000_000.0}
"""Twice what a relay sends and a consumer takes in at their fastest: a service in good order never meets it."""


@dataclass(frozen=True, slots=True, order=True)
class Right:
    """One thing that one service may do to one topic or group, named as the broker names it.

    ``Write`` and ``Read`` let it see that a topic is there; ``DescribeConfigs`` how it keeps facts, which a service
    verifies before it is ready. Nobody may make or change a topic, nor delete what it holds, but the installation.
    """

    user: str
    operation: Literal["Write", "Read", "DescribeConfigs"]
    kind: Literal["Topic", "Group"]
    name: str


@dataclass(frozen=True, slots=True)
class Needs:
    """What a service does with Kafka. Topics are named as in the contracts."""

    service: str
    writes: frozenset[str]
    """The topics of its own facts: a topic's name begins with the service that alone may write it."""
    reads: frozenset[str]
    in_group: bool
    """Whether it reads as a member of a consumer group, which is called as the service is."""


def needs_of(state: Any) -> Needs:
    """The needs of a service, from the ``state`` of its app."""
    writes = frozenset(topics_of(state.service))
    listens = frozenset(state.place.subscriptions.topics() if state.place else ())
    return Needs(state.service, writes, listens | (frozenset(state.topics) - writes), bool(listens))


def rights(settings: Settings, services: Iterable[Needs]) -> set[Right]:
    """Every right that there is to be."""
    found: set[Right] = set()
    for needs in services:
        user = settings.kafka_user_of(needs.service)
        found |= {Right(user, "Write", "Topic", settings.topic(name)) for name in needs.writes}
        found |= {Right(user, "Read", "Topic", settings.topic(name)) for name in needs.reads}
        found |= {Right(user, "DescribeConfigs", "Topic", settings.topic(n)) for n in needs.writes | needs.reads}
        if needs.in_group:
            found.add(Right(user, "Read", "Group", settings.topic(needs.service)))
    return found


def quotas(settings: Settings, services: Iterable[Needs]) -> dict[str, dict[str, float]]:
    """By user what it may send and take in a second: one that runs wild must not starve the others."""
    return {settings.kafka_user_of(needs.service): dict(BYTES_A_SECOND) for needs in services}
