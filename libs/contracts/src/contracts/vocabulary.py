"""Words that more than one service's facts share."""

import json
from decimal import Decimal
from enum import StrEnum
from typing import Final, Literal, NamedTuple, TypeAlias
from unicodedata import normalize
from uuid import UUID, uuid5

from contracts.fact import Part

LOT_NAMESPACE: Final = UUID("5d0f7a52-6c1e-5b8e-9d51-0c2f6a1e7b43")
"""Of every lot's id. Never changes: another namespace would make every known lot a stranger."""


class Role(StrEnum):
    """What a person or a system may do; carried in the token's ``roles`` claim."""

    quality = "quality"
    qp = "qp"
    regulatory = "regulatory"
    sourcing = "sourcing"
    legal = "legal"
    finance = "finance"
    msat = "msat"
    lab = "lab"
    supply = "supply"
    governance = "governance"
    auditor = "auditor"
    inspector = "inspector"
    admin = "admin"
    partner_quality = "partner_quality"
    partner_qp = "partner_qp"
    partner_operations = "partner_operations"
    partner_lab = "partner_lab"
    partner_commercial = "partner_commercial"
    partner_system = "partner_system"


class Side(StrEnum):
    """In whose name somebody acts on a record; which organisation that is, the record itself says."""

    sponsor = "sponsor"
    maker = "maker"
    """Who made, or makes, the goods."""
    laboratory = "laboratory"
    """Who tested them."""
    owner = "owner"
    """Whose event it is: the partner at whose site it happened."""
    sender = "sender"
    """Whose system sent it, or who hands a process or a method over."""
    receiver = "receiver"
    """Who takes it over."""
    acceptor = "acceptor"
    """Who accepts the contract: the partner (EU GMP 7, Contract Acceptor). The sponsor gives it."""

    def __call__(self, role: Role) -> "Grant":
        """What somebody with this role may do on this side: ``maker(Role.partner_quality)``."""
        return Grant(role, self)


FactSide: TypeAlias = Literal[Side.sponsor, Side.maker, Side.laboratory, Side.owner, Side.sender]
"""A side as facts name it: those that there were when their readers were written. A further one is not told."""


class Grant(NamedTuple):
    """A role, and in whose name it acts. A role alone is the sponsor's."""

    role: Role
    side: Side


class Classification(StrEnum):
    """How serious a deviation or a finding is."""

    minor = "minor"
    major = "major"
    critical = "critical"


class Lot(Part):
    """Goods known by a number that is unique only per material and issuer.

    ``id`` is the same in every fact about this lot, whoever reports it; the number alone is not.
    """

    id: UUID
    number: str
    material: str
    """The product's code, or the code of a substance or excipient."""
    product_id: UUID | None = None
    site_id: UUID
    """Where it was made, or for a bought-in material where it is used."""
    partner_id: UUID

    @classmethod
    def identify(cls, site_id: UUID, material: str, number: str) -> UUID:
        """The id of this lot, the same whoever works it out.

        Material and number are compared exactly, apart from white space around them and from how Unicode composes a
        letter (NFC): "B-7" and "b-7" are two lots.
        """
        parts = [str(site_id), *(normalize("NFC", part.strip()) for part in (material, number))]
        return uuid5(LOT_NAMESPACE, json.dumps(parts, ensure_ascii=False))


class Quantity(Part):
    """An amount in a UCUM unit."""

    value: Decimal
    unit: str


class SourceRecord(Part):
    """How the partner's own system knows this record, so that amendments find it."""

    id: str
    revision: int = 1
    feed_id: UUID
    message_id: UUID

    @property
    def name(self) -> str:
        """Which record it is among those of all feeds, whatever its revision."""
        return f"{self.feed_id}/{self.id}"
