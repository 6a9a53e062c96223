"""A critical process parameter and its lifecycle (ICH Q8(R2) 2.3, Q11 3.1)."""

from typing import Any, Self

from contracts import Role
from runtime.lifecycle import transition
from tech_transfer.cpps.schemas import CppFields, CppRanges
from tech_transfer.metadata import Table
from tech_transfer.qbd.bounds import Bounds, refuse_misfit
from tech_transfer.qbd.terms import DesignState as State
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import PartOfTransfer, columns_of


class Cpp(CppFields, PartOfTransfer, Table, table=True):
    """A parameter with its ranges. Both units read it; each version of it is in its history."""

    __tablename__ = "cpp"

    @classmethod
    def begin(cls, transfer: Transfer, **given: Any) -> Self:
        """Raises RuleViolated for a range that does not lie within the next wider one."""
        cpp = cls(**columns_of(transfer), **given)
        cpp.refuse_misfit()
        return cpp

    @transition(source={State.in_force}, target=None, by={Role.msat})
    def revise(self, ranges: CppRanges, reason: str) -> None:
        """It has other ranges from now on: what batches reported is judged by these."""
        for name in CppRanges.model_fields:
            setattr(self, name, getattr(ranges, name))
        self.refuse_misfit()
        self.reason, self.revision = reason, self.revision + 1

    @transition(source={State.in_force}, target=State.withdrawn, by={Role.msat})
    def withdraw(self, reason: str) -> None:
        """It is critical no more: nothing is asked of it."""
        self.reason = reason

    @property
    def proven(self) -> Bounds:
        """The proven acceptable range, outside of which nobody knows what the product is."""
        return Bounds(self.proven_lower, self.proven_upper)

    def refuse_misfit(self) -> None:
        """Raise RuleViolated, which names the wrong bound, where its ranges do not lie within each other."""
        normal, design = Bounds(self.normal_lower, self.normal_upper), Bounds(self.design_lower, self.design_upper)
        refuse_misfit(self.set_point, normal, self.proven, design)
