"""A statement by quality that something a gate asks for is so."""

from contracts import Role
from runtime.lifecycle import transition
from tech_transfer.metadata import Table
from tech_transfer.statements.schemas import StatementFields, TransferStatementState
from tech_transfer.transfers.part import PartOfTransfer


class Statement(StatementFields, PartOfTransfer, Table, table=True):
    """Something is so, by a document that quality has read. One that was not withdrawn counts, until its last day."""

    __tablename__ = "statement"

    @transition(source={TransferStatementState.stated}, target=TransferStatementState.withdrawn, by={Role.quality})
    def withdraw(self, reason: str) -> None:
        """It is not so, or not any more. What was decided by it is marked."""
        self.withdrawal_reason = reason
