"""What becomes of the package of a transfer that is given up."""

from uuid import UUID

from sqlmodel import col, select

from runtime.bodies import Reason
from runtime.work import Work
from tech_transfer.package_items.model import PackageItem
from tech_transfer.package_items.terms import ItemState
from tech_transfer.transfers.model import Transfer


async def cancel(work: Work, transfer_id: UUID, body: Reason) -> Transfer:
    """Quality agrees to give a transfer up. From then on the receiving unit reads nothing of its package."""
    transfer = await work.get(Transfer, transfer_id)
    work.publish(transfer.cancel(body.reason, work.now), of=transfer)
    open_items = select(PackageItem).where(
        PackageItem.transfer_id == transfer.id, col(PackageItem.state) != ItemState.closed
    )
    for item in await work.session.scalars(open_items.order_by(col(PackageItem.id)).with_for_update()):
        item.close()
    return transfer
