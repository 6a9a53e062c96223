"""Bodies of requests and answers about deviations that were foretold, or not."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from pydantic import Field

from contracts import Classification
from runtime.bodies import Body, Words
from serving.shown import Answer


class LinkDeviation(Body):
    """The deviation that this gave warning of, and by what one sees that."""

    deviation_id: UUID
    remark: Words = Field(examples=["The lumps come of the longer blending that the gap names"])


class Foretold(Answer):
    """A deviation of which a gap or an item gave warning."""

    deviation_id: UUID
    deviation_number: str
    remark: str
    linked_by: str
    linked_at: datetime
    """When it was said that this deviation was foretold."""
    cancelled: bool
    """It was found to be no deviation after it was linked."""


class UnlinkedDeviation(Answer):
    """A deviation of one of the first batches, of which nobody has said what gave warning of it."""

    deviation_id: UUID
    number: str
    title: str | None
    """Null until it is told here, as the next one."""
    category: str | None
    classification: Classification | None
    """Null before the sponsor set it."""
    aware_at: datetime
    """When its partner knew of it."""
    lots: Sequence[str]
    """The numbers of those of the first batches that it concerns."""


class UnlinkedDeviations(Answer):
    """What is to be asked about the first batches that the receiving site made of the product."""

    transfer_id: UUID
    number: str
    batches: Sequence[str]
    """The lots of the transfer's own batches and of the first ten besides since it began, in the order in which they
    began."""
    deviations: Sequence[UnlinkedDeviation]
