"""Use cases of deviations that were foretold."""

from uuid import UUID

from sqlmodel import select

from contracts.transfer_gaps import GapForetold
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work
from tech_transfer.foretold import rules
from tech_transfer.foretold.model import ForetoldDeviation, KnownDeviation
from tech_transfer.foretold.schemas import LinkDeviation
from tech_transfer.gaps.model import Gap
from tech_transfer.package_items.model import PackageItem
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import OfTransfer


async def by_gap(work: Work, gap_id: UUID, body: LinkDeviation) -> Gap:
    """A gap gave warning of a deviation. Raises NotFound for one that is not known here."""
    gap, transfer = await transfers.part(work, Gap, gap_id)
    gap.foretell()
    linked = await _linked(work, transfer, gap, gap.gap_number, body, gap_id=gap.id)
    about = {"gap_id": gap.id, "category": gap.category, "severity": gap.severity}
    work.publish(linked.tell(GapForetold, work.now, **about), of=linked)
    return gap


async def by_item(work: Work, item_id: UUID, body: LinkDeviation) -> PackageItem:
    """An item of the package gave warning of a deviation. Raises NotFound for one that is not known here."""
    item, transfer = await transfers.part(work, PackageItem, item_id)
    item.foretell()
    linked = await _linked(work, transfer, item, item.item_number, body, item_id=item.id)
    work.publish(linked.tell(GapForetold, work.now, item_id=item.id, category=item.category), of=linked)
    return item


async def _linked(
    work: Work, transfer: Transfer, record: Gap | PackageItem, number: str, body: LinkDeviation, **names: UUID
) -> ForetoldDeviation:
    deviation = await work.session.get(KnownDeviation, body.deviation_id)
    if deviation is None:
        raise NotFound("deviation", body.deviation_id)
    rules.refuse_unfit(record, transfer.began_on, deviation)
    again = select(ForetoldDeviation.id).filter_by(deviation_id=deviation.id, **names)
    if await work.session.scalar(again):
        why = f"deviation_id: {number} is known already to have given warning of {deviation.number}"
        raise RuleViolated(why, fields=["deviation_id"])
    own = {name: getattr(record, name) for name in OfTransfer.model_fields}
    return work.add(
        ForetoldDeviation(
            **own | names,
            parties=[record.receiving_partner_id],
            deviation_id=deviation.id,
            deviation_number=deviation.number,
            remark=body.remark,
            linked_by=work.principal.subject,
        )
    )
