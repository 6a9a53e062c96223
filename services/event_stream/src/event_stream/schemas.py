"""What a stream's event carries in its ``data``: a fact as a CloudEvent, of one schema for each type."""

import re
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field, RootModel, create_model

from contracts import contracts


class Attributes(BaseModel):
    """The attributes of a CloudEvent 1.0. Ignore those that you do not know."""

    specversion: Literal["1.0"]
    id: UUID = Field(description="the same whenever this fact comes again: drop what you had")
    source: str = Field(description="the service that published the fact")
    time: datetime = Field(description="when the fact was recorded; `occurred_at` is when it happened")
    partitionkey: str = Field(description="the aggregate's id: order holds within it")
    sequence: str = Field(description="the version of the record that the fact is about")


def _event_types() -> Any:
    kinds: Any = None
    for contract in contracts():
        words = re.split(r"[.-]", contract.type.removeprefix("io.entente.").removesuffix(".v1"))
        name = "".join(word[0].upper() + word[1:] for word in words) + "Event"
        fields: Any = {"type": (Literal[contract.type], ...), "data": (contract.model, ...)}
        kind: Any = create_model(name, __base__=Attributes, __doc__=contract.model.__doc__, **fields)
        kinds = kind if kinds is None else kinds | kind
    return Annotated[kinds, Field(discriminator="type")]


class Event(RootModel[_event_types()]):  # type: ignore[misc]
    """A fact as it happened; `type` says which, and so what its `data` holds."""
