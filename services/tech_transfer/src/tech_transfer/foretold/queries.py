"""Reads of what was foretold."""

from typing import Any
from uuid import UUID

from sqlmodel import col, select

from runtime.problems import Problem
from runtime.work import Work
from tech_transfer.foretold import rules
from tech_transfer.foretold.model import ForetoldDeviation, KnownBatch, KnownDeviation
from tech_transfer.foretold.schemas import Foretold, UnlinkedDeviation, UnlinkedDeviations
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfers.model import Transfer


async def foretold_by(work: Work, **record: UUID) -> list[Foretold]:
    """The deviations of which a gap (``gap_id``) or an item (``item_id``) gave warning, for who may know of them."""
    cancelled = KnownDeviation.cancelled
    found = (
        select(ForetoldDeviation, cancelled)
        .outerjoin(KnownDeviation, col(KnownDeviation.id) == col(ForetoldDeviation.deviation_id))
        .filter_by(**record)
        .order_by(col(ForetoldDeviation.id))
    )
    return [
        Foretold.model_validate(dict(each) | {"linked_at": each.created_at, "cancelled": bool(is_none)})
        for each, is_none in await work.session.execute(found)
    ]


async def unlinked(work: Work, transfer: Transfer) -> UnlinkedDeviations:
    """What is to be asked about a transfer's first batches. Raises a 403 Problem for the sending partner."""
    if work.principal.partner_id not in (None, transfer.receiving_partner_id):
        raise Problem(403, "wrong-side", "this is for the record's receiver, which your organisation is not")
    made = select(KnownBatch).where(
        KnownBatch.product_id == transfer.product_id, KnownBatch.site_id == transfer.receiving_site_id
    )
    named = select(TransferBatch.lot_id).where(TransferBatch.transfer_id == transfer.id)
    own = {*await work.session.scalars(named)}
    batches = rules.first_batches(await work.session.scalars(made), transfer.began_on, own)
    lots = {each.lot_id for each in batches}
    concerned: Any = KnownDeviation.lot_ids
    at_site = select(KnownDeviation).where(
        KnownDeviation.site_id == transfer.receiving_site_id, concerned.overlap(lots)
    )
    linked = select(ForetoldDeviation.deviation_id).where(ForetoldDeviation.transfer_id == transfer.id)
    asked = rules.unlinked(await work.session.scalars(at_site), batches, await work.session.scalars(linked))
    return UnlinkedDeviations(
        transfer_id=transfer.id,
        number=transfer.number,
        batches=[each.lot_number for each in batches],
        deviations=[
            UnlinkedDeviation.model_validate(dict(each) | {"deviation_id": each.id, "lots": numbers})
            for each, numbers in asked
        ],
    )
