"""Reads of transfers."""

from sqlmodel import col

from contracts.tech_transfer import Gate
from runtime.work import Work
from serving.listing import days, equal, whether
from tech_transfer.gates.dossier import dossier_of
from tech_transfer.timeline.forecast import forecast
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.schemas import LIVE, TechTransferState, TransferDetail, TransferRead
from tech_transfer.transfers.shown import showing

FILTERS = (
    equal(Transfer, *("number", "state", "product_id", "kind", "purpose", "sending_site_id", "receiving_site_id"))
    | equal(Transfer, *("sending_partner_id", "receiving_partner_id"))
    | {"open": whether(lambda _: col(Transfer.state).in_(LIVE | {TechTransferState.on_hold}), "it is not ended")}
    | days(Transfer.created_at, "started")
)

show = showing(TransferRead)


async def detail(work: Work, transfer: Transfer) -> TransferDetail:
    """A transfer, and when its last gate will be passed."""
    (shown,) = await show(work, [transfer])
    days = forecast(await dossier_of(work, transfer))
    return TransferDetail.model_validate(dict(shown) | {"forecast_on": days.get(Gate.readiness)})
