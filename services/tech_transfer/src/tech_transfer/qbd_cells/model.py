"""A cell of the matrix of attributes and parameters, and its lifecycle (ICH Q8(R2) 2.3, Q11 3.1)."""

from typing import Self

from contracts import Role
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from tech_transfer.cpps.model import Cpp
from tech_transfer.cqas.model import Cqa
from tech_transfer.metadata import Table
from tech_transfer.qbd.terms import CppEffect, DesignState
from tech_transfer.qbd_cells.schemas import AssessCell, CellAssessment, CellFields
from tech_transfer.qbd_cells.terms import CellState
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import PartOfTransfer, columns_of


class QbdCell(CellFields, PartOfTransfer, Table, table=True):
    """How much one attribute rests on one parameter. Both units read it; each version of it is in its history."""

    __tablename__ = "qbd_cell"

    @classmethod
    def begin(cls, transfer: Transfer, cqa: Cqa, cpp: Cpp, said: AssessCell, by: str) -> Self:
        """Somebody says for the first time how much an attribute rests on a parameter."""
        given = said.model_dump(include=set(CellAssessment.model_fields))
        return cls(**columns_of(transfer), cqa_id=cqa.id, cpp_id=cpp.id, assessed_by=by, **given)

    @transition(source={CellState.assessed}, target=None, by={Role.msat})
    def assess(self, said: AssessCell, by: str) -> None:
        """It is assessed otherwise. Raises RuleViolated where nobody says why."""
        if said.reason is None:
            raise RuleViolated("reason: it was assessed before: say why it is now otherwise", fields=["reason"])
        for name in CellAssessment.model_fields.keys() - {"assessed_by"}:
            setattr(self, name, getattr(said, name))
        self.assessed_by, self.revision = by, self.revision + 1

    @property
    def uncontrolled(self) -> bool:
        """Whether the effect is high, and nothing keeps the parameter where it has to be."""
        return self.effect == CppEffect.high and self.control is None


def refuse_unfit(transfer: Transfer, cqa: Cqa, cpp: Cpp) -> None:
    """Raise RuleViolated for an attribute or a parameter of another transfer, or that was withdrawn."""
    for field, one in (("cqa_id", cqa), ("cpp_id", cpp)):
        if one.transfer_id != transfer.id:
            why = f"{field}: {one.code} is of {one.transfer_number}, not of {transfer.number}: name two of one"
            raise RuleViolated(why, fields=["cqa_id", "cpp_id"])
        if one.state == DesignState.withdrawn:
            raise RuleViolated(f"{field}: {one.code} was withdrawn: name one that is in force", fields=[field])
