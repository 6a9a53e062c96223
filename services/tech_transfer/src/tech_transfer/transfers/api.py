"""HTTP words for transfers."""

from uuid import UUID

from contracts import Role
from runtime.access import READERS, allowed
from runtime.bodies import Reason
from runtime.routes import Query
from serving.actions import Actions
from tech_transfer.decisions import commands as decisions
from tech_transfer.foretold.queries import unlinked
from tech_transfer.foretold.schemas import UnlinkedDeviations
from tech_transfer.gates.queries import gates_of
from tech_transfer.gates.schemas import TransferGates
from tech_transfer.package_items.queries import package_of
from tech_transfer.package_items.schemas import TransferPackage
from tech_transfer.qbd.queries import matrix_of
from tech_transfer.qbd.schemas import TransferMatrix
from tech_transfer.timeline.queries import timeline_of
from tech_transfer.timeline.schemas import TransferTimeline
from tech_transfer.transfers import queries, steps
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.schemas import (
    ConfirmPackage,
    Describe,
    ReopenGate,
    Replan,
    StartTransfer,
    TransferDetail,
    TransferRead,
)

transfers = Actions("transfers", Transfer, TransferRead, queries.show)
transfers.create(steps.start, StartTransfer, Role.msat)
transfers.post("description", Transfer.describe, Describe, steps.describe)
transfers.post("plan", Transfer.replan, Replan)
transfers.post("reopening", Transfer.reopen, ReopenGate, decisions.reopen)
transfers.post("hold", Transfer.hold, Reason, steps.hold)
transfers.post("resumption", Transfer.resume, command=steps.resume)
transfers.post("cancellation-request", Transfer.request_cancellation, Reason)
transfers.post("cancellation-withdrawal", Transfer.withdraw_cancellation, Reason)
transfers.post("cancellation-refusal", Transfer.refuse_cancellation, Reason)
transfers.post("cancellation", Transfer.cancel, Reason, steps.cancel)
transfers.post("package-confirmation", Transfer.confirm_package, ConfirmPackage)
transfers.get(TransferDetail, queries.detail)
transfers.list(queries.FILTERS)


@transfers.router.get("/{transfer_id}/gates")
@allowed(*READERS)
async def gates(transfer_id: UUID, work: Query) -> TransferGates:
    """Each gate in its order: whether it is passed, what it asks for and is not so, who owes that, and since when."""
    return await gates_of(work, await work.get(Transfer, transfer_id))


@transfers.router.get("/{transfer_id}/package")
@allowed(*READERS)
async def package(transfer_id: UUID, work: Query) -> TransferPackage:
    """How complete the package is, as a whole and by category, and what is missing: whose turn, and since when."""
    return await package_of(work, await work.get(Transfer, transfer_id))


@transfers.router.get("/{transfer_id}/unlinked-deviations")
@allowed(*READERS)
async def unlinked_deviations(transfer_id: UUID, work: Query) -> UnlinkedDeviations:
    """Deviations of the first batches of which nobody has said which gap, or item of the package, foretold them."""
    return await unlinked(work, await work.get(Transfer, transfer_id))


@transfers.router.get("/{transfer_id}/qbd")
@allowed(*READERS)
async def qbd(transfer_id: UUID, work: Query) -> TransferMatrix:
    """What the product has to be, its attributes and the parameters of its process, and how each rests on each."""
    return await matrix_of(work, await work.get(Transfer, transfer_id))


@transfers.router.get("/{transfer_id}/timeline")
@allowed(*READERS)
async def timeline(transfer_id: UUID, work: Query) -> TransferTimeline:
    """By how much each gate is later than it was planned first, and to whom each of those days counts.

    A partner sees its own days with their records, and of all others no more than how many there are.
    """
    return await timeline_of(work, await work.get(Transfer, transfer_id))
