"""What was promised: every fact has a golden schema and an example, and still keeps to them."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator, meta

from contracts import Contract, contract_for, contracts, read, to_message, to_structured, topics, topics_of
from contracts.compatibility import breaking_changes
from contracts.schemas import schema_of

LIBRARY = Path(__file__).parents[1]
# Other packages' tests may register facts of their own in this process.
PUBLISHED = [contract for contract in contracts() if contract.model.__module__.startswith("contracts.")]
every_fact = pytest.mark.parametrize("contract", PUBLISHED, ids=lambda contract: contract.model.__name__)


def golden(contract: Contract) -> dict[str, Any]:
    schema: dict[str, Any] = json.loads((LIBRARY / "schemas" / f"{contract.type}.json").read_text("utf-8"))
    return schema


def example(contract: Contract) -> dict[str, Any]:
    event: dict[str, Any] = json.loads((LIBRARY / "examples" / f"{contract.type}.json").read_text("utf-8"))
    return event


def sent(event: dict[str, Any]) -> Any:
    """The Kafka message of an example, as its producer would have sent it."""
    attributes = {name: value for name, value in event.items() if name != "data"}
    attributes["time"] = datetime.fromisoformat(event["time"])
    return to_message(attributes, json.dumps(event["data"]).encode())


@every_fact
def test_what_was_promised_is_kept(contract: Contract) -> None:
    assert breaking_changes(golden(contract), schema_of(contract)) == []


@every_fact
def test_the_golden_schema_says_how_the_fact_travels(contract: Contract) -> None:
    schema = golden(contract)
    meta.validate(schema)
    assert (schema["x-type"], schema["x-topic"], schema["x-key"]) == (contract.type, contract.topic, contract.key)
    assert schema["description"], "a reader elsewhere has only this to know what the fact means"


@every_fact
def test_the_example_fits_the_golden_schema(contract: Contract) -> None:
    Draft202012Validator(golden(contract), validate_formats=True).validate(example(contract)["data"])


@every_fact
def test_the_example_survives_the_model(contract: Contract) -> None:
    data = example(contract)["data"]
    fact = contract.model.model_validate_json(json.dumps(data))
    # Optional fields that were added since are not in the example: facts of the past look like that.
    assert json.loads(fact.model_dump_json(exclude_unset=True)) == data


@every_fact
def test_the_example_survives_kafka(contract: Contract) -> None:
    event = example(contract)
    message = sent(event)
    headers = list(message.headers.items())
    recorded = read(message.key.encode(), message.value, headers)
    assert recorded is not None
    assert recorded.fact == contract.model.model_validate(event["data"])
    assert contract.key_of(recorded.fact) == recorded.key == event["partitionkey"]
    assert ",".join(map(str, recorded.parties)) == event.get("parties", "")
    assert to_structured(message.key.encode(), message.value, headers) == event


def test_the_examples_hold_every_precision_of_a_moment() -> None:
    lengths = {len(example(contract)["data"]["occurred_at"]) for contract in PUBLISHED}
    assert {len("2018-11"), len("2018-11-05")} < lengths, "a month, a day and an instant"


def test_every_schema_and_example_belongs_to_a_fact() -> None:
    types = {contract.type for contract in PUBLISHED}
    for folder in ("schemas", "examples"):
        assert {path.stem for path in (LIBRARY / folder).glob("*.json")} == types


PRODUCERS = {
    "contracting-obligations": "contracting",
    **{"batch-records": "partner-feeds"},
    **dict.fromkeys(("certificates-of-analysis", "data-integrity", "entitlements"), "sample-tracking"),
    **dict.fromkeys(("laboratory-orders", "out-of-trend"), "sample-tracking"),
    **dict.fromkeys(
        (
            *("audits", "batches", "changes", "complaints", "dispositions", "impacts", "product-reviews", "recalls"),
            "trend-investigations",
        ),
        "quality-events",
    ),
    **dict.fromkeys(("certifying", "companies", "oversight", "qualifications"), "partner-registry"),
    **dict.fromkeys(("partner-work", "registrations", "sites"), "partner-registry"),
    **dict.fromkeys(("transfer-closure", "transfer-design", "transfer-gaps", "transfer-packages"), "tech-transfer"),
    **dict.fromkeys(("method-transfers", "transfer-batches"), "tech-transfer"),
}
"""Of modules that have not the name of the service: those of one subject of it."""


def test_types_and_topics_keep_their_form() -> None:
    for contract in PUBLISHED:
        assert re.fullmatch(r"io\.entente\.([a-z-]+\.)?[A-Z][A-Za-z]+\.v[1-9][0-9]*", contract.type)
        assert contract.topic == contract.topic.lower().replace("_", "-")
        module = contract.model.__module__.removeprefix("contracts.").replace("_", "-")
        assert contract.producer == PRODUCERS.get(module, module)
        assert contract_for(contract.type) is contract


def test_topics_are_found_by_their_producer() -> None:
    assert topics_of("quality-events") == [
        "quality-events.audit",
        "quality-events.audit-finding",
        "quality-events.authority-notification",
        "quality-events.ball",
        "quality-events.batch",
        "quality-events.batch-hold",
        "quality-events.batch-link",
        "quality-events.capa",
        "quality-events.change",
        "quality-events.complaint",
        "quality-events.deviation",
        "quality-events.disposition",
        "quality-events.disposition-decision",
        "quality-events.distribution-impact",
        "quality-events.hold-proposal",
        "quality-events.oos-investigation",
        "quality-events.oot-investigation",
        "quality-events.product-quality-review",
        "quality-events.recall-part",
    ]
    assert topics_of("quality") == [], "a service whose name only begins alike owns nothing of another's"
    assert {topic for contract in PUBLISHED for topic in topics_of(contract.producer)} <= set(topics())
