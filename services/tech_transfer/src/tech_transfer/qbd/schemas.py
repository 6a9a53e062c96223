"""The answer that shows a transfer's matrix."""

from collections.abc import Sequence
from uuid import UUID

from serving.shown import Answer
from tech_transfer.cpps.schemas import CppRead
from tech_transfer.cqas.schemas import CqaRead
from tech_transfer.qbd.terms import CppEffect
from tech_transfer.target_profiles.schemas import ProfileElementRead


class MatrixCell(Answer):
    """One attribute and one parameter."""

    cqa: str
    """The attribute's code."""
    cpp: str
    """The parameter's code."""
    qbd_cell_id: UUID | None
    """The cell, by its id; null where nobody assessed it: it is unknown."""
    effect: CppEffect | None
    """How much the attribute rests on the parameter; null where nobody assessed it."""
    control: str | None
    """What keeps the parameter where it has to be; null where nothing is stated."""
    uncontrolled: bool
    """Whether the effect is high, and no control is stated."""


class TransferMatrix(Answer):
    """What the product has to be, and how much that rests on each parameter of the process."""

    transfer_id: UUID
    number: str
    asked: bool
    """Whether a gate of the transfer asks for it."""
    complete: bool
    """Whether every pair was assessed, and what has a high effect is controlled."""
    unknown: int
    """Pairs that nobody assessed."""
    uncontrolled: int
    """Pairs with a high effect, and no control."""
    profile: Sequence[ProfileElementRead] | None
    """The quality target product profile; null where nobody stated one."""
    cqas: Sequence[CqaRead]
    """The critical quality attributes that are in force."""
    cpps: Sequence[CppRead]
    """The critical process parameters that are in force."""
    cells: Sequence[MatrixCell]
    """One for each attribute and each parameter."""
