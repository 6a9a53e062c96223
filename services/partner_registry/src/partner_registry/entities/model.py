"""A legal entity of a partner, or of the sponsor, and its lifecycle.

What was told of its names is appended, and none is overwritten.
"""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Role
from partner_registry.days import not_before_it_comes
from partner_registry.entities.course import PARTS, on_day, periods
from partner_registry.entities.schemas import EntityEntries, EntityFields
from partner_registry.entities.schemas import EntityState as State
from partner_registry.metadata import Table
from partner_registry.partners.naming import normalised
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.work import Versioned

RECORDERS: Final = frozenset({Role.sourcing, Role.quality})


class LegalEntity(EntityFields, EntityEntries, Versioned, Table, table=True):
    """A company of a partner, or of the sponsor: who signs, holds authorisations and is sued."""

    __tablename__ = "legal_entity"

    normalised_name: str
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def record(
        cls, *, partner_id: UUID | None, by: str, now: datetime, valid_from: date | None = None, **said: Any
    ) -> Self:
        """One that became known, with what it is called."""
        not_before_it_comes(valid_from, now, "valid_from")
        entity = cls(
            partner_id=partner_id,
            parties=[partner_id] if partner_id else [],
            recorded_by=by,
            entries=[],
            normalised_name="",
            **said,
        )
        entity._tell(valid_from, {name: said.get(name) for name in PARTS}, by, now)
        return entity

    @transition(source={State.registered, State.ended}, target=None, by=RECORDERS)
    def rename(
        self,
        legal_name: str,
        form: str | None,
        register_entry: str | None,
        seat: str | None,
        valid_from: date,
        by: str,
        now: datetime,
    ) -> None:
        """It is called so from a day on, which may be told late; it is the same entity."""
        not_before_it_comes(valid_from, now, "valid_from")
        if self.valid_to and valid_from > self.valid_to:
            raise RuleViolated(f"{self.number} ended on {self.valid_to}: a name is valid from before that")
        said = {"legal_name": legal_name, "form": form, "register_entry": register_entry, "seat": seat}
        self._tell(valid_from, said, by, now)

    @transition(source={State.registered}, target=State.ended, by=RECORDERS, when="can_end")
    def end(self, valid_to: date, reason: str, now: datetime) -> None:
        """It exists no more after a day. What was signed with it stays its own."""
        if not self.can_end:
            raise RuleViolated(f"{self.number} is the one by whose name the partner is known: it does not end alone")
        not_before_it_comes(valid_to, now, "valid_to")
        begun = periods(self.entries)[-1]["valid_from"]
        if begun and valid_to.isoformat() < begun:
            raise RuleViolated(f"{self.number} has its name from {begun}: valid_to is not before that")
        self.valid_to, self.end_reason, self.ended_at = valid_to, reason, now

    @transition(source={State.registered}, target=State.ended, by=())
    def cease(self, on: date, reason: str, now: datetime) -> None:
        """Its partner merged into another one since a day: nobody is known by its name any more."""
        self.valid_to, self.end_reason, self.ended_at = on - timedelta(1), reason, now

    @property
    def can_end(self) -> bool:
        """Whether the partner is known by another one."""
        return not self.principal

    def exists_on(self, day: date, as_of: datetime) -> bool:
        """Whether no end of it until that day was known at an instant."""
        known = self.ended_at is not None and self.ended_at <= as_of
        return not (known and self.valid_to and day > self.valid_to)

    @property
    def former_names(self) -> Collection[str]:
        """What it was called and is called no more, as names are compared."""
        return {normalised(each["legal_name"]) for each in periods(self.entries)} - {self.normalised_name}

    def called_before(self, day: date) -> str:
        """Its name on the day before, or where nothing was told of that day the first one that is known."""
        held = on_day(self.entries, day - timedelta(1)) or periods(self.entries)[0]
        return str(held["legal_name"])

    def form_on(self, day: date) -> str | None:
        """Its legal form on a day, where somebody has said it."""
        held = on_day(self.entries, day)
        return held["form"] if held else None

    def _tell(self, valid_from: date | None, said: dict[str, Any], by: str, now: datetime) -> None:
        when = {"valid_from": valid_from and valid_from.isoformat(), "recorded_at": now.isoformat(), "recorded_by": by}
        self.entries = [*self.entries, said | when]
        latest = periods(self.entries)[-1]
        for name in PARTS:
            setattr(self, name, latest[name])
        self.normalised_name = normalised(self.legal_name)
