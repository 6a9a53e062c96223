"""Reads of process verifications."""

from serving.listing import equal
from tech_transfer.transfers.shown import showing
from tech_transfer.verifications.model import ProcessVerification
from tech_transfer.verifications.schemas import ProcessVerificationRead

FILTERS = equal(ProcessVerification, "transfer_id", "series_id", "number")

show = showing(ProcessVerificationRead)
