"""HTTP words for method transfers and their results."""

from contracts import Role
from runtime.bodies import Reason
from serving.actions import Actions
from tech_transfer.method_transfers import commands, queries, reporting
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.results import (
    MethodTransferResult,
    ReportOwnTransferResults,
    ReportTransferResults,
    TransferResultRead,
)
from tech_transfer.method_transfers.schemas import (
    FollowUp,
    InvalidateRun,
    InvestigateFailure,
    MethodTransferRead,
    PlanMethodTransfer,
    Waive,
)
from tech_transfer.transfers.commands import locking

_SENDING, _RECEIVING = MethodTransfer.approve_as_sender, MethodTransfer.approve_as_receiver
_OWN, _PROTOCOL = MethodTransfer.approve_for_own_laboratory, MethodTransfer.approve_protocol
method_transfers = Actions(
    "method-transfers", MethodTransfer, MethodTransferRead, queries.show, locks=locking(MethodTransfer)
)
method_transfers.create(commands.plan, PlanMethodTransfer, Role.msat, Role.lab)
method_transfers.post("sending-approval", _SENDING, command=reporting.approving(_SENDING))
method_transfers.post("own-laboratory-approval", _OWN, command=commands.approving(_OWN))
method_transfers.post("receiving-approval", _RECEIVING, command=reporting.approving(_RECEIVING))
method_transfers.post("protocol-approval", _PROTOCOL, command=commands.approving(_PROTOCOL))
method_transfers.post("results", MethodTransfer.take_results, ReportTransferResults, reporting.report)
method_transfers.post("own-results", MethodTransfer.take_own_results, ReportOwnTransferResults, reporting.report_own)
method_transfers.post("evaluation", MethodTransfer.evaluate, command=commands.evaluate)
method_transfers.post("run-invalidation", MethodTransfer.invalidate_run, InvalidateRun, commands.invalidate_run)
method_transfers.post("conclusion", MethodTransfer.conclude, command=commands.conclude)
method_transfers.post("waiver", MethodTransfer.waive, Waive, commands.waive)
method_transfers.post("investigation", MethodTransfer.investigate, InvestigateFailure)
method_transfers.post("repetition", MethodTransfer.repeat, FollowUp, commands.repeat)
method_transfers.post("amendment", MethodTransfer.amend, FollowUp, commands.amending(MethodTransfer.amend))
method_transfers.post(
    "tested-amendment", MethodTransfer.amend_tested, FollowUp, commands.amending(MethodTransfer.amend_tested)
)
method_transfers.post("withdrawal", MethodTransfer.withdraw, Reason, commands.withdraw)
method_transfers.post("result-release", MethodTransfer.release_results, command=commands.release_results)
method_transfers.get()
method_transfers.router.withheld = queries.withholding(method_transfers.router.withheld)
method_transfers.list(queries.FILTERS)

method_transfer_results = Actions(
    "method-transfer-results", MethodTransferResult, TransferResultRead, queries.show_results
)
method_transfer_results.get()
method_transfer_results.list(queries.RESULT_FILTERS)
