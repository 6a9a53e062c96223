"""Reads of the package."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, select

from directory.names import names_of
from runtime.work import Work
from serving.listing import days, equal, whether
from serving.shown import waiting_for
from tech_transfer.foretold.queries import foretold_by
from tech_transfer.package_items import rules
from tech_transfer.package_items.model import PackageItem, PackageStep
from tech_transfer.package_items.rules import Count
from tech_transfer.package_items.schemas import (
    CategoryCompleteness,
    Completeness,
    MissingItem,
    PackageItemDetail,
    PackageItemRead,
    PackageStepRead,
    TransferPackage,
)
from tech_transfer.package_items.terms import OPEN, ItemState
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.shown import REFERENCES

_OUTDATED = col(PackageItem.accepted_version).is_not(None) & col(PackageItem.state).in_(
    [ItemState.provided, ItemState.returned]
)
FILTERS = (
    equal(PackageItem, *("item_number", "transfer_id", "category", "state", "mandatory", "owner", "confidentiality"))
    | {
        "open": whether(lambda _: col(PackageItem.state).in_(OPEN), "somebody owes a step"),
        "outdated": whether(lambda _: _OUTDATED, "a version was accepted after which another was provided"),
    }
    | days(PackageItem.due_on, "due")
)


async def show(work: Work, items: Sequence[PackageItem]) -> list[PackageItemRead]:
    """Items with names."""
    known = await names_of(work, items, REFERENCES)
    return [
        PackageItemRead.model_validate(dict(one) | known.of(one, references=REFERENCES) | {"outdated": one.outdated})
        for one in items
    ]


async def detail(work: Work, item: PackageItem) -> PackageItemDetail:
    """One item with its rounds."""
    (shown,) = await show(work, [item])
    steps = select(PackageStep).where(PackageStep.item_id == item.id).order_by(col(PackageStep.id))
    rounds = [PackageStepRead.model_validate(dict(each)) for each in await work.session.scalars(steps)]
    foretold = await foretold_by(work, item_id=item.id)
    return PackageItemDetail.model_validate(shown.model_dump() | {"rounds": rounds, "foretold": foretold})


async def package_of(work: Work, transfer: Transfer) -> TransferPackage:
    """How complete the package is, as far as who asks is addressed: what he does not read is not counted either."""
    found = select(PackageItem).where(PackageItem.transfer_id == transfer.id).order_by(col(PackageItem.id))
    items = list(await work.session.scalars(found))
    return TransferPackage(
        transfer_id=transfer.id,
        number=transfer.number,
        whole=Completeness(**_numbers(rules.counted(items))),
        categories=[
            CategoryCompleteness(category=category, **_numbers(count))
            for category, count in rules.by_category(items).items()
        ],
        missing_items=[
            MissingItem.model_validate(dict(each) | {"waiting_for": waiting_for(each)})
            for each in items
            if each.mandatory and each.state in OPEN
        ],
    )


def _numbers(count: Count) -> dict[str, Any]:
    return {name: getattr(count, name) for name in Completeness.model_fields}
