"""What services may do in Kafka follows from the registry of facts: each what it must, and nothing else."""

from pathlib import Path
from typing import Any

import pytest

from cli.installing import states
from cli.services import MOUNTED
from contracts import topics
from installation.rights import Needs, Right, needs_of, quotas, rights
from runtime.settings import Settings

ROOT = Path(__file__).parents[2]
READ_BY = {
    "partner-registry": {"partner-registry", "quality-events", "sample-tracking"},
    "partner-feeds": {"partner-registry", "sample-tracking"},
    "sample-tracking": {"partner-feeds", "partner-registry", "quality-events", "sample-tracking", "tech-transfer"},
    "tech-transfer": {"partner-feeds", "partner-registry", "quality-events", "sample-tracking"},
    "quality-events": {"partner-feeds", "partner-registry", "quality-events", "sample-tracking"},
    "kpi": {"partner-feeds", "partner-registry", "quality-events", "sample-tracking"},
    "contracting": {"partner-registry", "quality-events"},
    "event-stream": {
        *("contracting", "partner-feeds", "partner-registry"),
        *("quality-events", "sample-tracking", "tech-transfer"),
    },
}
"""By service whose facts it reads. Who adds to it lets a service see what it did not see before."""


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    return {state.service: state for state in states()}


@pytest.fixture(scope="module")
def needs(services: dict[str, Any]) -> dict[str, Needs]:
    return {service: needs_of(state) for service, state in services.items()}


def of(topics: frozenset[str]) -> set[str]:
    return {name.partition(".")[0] for name in topics}


def test_every_service_of_the_workspace_has_its_rights(needs: dict[str, Needs]) -> None:
    workspace = {path.parent.name.replace("_", "-") for path in (ROOT / "services").glob("*/pyproject.toml")}
    assert set(needs) == set(MOUNTED) == workspace


def test_a_topic_is_written_by_the_service_that_it_is_named_after(needs: dict[str, Needs]) -> None:
    writers = {name: {each.service for each in needs.values() if name in each.writes} for name in topics()}
    assert writers == {name: {name.partition(".")[0]} for name in topics()}


def test_a_service_reads_whose_facts_it_is_known_to_read(needs: dict[str, Needs]) -> None:
    assert {service: of(each.reads) for service, each in needs.items() if each.reads} == READ_BY


def test_what_a_service_verifies_it_may_see(services: dict[str, Any], needs: dict[str, Needs]) -> None:
    """One that publishes facts of its own without saying so would begin with topics that nobody looked at."""
    assert {name: set(state.topics) for name, state in services.items()} == {
        name: each.writes | each.reads for name, each in needs.items()
    }


def test_only_who_keeps_offsets_joins_a_group(needs: dict[str, Needs]) -> None:
    assert {service for service, each in needs.items() if not each.in_group} == {"event-stream"}


def test_rights_are_those_that_are_needed_and_no_more() -> None:
    settings = Settings(topic_prefix="acme.", kafka_username="acme-{service}")
    needs = Needs("quality_events", frozenset({"quality-events.capa"}), frozenset({"partner-feeds.lot"}), True)
    user = "acme-quality-events"
    assert rights(settings, [needs]) == {
        Right(user, "Write", "Topic", "acme.quality-events.capa"),
        Right(user, "DescribeConfigs", "Topic", "acme.quality-events.capa"),
        Right(user, "Read", "Topic", "acme.partner-feeds.lot"),
        Right(user, "DescribeConfigs", "Topic", "acme.partner-feeds.lot"),
        Right(user, "Read", "Group", "acme.quality_events"),
    }
    assert set(quotas(settings, [needs])) == {user}
