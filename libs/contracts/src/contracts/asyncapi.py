"""The AsyncAPI 3.0 document: every topic, its messages and who sends them, computed from the registry of facts."""

from importlib.metadata import version
from inspect import getdoc
from typing import Any

from pydantic.json_schema import models_json_schema

from contracts import incoming
from contracts.fact import PARTITIONS, Contract, contracts, topics
from contracts.schemas import OnTheWire

_SCHEMAS = "#/components/schemas/"
_BINDING = "0.5.0"
_ABOUT = """\
Facts that the services of Entente publish, in Kafka, as CloudEvents 1.0 in binary mode: the attributes are `ce_`
headers, the value is the fact's JSON. Topics keep everything. Order holds within one key. A fact may come twice: its
`ce_id` is then the same. Ignore fields and types that you do not know: a fact that changes its meaning gets a new type
ending in `v2`, published beside the old one.

What partners' systems may send to us, over HTTP, is the channel `partner-feeds.feed`."""
_ATTRIBUTES: dict[str, tuple[dict[str, Any], str, bool]] = {
    "ce_specversion": ({"const": "1.0"}, "The version of CloudEvents.", True),
    "ce_id": ({"format": "uuid"}, "The same whenever this fact comes again.", True),
    "ce_source": ({"format": "uri-reference"}, "The service that published the fact.", True),
    "ce_type": ({}, "The fact's type.", True),
    "ce_time": ({"format": "date-time"}, "When the fact was recorded; `occurred_at` is when it happened.", True),
    "content-type": ({"const": "application/json"}, "What the value is.", True),
    "ce_partitionkey": ({}, "The Kafka key.", True),
    "ce_sequence": ({"pattern": "^[0-9]+$"}, "The version of the record that the fact is about.", True),
    "ce_correlationid": ({}, "The same for all that follows from one request.", False),
    "ce_causationid": ({"format": "uuid"}, "The id of the fact that led to this one.", False),
    "ce_traceparent": ({}, "The trace to continue (W3C Trace Context).", False),
    "ce_parties": ({}, "Ids of the organisations that the fact concerns, separated by commas.", False),
}


def document() -> dict[str, Any]:
    """The AsyncAPI document of all registered facts, and of what partners' systems may send."""
    listed = contracts()
    producers = sorted({contract.producer for contract in listed})
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Entente facts",
            "version": version("entente-contracts"),
            "description": _ABOUT,
            "license": {"name": "Apache-2.0"},
            "tags": [{"name": producer} for producer in producers],
        },
        "defaultContentType": "application/json",
        "channels": {topic: _channel(topic, _of(topic)) for topic in topics()} | {incoming.CHANNEL: incoming.channel()},
        "operations": {
            **{f"{topic}.send": _operation(topic, _of(topic)) for topic in topics()},
            f"{incoming.CHANNEL}.receive": incoming.operation(),
        },
        "components": {
            "messages": {contract.type: _message(contract) for contract in listed} | incoming.messages(),
            "schemas": {"CloudEventHeaders": _headers(), **_schemas(listed), **incoming.schemas()},
        },
    }


def _of(topic: str) -> list[Contract]:
    return [contract for contract in contracts() if contract.topic == topic]


def _channel(topic: str, listed: list[Contract]) -> dict[str, Any]:
    return {
        "address": topic,
        "description": f"Published by {listed[0].producer}. An installation may put a prefix before the name.",
        "messages": {contract.type: {"$ref": f"#/components/messages/{contract.type}"} for contract in listed},
        "bindings": {
            "kafka": {
                "topic": topic,
                "partitions": PARTITIONS,
                "topicConfiguration": {"cleanup.policy": ["delete"], "retention.ms": -1, "retention.bytes": -1},
                "bindingVersion": _BINDING,
            }
        },
    }


def _operation(topic: str, listed: list[Contract]) -> dict[str, Any]:
    channel = f"#/channels/{topic}"
    return {
        "action": "send",
        "title": f"{listed[0].producer} publishes to {topic}",
        "channel": {"$ref": channel},
        "messages": [{"$ref": f"{channel}/messages/{contract.type}"} for contract in listed],
        "tags": [{"name": listed[0].producer}],
    }


def _message(contract: Contract) -> dict[str, Any]:
    paragraphs = (getdoc(contract.model) or "").split("\n\n", 1)
    return {
        "name": contract.type,
        "title": contract.model.__name__,
        "summary": " ".join(paragraphs[0].split()),
        **({"description": paragraphs[1]} if len(paragraphs) > 1 else {}),
        "contentType": "application/json",
        "headers": {
            "allOf": [
                {"$ref": f"{_SCHEMAS}CloudEventHeaders"},
                {"type": "object", "properties": {"ce_type": {"const": contract.type}}},
            ]
        },
        "payload": {"$ref": f"{_SCHEMAS}{contract.model.__name__}"},
        "bindings": {
            "kafka": {
                "key": {"type": "string", "description": f"The fact's `{contract.key}`."},
                "bindingVersion": _BINDING,
            }
        },
    }


def _headers() -> dict[str, Any]:
    return {
        "type": "object",
        "properties": {
            name: {"type": "string", **rule, "description": meaning} for name, (rule, meaning, _) in _ATTRIBUTES.items()
        },
        "required": [name for name, (_, _, required) in _ATTRIBUTES.items() if required],
    }


def _schemas(listed: list[Contract]) -> dict[str, Any]:
    _, generated = models_json_schema(
        [(contract.model, "serialization") for contract in listed],
        ref_template=_SCHEMAS + "{model}",
        schema_generator=OnTheWire,
    )
    schemas: dict[str, Any] = generated["$defs"]
    return schemas
