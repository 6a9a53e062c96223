"""Bodies of requests and answers about the genealogy."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal, Self
from uuid import UUID

from pydantic import BaseModel, Field, model_validator

from contracts import Quantity
from contracts.batches import LinkKind
from quality_events.batches.terms import BatchState
from quality_events.batches.went_in import Some
from quality_events.genealogy.amounts import Gone
from runtime.bodies import Body, Digest
from serving.shown import Answer


class Parent(Body):
    """A batch of which something went in, and how much."""

    batch_id: UUID
    quantity: Some


class LinkParents(Body):
    """What a batch came of. A rework names the approved change, a reprocessing the deviation of the parent."""

    kind: LinkKind
    parents: list[Parent] = Field(min_length=1, max_length=500)
    change_id: UUID | None = None
    stability: Digest | None = None
    """Of a rework: what shows that the stability of what comes of it was looked at (ICH Q7 14.31)."""
    deviation_id: UUID | None = None

    @model_validator(mode="after")
    def _says_why(self) -> Self:
        if (self.kind == LinkKind.reworked) != (self.change_id is not None):
            raise ValueError("change_id: a rework, and nothing else, names the approved change that it follows")
        if (self.kind == LinkKind.reworked) != (self.stability is not None):
            raise ValueError("stability: a rework, and nothing else, names the digest of what shows its stability")
        if (self.kind == LinkKind.reprocessed) != (self.deviation_id is not None):
            raise ValueError("deviation_id: a reprocessing, and nothing else, names the deviation that asks for it")
        return self


class InputRead(BaseModel):
    """A lot that went in; ``batch_id`` where it was itself a batch that is known here."""

    lot_id: UUID
    material: str
    number: str
    batch_id: UUID | None
    quantity: Quantity | None
    """As the start states it; what makers' systems report of each use is in the batch's reported_uses."""


class BatchReference(BaseModel):
    """Another batch."""

    id: UUID
    material: str
    number: str
    state: BatchState


class EdgeRead(Answer):
    """One batch went into another. Of one that an input tells it is what the start states, or the uses together that
    makers' systems report; null where nobody says all of it, or not in one unit."""

    parent_id: UUID
    child_id: UUID
    kind: LinkKind
    quantity: Quantity | None
    link_id: UUID | None
    """None where the report of the child's start named the parent as an input."""


class OpenEvent(Answer):
    """What is open on a batch or on what went into it: it goes with the goods."""

    kind: Literal["deviation", "oos", "oot", "hold", "excursion"]
    id: UUID
    number: str
    state: str
    classification: str | None
    """That of a deviation; null before it is classified."""
    markets: list[str]
    """Those of a hold; empty is every market."""
    batch_id: UUID
    """On which batch: this one, or one of its ancestors; of a lot that is no batch here, into which of them it went."""


class Genealogy(BaseModel):
    """All that went into a batch, all that it went into, and what is open on it and its ancestors."""

    id: UUID
    material: str
    number: str
    inputs: list[InputRead]
    """One step back, raw materials among them."""
    used_in: list[BatchReference]
    """One step forward."""
    ancestors: list[BatchReference]
    descendants: list[BatchReference]
    links: list[EdgeRead]
    open_events: list[OpenEvent]

    @classmethod
    def of(cls, batch: Any, rows: dict[str, list[Any]], gone: Mapping[UUID, Sequence[Gone]]) -> Self:
        """The answer from what was found, by what it is, and how much of each is told to have gone."""
        said = {(str(id), str(each.child_id)): each.said for id, of_it in gone.items() for each in of_it}
        pairs = [(each, said.get((each["parent_id"], each["child_id"]))) for each in rows["link"]]
        links = [each if each["quantity"] else each | {"quantity": found} for each, found in pairs]
        children = {each["child_id"] for each in links if each["parent_id"] == str(batch.id)}
        used_in = [each for each in rows["descendant"] if each["id"] in children]
        return cls(
            id=batch.id,
            material=batch.material,
            number=batch.number,
            inputs=rows["input"],
            used_in=used_in,
            ancestors=rows["ancestor"],
            descendants=rows["descendant"],
            links=links,
            open_events=rows["event"],
        )
