"""An identifier and its lifecycle."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Role
from partner_registry.days import not_before_it_comes
from partner_registry.identifiers.schemas import IdentifierFields
from partner_registry.identifiers.schemas import IdentifierState as State
from partner_registry.metadata import Table
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.work import Versioned

RECORDERS: Final = frozenset({Role.sourcing, Role.quality})


class Identifier(IdentifierFields, Versioned, Table, table=True):
    """By which number others know a partner, an entity or a site."""

    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @property
    def subject(self) -> tuple[UUID, UUID | None, UUID | None]:
        """Whose number it is."""
        return self.partner_id, self.legal_entity_id, self.site_id

    @transition(source={State.valid}, target=State.ended, by=RECORDERS)
    def end(self, valid_to: date, reason: str, now: datetime) -> None:
        """It has the number no more after a day; who is given it next may be registered with it."""
        not_before_it_comes(valid_to, now, "valid_to")
        if self.valid_from and valid_to < self.valid_from:
            raise RuleViolated(
                f"{self.scheme} {self.value} is valid from {self.valid_from}: valid_to is not before that"
            )
        self.valid_to, self.end_reason = valid_to, reason

    @transition(source={State.valid}, target=State.ended, by=())
    def leave(self, valid_to: date, reason: str) -> None:
        """Its site belongs to another partner since the day after."""
        self.valid_to, self.end_reason = max(valid_to, self.valid_from or valid_to), reason

    @transition(source={State.valid, State.ended}, target=State.withdrawn, by=RECORDERS)
    def withdraw(self, reason: str) -> None:
        """It was recorded in error: this never was its number."""
        self.end_reason = reason
