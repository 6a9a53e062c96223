"""HTTP words for transfers."""

from uuid import UUID

from contracts import Role
from runtime.access import READERS, allowed
from runtime.bodies import Reason
from runtime.routes import Query
from serving.actions import Actions
from tech_transfer.decisions import commands as decisions
from tech_transfer.gates.queries import gates_of
from tech_transfer.gates.schemas import TransferGates
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
transfers.post("cancellation", Transfer.cancel, Reason)
transfers.post("package-confirmation", Transfer.confirm_package, ConfirmPackage)
transfers.get()
transfers.list(queries.FILTERS)


@transfers.router.get("/{transfer_id}/gates")
@allowed(*READERS)
async def gates(transfer_id: UUID, work: Query) -> TransferGates:
    """Each gate in its order: whether it is passed, what it asks for and is not so, who owes that, and since when."""
    return await gates_of(work, await work.get(Transfer, transfer_id))
