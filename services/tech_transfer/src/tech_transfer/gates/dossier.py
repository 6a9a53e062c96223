"""Everything of one transfer that its gates are judged by, for whoever asks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel

from contracts.tech_transfer import Gate
from runtime.work import Work
from tech_transfer.actions.model import TransferAction
from tech_transfer.decisions.model import GateDecision
from tech_transfer.decisions.schemas import DecisionState
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.statements.model import Statement
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfers.model import Transfer

M = TypeVar("M", bound=SQLModel)
_OF_TRANSFER: Final = "SELECT of_transfer($1, $2)"
_ZONE: Final = "SELECT time_zone FROM known_site WHERE id = $1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What is known of a transfer. A partner's request is judged by all of it, and shown no more than the verdict."""

    transfer: Transfer
    today: date
    """Local to the receiving site."""
    statements: Sequence[Statement] = field(default_factory=list)
    decisions: Sequence[GateDecision] = field(default_factory=list)
    actions: Sequence[TransferAction] = field(default_factory=list)
    transfer_batches: Sequence[TransferBatch] = field(default_factory=list)
    ppq_series: Sequence[PpqSeries] = field(default_factory=list)

    @property
    def began(self) -> datetime:
        """Since when somebody owes what has no date of its own."""
        return self.transfer.created_at

    @property
    def passed(self) -> Mapping[Gate, GateDecision]:
        """By gate the decision by which the transfer passed it, in their order."""
        taken = {Gate(each.gate): each for each in self.decisions if each.state == DecisionState.taken and each.passes}
        return {gate: taken[gate] for gate in Gate if gate in taken}


async def records(work: Work, model: type[M], transfer_id: UUID) -> list[M]:
    """A transfer's records of one kind, all of them, apart from the session: they are read and not changed."""
    rows: Sequence[Any] = await work.connection.fetch(_OF_TRANSFER, str(model.__tablename__), transfer_id)
    return [model.model_validate(json.loads(row[0]) if isinstance(row[0], str) else row[0]) for row in rows]


async def dossier_of(work: Work, transfer: Transfer) -> Dossier:
    """What is known of a transfer now, what this transaction changed included."""
    await work.session.flush()
    zone = await work.connection.fetchval(_ZONE, transfer.receiving_site_id)
    return Dossier(
        transfer=transfer,
        today=work.now.astimezone(ZoneInfo(zone) if zone else UTC).date(),
        statements=await records(work, Statement, transfer.id),
        decisions=await records(work, GateDecision, transfer.id),
        actions=await records(work, TransferAction, transfer.id),
        transfer_batches=await records(work, TransferBatch, transfer.id),
        ppq_series=await records(work, PpqSeries, transfer.id),
    )
