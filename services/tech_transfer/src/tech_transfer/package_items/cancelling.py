"""What becomes of the package of a transfer that is given up."""

from sqlmodel import col, select

from runtime.work import Work
from tech_transfer.package_items.model import PackageItem
from tech_transfer.package_items.terms import ItemState
from tech_transfer.transfers.model import Transfer


async def close_package(work: Work, transfer: Transfer) -> None:
    """Let the receiving unit read nothing of it any more."""
    open_items = select(PackageItem).where(
        PackageItem.transfer_id == transfer.id, col(PackageItem.state) != ItemState.closed
    )
    for item in await work.session.scalars(open_items.order_by(col(PackageItem.id)).with_for_update()):
        item.close()
