"""What a batch's own answer says of its holds."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from contracts import Side
from serving.shown import Answer


class HoldState(StrEnum):
    """Whether a hold still stops the batch."""

    open = "open"
    lifted = "lifted"


class OpenHold(Answer):
    """A hold that stops the batch, in some markets or, where none is named, in any."""

    id: UUID
    number: str
    by_side: Side
    markets: list[str]
    reason: str
    created_at: datetime
