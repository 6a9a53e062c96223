"""Everything of one transfer that its gates are judged by, for whoever asks."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, Final, TypeVar
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlmodel import SQLModel, col, select

from contracts.tech_transfer import Gate
from runtime.work import Work
from tech_transfer.actions.model import TransferAction
from tech_transfer.comparabilities.model import Comparability
from tech_transfer.copies.known import Told, told_of
from tech_transfer.cpps.model import Cpp
from tech_transfer.cqas.model import Cqa
from tech_transfer.decisions.model import GateDecision
from tech_transfer.decisions.schemas import DecisionState
from tech_transfer.foretold.model import ForetoldDeviation
from tech_transfer.gaps.model import Gap, GapSearch
from tech_transfer.gates.terms import Unit
from tech_transfer.lessons.model import Lesson
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.standing import LaboratoryStanding
from tech_transfer.package_items.model import PackageItem
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.qbd_cells.model import QbdCell
from tech_transfer.risks.model import Risk
from tech_transfer.statements.model import Statement
from tech_transfer.submissions.model import Submission
from tech_transfer.timeline.model import GateBlocking
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfers.model import Transfer

M = TypeVar("M", bound=SQLModel)
_OF_TRANSFER: Final = "SELECT of_transfer($1, $2)"
_PLACES: Final = "SELECT receiving, sending FROM places_of_transfer($1)"
_STANDINGS: Final = "SELECT standings_of_transfer($1)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dossier:
    """What is known of a transfer. A partner's request is judged by all of it, and shown no more than the verdict."""

    transfer: Transfer
    today: date
    """Local to the receiving site."""
    zone: ZoneInfo = field(default_factory=lambda: ZoneInfo("UTC"))
    """The receiving site's."""
    countries: Mapping[Unit, str | None] = field(default_factory=dict)
    """In which country either unit's site is, by whose public holidays its working days are counted."""
    statements: Sequence[Statement] = field(default_factory=list)
    decisions: Sequence[GateDecision] = field(default_factory=list)
    actions: Sequence[TransferAction] = field(default_factory=list)
    package_items: Sequence[PackageItem] = field(default_factory=list)
    gaps: Sequence[Gap] = field(default_factory=list)
    gap_searches: Sequence[GapSearch] = field(default_factory=list)
    told: Told = field(default_factory=Told)
    """Of the receiving site and the product."""
    cqas: Sequence[Cqa] = field(default_factory=list)
    cpps: Sequence[Cpp] = field(default_factory=list)
    cells: Sequence[QbdCell] = field(default_factory=list)
    risks: Sequence[Risk] = field(default_factory=list)
    """Those that both units know: none that is the sponsor's alone has a part in a gate, or they would learn of it."""
    foretold: Sequence[ForetoldDeviation] = field(default_factory=list)
    """No gate asks for them: read for a closure report, which is the sponsor's alone. So are lessons."""
    lessons: Sequence[Lesson] = field(default_factory=list)
    submissions: Sequence[Submission] = field(default_factory=list)
    blocking: Sequence[GateBlocking] = field(default_factory=list)
    """What blocked the gate of the time, and from when until when, the oldest first: read where days are counted."""
    method_transfers: Sequence[MethodTransfer] = field(default_factory=list)
    standings: Sequence[LaboratoryStanding] = field(default_factory=list)
    """How the laboratories of these stand to their methods."""
    transfer_batches: Sequence[TransferBatch] = field(default_factory=list)
    ppq_series: Sequence[PpqSeries] = field(default_factory=list)
    comparabilities: Sequence[Comparability] = field(default_factory=list)
    """No gate asks for them itself: read for a closure report alone."""

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
    return _read(model, rows)


def _read(model: type[M], rows: Sequence[Any]) -> list[M]:
    return [model.model_validate(json.loads(row[0]) if isinstance(row[0], str) else row[0]) for row in rows]


async def shared_with_units(work: Work, transfer_id: UUID) -> list[Risk]:
    """The risks of a transfer that both units know: the database gives a partner no other, and nobody asks for more."""
    found = select(Risk).where(Risk.transfer_id == transfer_id, col(Risk.sponsor_only).is_(False))
    return list(await work.session.scalars(found.order_by(col(Risk.id))))


async def dossier_of(work: Work, transfer: Transfer) -> Dossier:
    """What is known of a transfer now, what this transaction changed included."""
    await work.session.flush()
    told = await told_of(work, transfer.id)
    places = await work.connection.fetchrow(_PLACES, transfer.id)
    zone = ZoneInfo(told.time_zone or "UTC")
    return Dossier(
        transfer=transfer,
        today=work.now.astimezone(zone).date(),
        zone=zone,
        countries={unit: places[unit] for unit in (Unit.receiving, Unit.sending)} if places else {},
        statements=await records(work, Statement, transfer.id),
        decisions=await records(work, GateDecision, transfer.id),
        actions=await records(work, TransferAction, transfer.id),
        package_items=await records(work, PackageItem, transfer.id),
        gaps=await records(work, Gap, transfer.id),
        gap_searches=await records(work, GapSearch, transfer.id),
        told=told,
        cqas=await records(work, Cqa, transfer.id),
        cpps=await records(work, Cpp, transfer.id),
        cells=await records(work, QbdCell, transfer.id),
        risks=await shared_with_units(work, transfer.id),
        submissions=await records(work, Submission, transfer.id),
        method_transfers=await records(work, MethodTransfer, transfer.id),
        standings=_read(LaboratoryStanding, await work.connection.fetch(_STANDINGS, transfer.id)),
        transfer_batches=await records(work, TransferBatch, transfer.id),
        ppq_series=await records(work, PpqSeries, transfer.id),
    )
