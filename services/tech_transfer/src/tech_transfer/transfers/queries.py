"""Reads of transfers."""

from sqlmodel import col

from serving.listing import days, equal, whether
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.schemas import LIVE, TransferRead, TransferState
from tech_transfer.transfers.shown import showing

FILTERS = (
    equal(Transfer, *("number", "state", "product_id", "kind", "purpose", "sending_site_id", "receiving_site_id"))
    | equal(Transfer, *("sending_partner_id", "receiving_partner_id"))
    | {"open": whether(lambda _: col(Transfer.state).in_(LIVE | {TransferState.on_hold}), "it is not ended")}
    | days(Transfer.created_at, "started")
)

show = showing(TransferRead)
