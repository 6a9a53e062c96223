"""HTTP words for a transfer's batches."""

from contracts import Role
from runtime.bodies import Reason
from serving.actions import Actions
from tech_transfer.transfer_batches import commands, queries
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfer_batches.schemas import (
    AssignCause,
    JustifyChoice,
    NameBatch,
    RestateParameters,
    StartStability,
    StateParameters,
    TransferBatchRead,
)

transfer_batches = Actions("transfer-batches", TransferBatch, TransferBatchRead, queries.show)
transfer_batches.create(commands.name, NameBatch, Role.msat)
transfer_batches.post("parameters", TransferBatch.state_parameters, StateParameters, commands.state_parameters)
transfer_batches.post("restatement", TransferBatch.restate_parameters, RestateParameters, commands.restate_parameters)
transfer_batches.post("choice-justification", TransferBatch.justify_choice, JustifyChoice, commands.justify_choice)
transfer_batches.post("cause", TransferBatch.assign_cause, AssignCause, commands.assign_cause)
transfer_batches.post("abandonment", TransferBatch.give_up, Reason, commands.give_up)
transfer_batches.post("stability-start", TransferBatch.start_stability, StartStability, commands.start_stability)
transfer_batches.get()
transfer_batches.list(queries.FILTERS)
