"""Reads of process readings."""

from serving.listing import equal
from tech_transfer.process_readings.model import ProcessReading
from tech_transfer.process_readings.schemas import ReadingRead
from tech_transfer.transfers.shown import showing

FILTERS = equal(ProcessReading, "transfer_id", "lot_id", "lot_number", "cpp_id", "cpp", "state")

show = showing(ReadingRead)
