"""What a published fact is, and the registry that topics, schemas and AsyncAPI are generated from."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from operator import attrgetter
from typing import Any, Self, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict

from contracts.moments import Moment

PARTITIONS = 4
"""Never changes for a topic that exists: more partitions is a new topic, or order per key is lost."""


class Part(BaseModel):
    """A value inside a fact. Unknown fields of a newer producer are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", defer_build=True)


class Fact(Part):
    """Something that happened, in the past tense, published once and never changed."""

    occurred_at: Moment
    """When it happened; the envelope's ``time`` is when it was recorded."""

    @classmethod
    def of(cls, record: Any, occurred_at: Moment, **more: Any) -> Self:
        """The fact of a record: its key is the record's id, and what ``more`` does not say is what the record says.

        A field that neither has keeps its default. Raises ValidationError where it has none.
        """
        given = {contract_of(cls).key: record.id, "occurred_at": occurred_at} | more
        own = {name: getattr(record, name) for name in cls.model_fields.keys() - given.keys() if hasattr(record, name)}
        return cls(**own, **given)


FactModel: TypeAlias = type[Fact]
FactClass = TypeVar("FactClass", bound=type[Fact])


@dataclass(frozen=True, slots=True)
class Contract:
    """How one fact travels: its CloudEvents type, its Kafka topic and the field that keys it."""

    type: str
    topic: str
    key: str
    model: FactModel

    @property
    def producer(self) -> str:
        """The service that publishes the fact: a topic's name begins with it."""
        return self.topic.partition(".")[0]

    def key_of(self, fact: Fact) -> str:
        """The Kafka key: facts with the same key keep their order."""
        return str(attrgetter(self.key)(fact))


_by_type: dict[str, Contract] = {}
_by_model: dict[type[Fact], Contract] = {}


def fact(type_: str, *, topic: str, key: str) -> Callable[[FactClass], FactClass]:
    """Register a fact under a literal CloudEvents type that somebody can grep.

    Raises ValueError when the type is taken: a changed meaning is a new ``...v2``.
    """

    def register(model: FactClass) -> FactClass:
        if type_ in _by_type:
            raise ValueError(f"{type_} is already {_by_type[type_].model.__name__}")
        contract = Contract(type_, topic, key, model)
        _by_type[type_] = _by_model[model] = contract
        return model

    return register


def contract_of(model: type[Fact]) -> Contract:
    """The contract of a fact's class. Raises KeyError for a class that was never registered."""
    return _by_model[model]


def contract_for(type_: str) -> Contract | None:
    """The contract of a CloudEvents type, or None: consumers pass over types they do not know."""
    return _by_type.get(type_)


def contracts() -> list[Contract]:
    """Every registered contract, ordered by type."""
    return sorted(_by_type.values(), key=lambda contract: contract.type)


def topics(of: Iterable[type[Fact]] | None = None) -> list[str]:
    """Topic names in order: all of them, or those that carry the given facts."""
    chosen = contracts() if of is None else [contract_of(model) for model in of]
    return sorted({contract.topic for contract in chosen})


def topics_of(producer: str) -> list[str]:
    """The topics that a service publishes, in order. None for a service that publishes nothing."""
    return sorted({contract.topic for contract in contracts() if contract.producer == producer})
