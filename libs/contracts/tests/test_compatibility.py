"""A breaking change is seen, each kind of it, and a harmless one passes."""

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contracts.compatibility import breaking_changes

Schema = dict[str, Any]
SCHEMAS = [json.loads(path.read_text("utf-8")) for path in (Path(__file__).parents[1] / "schemas").glob("*.json")]

FACT: Schema = {
    "x-type": "io.entente.KettleBoiled.v1",
    "x-topic": "kitchen.kettle",
    "x-key": "kettle_id",
    "$defs": {
        "Kind": {"type": "string", "enum": ["steel", "copper"], "description": "What it is made of."},
        "Lid": {"type": "object", "properties": {"kind": {"$ref": "#/$defs/Kind"}}, "required": ["kind"]},
    },
    "type": "object",
    "properties": {
        "kettle_id": {"type": "string", "format": "uuid"},
        "kind": {"$ref": "#/$defs/Kind"},
        "number": {"type": "string", "pattern": "^K-[0-9]+$"},
        "litres": {"anyOf": [{"type": "string", "format": "decimal"}, {"type": "null"}], "default": None},
        "lids": {"type": "array", "items": {"$ref": "#/$defs/Lid"}, "default": []},
        "unit": {"type": "string", "const": "L"},
    },
    "required": ["kettle_id", "kind", "number"],
}


def _set(path: str, value: Any) -> Callable[[Schema], None]:
    def change(schema: Schema) -> None:
        *steps, last = path.split("/")
        for step in steps:
            schema = schema[step]
        schema[last] = value

    return change


def _remove(path: str) -> Callable[[Schema], None]:
    def change(schema: Schema) -> None:
        *steps, last = path.split("/")
        for step in steps:
            schema = schema[step]
        del schema[last]

    return change


def _both(*changes: Callable[[Schema], None]) -> Callable[[Schema], None]:
    def change(schema: Schema) -> None:
        for each in changes:
            each(schema)

    return change


_WITHOUT_KIND = ["kettle_id", "number"]
BREAKING = {
    "property removed": (_remove("properties/litres"), "litres: is gone"),
    "required property removed": (_both(_remove("properties/kind"), _set("required", _WITHOUT_KIND)), "kind: is gone"),
    "new required property": (
        _both(_set("properties/site", {"type": "string"}), _set("required", [*FACT["required"], "site"])),
        "site: is new and required",
    ),
    "required now": (_set("required", [*FACT["required"], "unit"]), "unit: is required now"),
    "no longer required": (_set("required", _WITHOUT_KIND), "kind: is no longer required"),
    "type changed": (_set("properties/number/type", "integer"), "number: type was 'string' and is 'integer'"),
    "format changed": (_set("properties/kettle_id/format", "date"), "kettle_id: format was 'uuid' and is 'date'"),
    "format gone": (_remove("properties/kettle_id/format"), "kettle_id: format 'uuid' is gone"),
    "pattern changed": (_set("properties/number/pattern", "^K-[0-9]{4}$"), "number: pattern was"),
    "pattern new": (_set("properties/kettle_id/pattern", "^0"), "kettle_id: pattern '^0' is new"),
    "bound new": (_set("properties/number/maxLength", 5), "number: maxLength 5 is new"),
    "default changed": (_set("properties/lids/default", None), "lids: default was [] and is None"),
    "value removed": (_set("$defs/Kind/enum", ["steel"]), "kind: may no longer be 'copper'"),
    "value added": (_set("$defs/Kind/enum", ["steel", "copper", "glass"]), "kind: may now be 'glass'"),
    "value removed deep inside": (_set("$defs/Kind/enum", ["steel"]), "each item of lids.kind: may no longer be"),
    "no longer enumerated": (_remove("$defs/Kind/enum"), "kind: its values are no longer enumerated"),
    "constant changed": (_set("properties/unit/const", "mL"), "unit: may no longer be 'L'"),
    "null no longer allowed": (
        _set("properties/litres", {"type": "string", "format": "decimal", "default": None}),
        "litres: may no longer be null",
    ),
    "null newly allowed": (
        _set("properties/number", {"anyOf": [{"type": "string", "pattern": "^K-[0-9]+$"}, {"type": "null"}]}),
        "number: may now be null",
    ),
    "kind among several changed": (
        _set("properties/litres/anyOf", [{"type": "number"}, {"type": "null"}]),
        "litres: may no longer be string decimal",
    ),
    "items of another type": (
        _set("properties/lids/items", {"type": "string"}),
        "each item of lids: type was 'object' and is 'string'",
    ),
    "items no longer said": (_remove("properties/lids/items"), "lids: what its items are is no longer said"),
    "topic changed": (_set("x-topic", "kitchen.stove"), "the fact: x-topic was 'kitchen.kettle'"),
    "key changed": (_set("x-key", "number"), "the fact: x-key was 'kettle_id'"),
}


@pytest.mark.parametrize("kind", BREAKING)
def test_a_breaking_change_is_named(kind: str) -> None:
    change, sentence = BREAKING[kind]
    new = copy.deepcopy(FACT)
    change(new)
    found = breaking_changes(FACT, new)
    assert any(each.startswith(sentence) for each in found), found


HARMLESS = {
    "optional property added": _set("properties/colour", {"type": "string", "default": ""}),
    "optional property added deep inside": _set("$defs/Lid/properties/colour", {"type": "string", "default": ""}),
    "described otherwise": _set("$defs/Kind/description", "Steel or copper."),
    "definition renamed": _both(
        _set("$defs/Metal", FACT["$defs"]["Kind"]),
        _set("properties/kind", {"$ref": "#/$defs/Metal"}),
        _set("$defs/Lid/properties/kind", {"$ref": "#/$defs/Metal"}),
        _remove("$defs/Kind"),
    ),
    "kinds in another order": _set(
        "properties/litres/anyOf", [{"type": "null"}, {"type": "string", "format": "decimal"}]
    ),
}


@pytest.mark.parametrize("kind", HARMLESS)
def test_a_harmless_change_passes(kind: str) -> None:
    new = copy.deepcopy(FACT)
    HARMLESS[kind](new)
    assert new != FACT
    assert breaking_changes(FACT, new) == []


def test_definitions_that_contain_themselves_end() -> None:
    tree = {"$ref": "#/$defs/Step", "$defs": {"Step": {"properties": {"next": {"$ref": "#/$defs/Step"}}}}}
    other = copy.deepcopy(tree)
    assert breaking_changes(tree, other) == []
    _set("$defs/Step/properties/next", {"type": "null"})(other)
    assert breaking_changes(tree, other) != []


@given(schema=st.sampled_from(SCHEMAS), choice=st.randoms(use_true_random=False))
def test_losing_any_property_of_any_published_fact_is_seen(schema: Schema, choice: Any) -> None:
    new = copy.deepcopy(schema)
    holders = [new, *(each for each in new.get("$defs", {}).values() if each.get("properties"))]
    holder = choice.choice(holders)
    lost = choice.choice(sorted(holder["properties"]))
    del holder["properties"][lost]
    assert any(f"{lost}: is gone" in each for each in breaking_changes(schema, new))
