"""A contact and its lifecycle. Nothing of a person is in a fact."""

from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Role
from partner_registry.contacts.schemas import ContactFields
from partner_registry.contacts.schemas import ContactState as State
from partner_registry.metadata import Table
from runtime.lifecycle import transition
from runtime.work import Versioned

NAMERS: Final = frozenset({Role.sourcing, Role.quality})


class PartnerContact(ContactFields, Versioned, Table, table=True):
    """Whom to ask, on either side, about the work with a partner."""

    __tablename__ = "partner_contact"

    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @transition(source={State.current}, target=State.ended, by=NAMERS)
    def end(self, now: datetime) -> None:
        """The person is not asked any more."""
        self.ended_on = now.date()
