"""Reads of a transfer's batches."""

from serving.listing import equal
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfer_batches.schemas import TransferBatchRead
from tech_transfer.transfers.shown import showing

FILTERS = equal(
    TransferBatch, "transfer_id", "series_id", "number", "state", "kind", "lot_id", "lot_number", "strength"
)

show = showing(TransferBatchRead)
