"""A price list and its lifecycle. What it says is never changed."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, Self
from uuid import UUID

from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracting.agreement_versions.terms import Party
from contracting.metadata import Table
from contracting.price_lists.schemas import PriceListFields
from contracting.price_lists.schemas import PriceListState as State
from contracting.pricing.terms import PriceLine
from contracts import Grant, Role, Side
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

TRADERS: Final[frozenset[Role | Grant]] = frozenset({Role.sourcing, Role.legal, Side.acceptor(Role.partner_commercial)})
READERS: Final = frozenset({Role.sourcing, Role.legal, Role.finance, Role.supply, Role.partner_commercial})
"""Who reads prices. Quality does not: what something costs is no matter of its judgement."""


class PriceList(PriceListFields, Waiting, Versioned, Table, table=True):
    """What products cost, as a version of a supply or master agreement names it. It waits for nobody."""

    __tablename__ = "price_list"

    sides: ClassVar[Mapping[Side, str]] = {Side.acceptor: "partner_id"}
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))
    """The partner once it may read it."""

    @classmethod
    def write(cls, number: str, partner_id: UUID, title: str, lines: Sequence[PriceLine], side: Party, by: str) -> Self:
        """A side writes it."""
        said: dict[str, Any] = {"title": title, "lines": [each.model_dump(mode="json") for each in lines]}
        readers = [partner_id] if side is Party.partner else []
        return cls(number=number, partner_id=partner_id, written_by_side=side, written_by=by, parties=readers, **said)

    @transition(source={State.written}, target=State.disclosed, by=TRADERS)
    def disclose(self) -> None:
        """A version that names it is put before the other side."""
        self.parties = [self.partner_id]

    @transition(source={State.written}, target=State.withdrawn, by=TRADERS)
    def withdraw(self, side: Party) -> None:
        """Its side does not want it named any more."""
        if side != self.written_by_side:
            raise RuleViolated(f"{self.number} is the {self.written_by_side}'s: only that side withdraws it")

    @property
    def prices(self) -> list[PriceLine]:
        """What it says of each product."""
        return [PriceLine.model_validate(each) for each in self.lines]
