"""Reads of method transfers and of their results."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, func, select

from directory.names import names_of
from runtime.work import Work
from serving.listing import days, equal
from serving.withheld import Withheld
from tech_transfer.method_transfers.judging import verdict_alone, written
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.protocol import MethodCriterionRead, criterion_of
from tech_transfer.method_transfers.results import MethodTransferResult, TransferResultRead
from tech_transfer.method_transfers.schemas import MethodTransferRead
from tech_transfer.transfers.shown import REFERENCES

_REFERENCES: Final = {
    **REFERENCES,
    "laboratory": "laboratory_site_id",
    "laboratory_partner": "laboratory_partner_id",
    "sending_laboratory": "sending_laboratory_site_id",
    "sending_laboratory_partner": "sending_laboratory_partner_id",
}
_OF_RESULTS: Final = {"laboratory": "laboratory_site_id"}
FILTERS = (
    equal(MethodTransfer, *("number", "state", "transfer_id", "method", "method_version", "kind", "product_id"))
    | equal(MethodTransfer, *("laboratory_site_id", "laboratory_partner_id", "sending_laboratory_site_id"))
    | days(MethodTransfer.created_at, "planned")
)
RESULT_FILTERS = equal(MethodTransferResult, *("method_transfer_id", "side", "lot", "attribute"))


async def show(work: Work, found: Sequence[MethodTransfer]) -> list[MethodTransferRead]:
    """The method transfers with names, and with what their plans can show; each verdict as far as who asks reads it."""
    known = await names_of(work, found, _REFERENCES)
    before = await _numbers_of_results(work, [one.follows_id for one in found if one.follows_id])
    return [
        MethodTransferRead.model_validate(
            dict(one)
            | known.of(one, references=_REFERENCES)
            | {"criteria": [with_feasibility(one, each) for each in one.criteria]}
            | {"planned_results": len(one.lots) * one.planned_of_a_lot}
            | {"results_before": before.get(one.follows_id, 0)}
            | verdicts_read(one, work.principal.partner_id)
        )
        for one in found
    ]


async def show_results(work: Work, found: Sequence[MethodTransferResult]) -> list[TransferResultRead]:
    """Results with the names of their laboratories."""
    known = await names_of(work, found, _OF_RESULTS)
    return [
        TransferResultRead.model_validate(dict(one) | known.of(one, references=_OF_RESULTS) | {"counts": one.counts})
        for one in found
    ]


def verdicts_read(one: MethodTransfer, partner_id: UUID | None) -> dict[str, Any]:
    """What a partner reads in place of what was evaluated; the sponsor reads it all.

    There is none before quality concluded it, for another evaluation may still say otherwise. After that a laboratory
    reads verdicts and why, and no number that rests on the other one's results: whoever has those to read reads all.
    """
    if partner_id is None:
        return {}
    if one.concluded_at is None:
        return {"attributes": [], "reevaluated": [], "did_not_pass": None}
    if _reads_both(one, partner_id):
        return {}
    return {name: [*map(verdict_alone, getattr(one, name))] for name in ("attributes", "reevaluated")}


def _reads_both(one: MethodTransfer, partner_id: UUID) -> bool:
    """Whether a partner reads the results of both laboratories: as they are its own, or were released to it."""
    released = one.results_released or one.sending_laboratory_partner_id == partner_id
    return released and one.laboratory_partner_id == partner_id


def withholding(columns: Withheld) -> Withheld:
    """What partners do not read of the past of method transfers: nothing that was evaluated before it was concluded,
    and no numbers of former evaluations, which tell single results by what differs between them."""
    return {
        table: unread._replace(by_partners=[*unread.by_partners, "attributes", "reevaluated", "did_not_pass"])
        for table, unread in columns.items()
    }


async def results_of(work: Work, ids: Collection[UUID]) -> list[MethodTransferResult]:
    """All results of some method transfers that whoever asks may see, in their order."""
    of_it = select(MethodTransferResult).where(col(MethodTransferResult.method_transfer_id).in_(ids))
    return list(await work.session.scalars(of_it.order_by(col(MethodTransferResult.id))))


async def _numbers_of_results(work: Work, ids: Collection[UUID]) -> Mapping[UUID | None, int]:
    """How many results of some method transfers whoever asks may see."""
    if not ids:
        return {}
    id = col(MethodTransferResult.method_transfer_id)
    rows = await work.session.execute(select(id, func.count()).where(id.in_(ids)).group_by(id))
    return {row[0]: row[1] for row in rows}


def with_feasibility(one: MethodTransfer, row: Mapping[str, Any]) -> MethodCriterionRead:
    """A criterion of a protocol, with what its planned results can show."""
    read = MethodCriterionRead.model_validate(row)
    if found := criterion_of(row).feasibility(len(one.lots), one.planned_of_a_lot):
        read.greatest_ratio = None if found.greatest_ratio is None else written(found.greatest_ratio)
        read.equal_spread_passes, read.results_needed = found.equal_spread_passes, found.needed
    return read
