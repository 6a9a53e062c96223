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
from tech_transfer.package_items import cancelling
from tech_transfer.package_items.queries import package_of
from tech_transfer.package_items.schemas import TransferPackage
from tech_transfer.qbd.queries import matrix_of
from tech_transfer.qbd.schemas import TransferMatrix
from tech_transfer.transfers import commands, queries
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.schemas import ConfirmPackage, Describe, ReopenGate, Replan, StartTransfer, TransferRead

transfers = Actions("transfers", Transfer, TransferRead, queries.show)
transfers.create(commands.start, StartTransfer, Role.msat)
transfers.post("description", Transfer.describe, Describe)
transfers.post("plan", Transfer.replan, Replan)
transfers.post("reopening", Transfer.reopen, ReopenGate, decisions.reopen)
transfers.post("hold", Transfer.hold, Reason)
transfers.post("resumption", Transfer.resume)
transfers.post("cancellation-request", Transfer.request_cancellation, Reason)
transfers.post("cancellation", Transfer.cancel, Reason, cancelling.cancel)
transfers.post("package-confirmation", Transfer.confirm_package, ConfirmPackage)
transfers.get()
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
