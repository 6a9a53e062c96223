"""HTTP words for process limits."""

from quality_events.process_limits import commands, queries
from quality_events.process_limits.model import STATERS, ProcessLimits
from quality_events.process_limits.schemas import ProcessLimitsRead, StateProcessLimits, WithdrawProcessLimits
from runtime.bodies import Reason
from serving.actions import Actions

process_limits = Actions("process-limits", ProcessLimits, ProcessLimitsRead, queries.show)
process_limits.create(commands.state, StateProcessLimits, *STATERS)
process_limits.post("confirmation", ProcessLimits.confirm)
process_limits.post("rejection", ProcessLimits.reject, Reason)
process_limits.post("withdrawal-proposal", ProcessLimits.propose_withdrawal, WithdrawProcessLimits)
process_limits.post("withdrawal", ProcessLimits.withdraw)
process_limits.post("withdrawal-refusal", ProcessLimits.refuse_withdrawal, Reason)
process_limits.get()
process_limits.list(queries.FILTERS)
