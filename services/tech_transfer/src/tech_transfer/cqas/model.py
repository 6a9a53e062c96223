"""A critical quality attribute and its lifecycle (ICH Q8(R2) 2.2)."""

from decimal import Decimal
from typing import Any, Self

from contracts import Role
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from tech_transfer.cqas.schemas import CqaFields
from tech_transfer.metadata import Table
from tech_transfer.qbd.bounds import Bounds, refuse_crossed
from tech_transfer.qbd.terms import CqaCriticality
from tech_transfer.qbd.terms import DesignState as State
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import PartOfTransfer, columns_of


class Cqa(CqaFields, PartOfTransfer, Table, table=True):
    """An attribute that has to lie within limits. Both units read it; each version of it is in its history."""

    __tablename__ = "cqa"

    @classmethod
    def begin(cls, transfer: Transfer, **given: Any) -> Self:
        """Raises RuleViolated for limits that say nothing, or that exclude each other."""
        _refuse_unlimited(given["lower"], given["upper"], given["requirement"])
        return cls(**columns_of(transfer), **given)

    @transition(source={State.in_force}, target=None, by={Role.msat})
    def revise(
        self,
        name: str,
        unit: str,
        lower: Decimal | None,
        upper: Decimal | None,
        requirement: str | None,
        criticality: CqaCriticality,
        reason: str,
    ) -> None:
        """It has to be something else from now on."""
        _refuse_unlimited(lower, upper, requirement)
        self.name, self.unit, self.lower, self.upper, self.requirement = name, unit, lower, upper, requirement
        self.criticality, self.reason, self.revision = criticality, reason, self.revision + 1

    @transition(source={State.in_force}, target=State.withdrawn, by={Role.msat})
    def withdraw(self, reason: str) -> None:
        """It is critical no more: nothing is asked of it."""
        self.reason = reason


def _refuse_unlimited(lower: Decimal | None, upper: Decimal | None, requirement: str | None) -> None:
    bounds = Bounds(lower, upper)
    refuse_crossed(bounds)
    if bounds.given == (requirement is not None):
        why = "lower, upper, requirement: give bounds, or say in words what it has to be, and not both"
        raise RuleViolated(why, fields=["lower", "upper", "requirement"])
