"""The AsyncAPI document: whole, consistent in itself, and true."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema_rs import Draft202012Validator

from contracts import PARTITIONS, contracts, incoming, topics, topics_of
from contracts.asyncapi import document

EXAMPLES = Path(__file__).parents[1] / "examples"


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    return document()


def references(node: Any) -> Iterator[str]:
    if isinstance(node, dict):
        if isinstance(node.get("$ref"), str):
            yield node["$ref"]
        node = list(node.values())
    if isinstance(node, list):
        for each in node:
            yield from references(each)


def at(document: dict[str, Any], reference: str) -> Any:
    found: Any = document
    for step in reference.removeprefix("#/").split("/"):
        found = found[step]
    return found


def test_every_reference_resolves(written: dict[str, Any]) -> None:
    found = list(references(written))
    assert len(found) > len(contracts()) * 3
    for reference in found:
        assert at(written, reference)


def test_it_has_what_asyncapi_3_asks_for(written: dict[str, Any]) -> None:
    assert written["asyncapi"] == "3.0.0"
    assert written["info"]["title"]
    assert written["info"]["version"]
    assert written.keys() <= {"asyncapi", "info", "defaultContentType", "channels", "operations", "components"}
    for name, operation in written["operations"].items():
        assert operation["action"] == ("receive" if name == f"{incoming.CHANNEL}.receive" else "send")
        channel = at(written, operation["channel"]["$ref"])
        # AsyncAPI 3: an operation's messages must be among its channel's.
        own = {f"{operation['channel']['$ref']}/messages/{name}" for name in channel["messages"]}
        assert {message["$ref"] for message in operation["messages"]} == own


def test_every_topic_is_a_channel_that_its_producer_sends_to(written: dict[str, Any]) -> None:
    assert list(written["channels"]) == [*topics(), incoming.CHANNEL]
    for topic in topics():
        channel = written["channels"][topic]
        assert channel["bindings"]["kafka"]["partitions"] == PARTITIONS
        producer = written["operations"][f"{topic}.send"]["tags"][0]["name"]
        assert topic in topics_of(producer)


def test_every_fact_is_a_message_of_its_topic_with_its_key(written: dict[str, Any]) -> None:
    for contract in contracts():
        assert contract.type in written["channels"][contract.topic]["messages"]
        message = written["components"]["messages"][contract.type]
        assert message["summary"]
        assert contract.key in message["bindings"]["kafka"]["key"]["description"]


@pytest.mark.parametrize("path", sorted(EXAMPLES.glob("*.json")), ids=lambda path: path.stem.split(".")[2])
def test_examples_fit_the_payload_and_the_headers(written: dict[str, Any], path: Path) -> None:
    event = json.loads(path.read_text("utf-8"))
    message = written["components"]["messages"][event["type"]]
    inside = {"components": written["components"]}
    Draft202012Validator(inside | message["payload"]).validate(event.pop("data"))
    headers = {f"ce_{name}": value for name, value in event.items() if name != "datacontenttype"}
    schema = inside | message["headers"]
    Draft202012Validator(schema).validate(headers | {"content-type": "application/json"})
    unknown = headers.keys() - written["components"]["schemas"]["CloudEventHeaders"]["properties"].keys()
    assert not unknown, "the document does not tell of them"
    assert not Draft202012Validator(schema).is_valid(headers | {"content-type": "text/plain"})


@pytest.mark.parametrize("type_", incoming.types())
def test_the_example_of_what_partners_send_fits_its_message(written: dict[str, Any], type_: str) -> None:
    message = written["components"]["messages"][type_]
    validator = Draft202012Validator({"components": written["components"]} | message["payload"])
    event = message["examples"][0]["payload"]
    validator.validate(event)
    assert event["type"] == type_
    assert not validator.is_valid(event | {"data": event["data"] | {"misspelt": 1}})
    assert not validator.is_valid(event | {"type": "another"})
