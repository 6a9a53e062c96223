"""JSON Schemas of facts as they travel: what every reader, in any language, may rely on."""

from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

from contracts.described import said_of
from contracts.fact import Contract

DIALECT = "https://json-schema.org/draft/2020-12/schema"


class Described(GenerateJsonSchema):
    """JSON Schema in which each field of a model says what the docstring under it says."""

    def model_schema(self, schema: core_schema.ModelSchema) -> JsonSchemaValue:
        """Each field with what the docstring under it says."""
        made, said = super().model_schema(schema), said_of(schema["cls"])
        for name, place in made.get("properties", {}).items():
            if text := said.get(name):
                place.setdefault("description", text)
        return made


class OnTheWire(Described):
    """Schemas of what is sent, not of what pydantic would also take."""

    def decimal_schema(self, schema: core_schema.DecimalSchema) -> JsonSchemaValue:
        """A decimal is sent as text, in scientific notation too, so that no reader makes a float of it."""
        return {"type": "string", "format": "decimal"}

    def field_title_should_be_set(self, schema: Any) -> bool:
        """A title that repeats the field's name tells nothing."""
        return False


def schema_of(contract: Contract) -> dict[str, Any]:
    """The JSON Schema of a fact, with its CloudEvents type, its topic and its key."""
    schema = contract.model.model_json_schema(mode="serialization", schema_generator=OnTheWire)
    return {"$schema": DIALECT, "x-type": contract.type, "x-topic": contract.topic, "x-key": contract.key, **schema}
