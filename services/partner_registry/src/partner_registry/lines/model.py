"""A line of a site, as either side tells of it: what it shares with, and what it can make (EU GMP chapters 3 and 5)."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Grant, Role, Side
from contracts.sites import CapacityChanged, LineShared, Segregation
from contracts.vocabulary import Quantity
from gxp.clocks import ONE_DAY
from partner_registry.days import not_ahead
from partner_registry.entries import latest
from partner_registry.lines.schemas import LineFields, UseLine
from partner_registry.lines.schemas import LineState as State
from partner_registry.metadata import Table
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

TELLERS: Final[frozenset[Role | Grant]] = frozenset(
    {Role.quality, Role.msat, Role.supply, Side.owner(Role.partner_quality), Side.owner(Role.partner_operations)}
)
_USE: Final = frozenset(UseLine.model_fields) - {"effective_on"}


def shares_with(use: Mapping[str, Any] | None) -> set[str]:
    """The classes of material with which other products share a line that is used so."""
    return {*use["segregation"]} - {Segregation.none} if use and use["shared"] else set()


class ProductionLine(LineFields, Waiting, Versioned, Table, table=True):
    """A line on which a site works. What is told of it is appended, and nothing is overwritten; nobody owes a step."""

    __tablename__ = "line"

    sides: ClassVar[Mapping[Side, str]] = {Side.owner: "partner_id"}
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @classmethod
    def register(
        cls, *, partner_id: UUID, use: UseLine, side: Side, now: datetime, **given: Any
    ) -> tuple[Self, list[LineShared]]:
        """A line is there, from the first day of its use on."""
        line = cls(partner_id=partner_id, parties=[partner_id], valid_from=use.effective_on, **given)
        return line, line._use(use.effective_on, use.model_dump(mode="json", include=set(_USE)), side, now)

    @transition(source={State.in_use}, target=None, by=TELLERS)
    def use(
        self, effective_on: date, shared: bool, segregation: Sequence[Segregation],
        batch_min: Decimal, batch_max: Decimal, batch_unit: str, side: Side, now: datetime,
    ) -> list[LineShared]:  # fmt: skip
        """It is used otherwise from a day on."""
        self._within(effective_on)
        sizes = {"batch_min": str(batch_min), "batch_max": str(batch_max), "batch_unit": batch_unit}
        return self._use(effective_on, {"shared": shared, "segregation": [*segregation]} | sizes, side, now)

    @transition(source={State.in_use}, target=None, by=TELLERS)
    def change_capacity(
        self, effective_on: date, capacity: Decimal, capacity_unit: str, side: Side, now: datetime
    ) -> CapacityChanged:
        """It can make more or less from a day on."""
        self._within(effective_on)
        after, before = Quantity(value=capacity, unit=capacity_unit), _amount(latest(self.capacities, effective_on))
        if before == after:
            raise RuleViolated(f"{self.number} has {capacity} {capacity_unit} a year on {effective_on} already")
        said = {"capacity": str(capacity), "capacity_unit": capacity_unit}
        self.capacities = [*self.capacities, said | _by(effective_on, side, now)]
        return CapacityChanged.of(self, now, effective_on=effective_on, told_by=side, before=before, after=after)

    @transition(source={State.in_use}, target=State.retired, by=TELLERS)
    def retire(self, valid_until: date, reason: str, zone: str, now: datetime) -> None:
        """It is not worked on any more from a day on."""
        not_ahead(valid_until, zone, now, "valid_until")
        self._within(valid_until)
        self.valid_until, self.reason = valid_until, reason

    @transition(source={State.in_use}, target=State.retired, by=())
    def cease(self, valid_until: date, reason: str) -> None:
        """Its site is closed or sold: what was said for later days is none of this one's."""
        self.valid_until, self.reason = max(valid_until, self.valid_from), reason

    def works_on(self, day: date) -> bool:
        """Whether it is worked on on a local day of the site."""
        return self.valid_from <= day < (self.valid_until or date.max)

    def _use(self, on: date, said: Mapping[str, Any], side: Side, now: datetime) -> list[LineShared]:
        begun = shares_with(said) - shares_with(latest(self.uses, on - ONE_DAY))
        self.uses = [*self.uses, {**said} | _by(on, side, now)]
        classes = tuple(Segregation(each) for each in sorted(begun))
        shared = LineShared.of(self, now, effective_on=on, told_by=side, segregation=classes) if classes else None
        return [shared] if shared else []

    def _within(self, day: date) -> None:
        if day < self.valid_from:
            raise RuleViolated(f"{self.number} is there since {self.valid_from}: nothing holds of it before that")


def _by(on: date, side: Side, now: datetime) -> dict[str, Any]:
    return {"effective_on": on.isoformat(), "recorded_at": now.isoformat(), "told_by": side}


def _amount(held: Mapping[str, Any] | None) -> Quantity | None:
    return Quantity(value=Decimal(held["capacity"]), unit=held["capacity_unit"]) if held else None
