"""What is said about cells of the matrix: bodies of requests, what is stored of them, and answers."""

from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from runtime.bodies import Because, Digest, Words
from tech_transfer.qbd.terms import CppEffect
from tech_transfer.qbd_cells.terms import CellState
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class AssessCell(Because):
    """How much an attribute rests on a parameter. What was said of the two before is replaced; then say why."""

    cqa_id: UUID
    cpp_id: UUID
    effect: CppEffect = Field(examples=["high"])
    """How much the attribute rests on the parameter."""
    rationale: Words = Field(examples=["Tablets of 9 kN dissolve in half of the time of those of 15 kN"])
    evidence: Digest
    """SHA-256 of the study, the model or the history that shows it."""
    control: Words | None = Field(default=None, examples=["The press stops outside of 11 to 13 kN"])
    """What keeps the parameter where it has to be: one that has a high effect needs it."""
    control_evidence: Digest | None = Field(default=None, examples=["0b" * 32])
    """SHA-256 of the document that shows the control."""

    @model_validator(mode="after")
    def _shows_its_control(self) -> Self:
        if (self.control is None) != (self.control_evidence is None):
            raise ValueError("control and control_evidence go together: say what the control is and what shows it")
        return self


class CellAssessment(SQLModel):
    """What was said of an attribute and a parameter."""

    effect: CppEffect = Column(sa_type=String)
    """How much the attribute rests on the parameter."""
    rationale: str
    evidence: str
    """SHA-256 of the study, the model or the history that shows it."""
    control: str | None = None
    """What keeps the parameter where it has to be; null where nothing is stated."""
    control_evidence: str | None = None
    """SHA-256 of the document that shows the control; null where there is none."""
    assessed_by: str


class CellFields(OfTransfer, CellAssessment):
    """What readers see of a cell."""

    state: CellState = Column(default=CellState.assessed, sa_type=String)
    cqa_id: UUID = Column(foreign_key="cqa.id")
    cpp_id: UUID = Column(foreign_key="cpp.id")
    revision: int = 1


class QbdCellRead(CellFields, PartRead):
    """A cell of the matrix as its readers see it."""
