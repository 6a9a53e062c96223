"""Reads of statements."""

from serving.listing import equal
from tech_transfer.statements.model import Statement
from tech_transfer.statements.schemas import TransferStatementRead
from tech_transfer.transfers.shown import showing

FILTERS = equal(Statement, "transfer_id", "rule", "state")

show = showing(TransferStatementRead)
