"""Reads of PPQ series."""

from serving.listing import equal, whether
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.ppq_series.schemas import PpqSeriesRead
from tech_transfer.transfers.shown import showing

FILTERS = equal(PpqSeries, "transfer_id", "number", "state") | {
    "conforms": whether(lambda _: PpqSeries.conforms == True, "enough of its batches conform now")  # noqa: E712
}

show = showing(PpqSeriesRead)
