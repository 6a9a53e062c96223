"""Reads of proposals to hold batches."""

from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from directory.names import names_of
from quality_events.batches.locking import locked_beside_batch
from quality_events.batches.names import of_batch, refs_of
from quality_events.hold_proposals.model import HoldProposal
from quality_events.hold_proposals.schemas import HoldProposalRead, HoldProposalState
from quality_events.holds.model import BatchHold
from runtime.work import Work
from serving.listing import days, equal, whether
from serving.shown import Ref

_REFERENCES: Final[Mapping[str, str]] = {"site": "site_id"}
_OPEN = HoldProposal.state == HoldProposalState.open
FILTERS = (
    equal(HoldProposal, *("number", "state", "batch_id", "site_id"))
    | {"open": whether(lambda _: _OPEN, "nobody has answered it")}
    | of_batch(HoldProposal, "product_id", "partner_id")
    | days(HoldProposal.created_at, "proposed")
)


async def open_of(work: Work, batch_id: UUID) -> list[Mapping[str, Any]]:
    """What is proposed of a batch, and nobody has answered. The sponsor's alone."""
    query = select(HoldProposal).where(HoldProposal.batch_id == batch_id, _OPEN).order_by(HoldProposal.number)
    return [each.model_dump(include={"id", "number", "reasons"}) for each in await work.session.scalars(query)]


async def locked(work: Work, key: str) -> HoldProposal:
    """A proposal by its id, in a command with its batch's row held before it: a decision waits for the answer."""
    return await locked_beside_batch(work, HoldProposal, key, "hold proposal")


async def show(work: Work, proposals: Sequence[HoldProposal]) -> list[HoldProposalRead]:
    """The proposals with their batches, sites and holds."""
    names = await names_of(work, proposals, _REFERENCES)
    batches = await refs_of(work, {each.batch_id for each in proposals})
    of_them = select(BatchHold).where(col(BatchHold.id).in_({each.hold_id for each in proposals if each.hold_id}))
    holds = {
        hold.id: Ref(id=hold.id, number=hold.number, name=hold.state) for hold in await work.session.scalars(of_them)
    }
    return [
        HoldProposalRead.model_validate(
            dict(each)
            | names.of(each, references=_REFERENCES)
            | {"batch": batches[each.batch_id], "hold": holds.get(each.hold_id) if each.hold_id else None}
        )
        for each in proposals
    ]
