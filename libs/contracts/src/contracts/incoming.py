"""What partners' systems may send as events: the schemas that partner-feeds publishes, each with an example.

They are written by ``scripts/incoming.py`` from the models of that service, which nothing here imports.
"""

import json
from importlib.resources import files
from typing import Any

SCHEMAS = "#/components/schemas/"
CHANNEL = "partner-feeds.feed"
_PREFIX = "Sent."
"""Before the names of these schemas: a fact and the record that it follows from may have parts of one name."""
_ABOUT = (
    "What a partner's system sends to a feed of its own, as CloudEvents over HTTP: one "
    "(`application/cloudevents+json`), a batch (`application/cloudevents-batch+json`), or one in binary mode, its "
    "attributes as `ce-` headers."
)
_ATTRIBUTES = {
    "specversion": {"const": "1.0"},
    "id": {"type": "string", "minLength": 1, "description": "Of this event, as its sender counts them."},
    "source": {"type": "string", "minLength": 1, "description": "The system that sends."},
    "datacontenttype": {"type": "string", "description": "application/json, or any +json; in UTF-8."},
}


def types() -> dict[str, dict[str, Any]]:
    """The JSON Schema of each type's data, by type; its first example is a whole event."""
    folder = files("contracts") / "received"
    documents = sorted((each for each in folder.iterdir() if each.name.endswith(".json")), key=lambda each: each.name)
    return {each.name.removesuffix(".json"): json.loads(each.read_text("utf-8")) for each in documents}


def channel() -> dict[str, Any]:
    """The AsyncAPI channel of a feed."""
    return {
        "address": "/v1/feeds/{feed}/messages",
        "description": _ABOUT,
        "parameters": {"feed": {"description": "The feed's code or id."}},
        "messages": {type_: {"$ref": f"#/components/messages/{type_}"} for type_ in types()},
    }


def operation() -> dict[str, Any]:
    """What partner-feeds does with the channel."""
    return {
        "action": "receive",
        "title": "partner-feeds takes what partners' systems send",
        "channel": {"$ref": f"#/channels/{CHANNEL}"},
        "messages": [{"$ref": f"#/channels/{CHANNEL}/messages/{type_}"} for type_ in types()],
        "tags": [{"name": "partner-feeds"}],
        "bindings": {"http": {"method": "POST", "bindingVersion": "0.3.0"}},
    }


def messages() -> dict[str, Any]:
    """A message of each type."""
    return {type_: _message(type_, schema) for type_, schema in types().items()}


def _message(type_: str, schema: dict[str, Any]) -> dict[str, Any]:
    data = {"$ref": f"{SCHEMAS}{_PREFIX}{schema['title']}"}
    return {
        "name": type_,
        "title": schema["title"],
        "summary": schema["description"].split("\n\n")[0],
        "contentType": "application/cloudevents+json",
        "payload": {
            "type": "object",
            "properties": _ATTRIBUTES | {"type": {"const": type_}, "data": data},
            "required": ["specversion", "id", "source", "type", "data"],
        },
        "examples": [{"name": schema["title"], "payload": schema["examples"][0]}],
    }


def schemas() -> dict[str, Any]:
    """The schemas of their data and of its parts, as the document's components."""
    found: dict[str, Any] = {}
    for schema in types().values():
        own = {name: value for name, value in schema.items() if name not in ("$schema", "$defs", "x-type", "examples")}
        for name, part in {schema["title"]: own, **schema.get("$defs", {})}.items():
            found[_PREFIX + name] = _lifted(part)
    return dict(sorted(found.items()))


def _lifted(node: Any) -> Any:
    """The same schema, its parts referred to where the document has them."""
    if isinstance(node, dict):
        return {name: _reference(value) if name == "$ref" else _lifted(value) for name, value in node.items()}
    return [_lifted(each) for each in node] if isinstance(node, list) else node


def _reference(reference: str) -> str:
    return reference.replace("#/$defs/", SCHEMAS + _PREFIX)
