"""What every record under a transfer has of it."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any, ClassVar, TypeVar
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel

from contracts import Side
from contracts.tech_transfer import TechTransferBallHeld, TransferFact
from runtime.turns import Waiting
from runtime.work import Versioned
from tech_transfer.transfers.model import Transfer

F = TypeVar("F", bound=TransferFact)


class OfTransfer(SQLModel):
    """What readers see of a record's transfer."""

    transfer_id: UUID = Field(foreign_key="transfer.id")
    transfer_number: str
    product_id: UUID
    sending_site_id: UUID | None = None
    sending_partner_id: UUID | None = None
    """None: the sponsor hands over."""
    receiving_site_id: UUID
    receiving_partner_id: UUID


class PartOfTransfer(OfTransfer, Versioned):
    """The sides of a record under a transfer, and its facts."""

    sides: ClassVar[Mapping[Side, str]] = {Side.sender: "sending_partner_id", Side.receiver: "receiving_partner_id"}
    whys_apart: ClassVar[bool] = True
    """Each partner reads its own reasons in the past of a record that both see."""
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
    """Both partners, where nothing narrows them."""

    @property
    def sent_by_sponsor(self) -> bool:
        """Whether a site of the sponsor's own hands over."""
        return self.sending_partner_id is None

    def close_to_receiver(self) -> None:
        """The transfer was cancelled. Only who handed over, and the sponsor, read it from now on, and its past."""
        self.parties = [each for each in self.parties if each == self.sending_partner_id]

    def tell(self, fact: type[F], now: datetime, **more: Any) -> F:
        """A fact about it, with the number of its transfer."""
        return fact.of(self, now, number=self.transfer_number, **more)


class WaitingPart(PartOfTransfer, Waiting):
    """A record under a transfer that waits for somebody: the sponsor is the sender where no partner is."""

    ball = TechTransferBallHeld

    def turn(self) -> Collection[Side]:
        """The sides that owe the next step now."""
        owing = set(super().turn())
        if Side.sender in owing and self.sent_by_sponsor:
            owing = owing - {Side.sender} | {Side.sponsor}
        return owing


def columns_of(transfer: Transfer) -> dict[str, Any]:
    """What a new record under a transfer has of it."""
    own = {name: getattr(transfer, name) for name in OfTransfer.model_fields if not name.startswith("transfer_")}
    return own | {"transfer_id": transfer.id, "transfer_number": transfer.number, "parties": [*transfer.parties]}
