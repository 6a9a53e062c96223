"""The timer that looks at each transfer as days pass, and tells of delays."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Select
from sqlalchemy.dialects.postgresql import insert
from sqlmodel import col, or_, select

from contracts.tech_transfer import Gate
from gxp.calendars import Calendar
from runtime.timers import record_by_record
from runtime.work import Work
from tech_transfer.gates import marks
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import Unit
from tech_transfer.timeline import forecast, queries
from tech_transfer.timeline.model import FollowedTransfer
from tech_transfer.transfers import commands, plan
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.schemas import LIVE, TechTransferState

_EACH: Final = timedelta(hours=1)
"""How often a transfer is looked at by itself: what changes with a local day is noted before the next one begins.
One that a partner changed is due at once."""
_AT_ONCE: Final = 10
"""All are locked until the last of them is done: people who change something of one wait no longer than for that."""


@dataclass(frozen=True, slots=True)
class SponsorsAlone:
    """A transfer, for what no partner is told of it: a fact has its place among the transfer's others all the same."""

    transfer: Transfer
    parties: tuple[UUID, ...] = ()

    @property
    def version(self) -> int:
        """The transfer's."""
        return self.transfer.version


@dataclass(frozen=True, slots=True)
class Delay:
    """A gate whose forecast passes its first plan."""

    gate: Gate
    planned_on: date
    forecast_on: date
    working_days_late: int

    @property
    def level(self) -> int:
        """How much of a delay that is."""
        return forecast.level(self.working_days_late)


def longest(transfer: Transfer, days: Mapping[Gate, date], calendar: Calendar) -> Delay | None:
    """The first of the gates that are late by the most that there is to tell; None where there is nothing."""
    planned = plan.read(transfer.first_planned)
    delays = [
        Delay(gate, planned[gate], day, forecast.working_days_late(planned[gate], day, calendar))
        for gate, day in days.items()
    ]
    most = max((each.level for each in delays), default=0)
    return next((each for each in delays if each.level == most), None) if most else None


async def look(work: Work, transfer: Transfer) -> None:
    """Note what blocks it, mark what is no longer so, and tell of a delay that was not told."""
    transfer = await commands.locked(work, transfer.id)
    dossier = await marks.follow(work, transfer)
    known = await work.session.get(FollowedTransfer, transfer.id)
    told = known.delay_told if known else 0
    delay = longest(transfer, forecast.forecast(dossier), queries.calendars_of(dossier)[Unit.receiving])
    if delay and delay.level > told:
        await _tell(work, dossier, delay)
        told = delay.level
    row: dict[str, Any] = {"followed_at": work.now, "delay_told": told}
    kept = insert(FollowedTransfer).values(id=transfer.id, **row)
    await work.session.execute(kept.on_conflict_do_update(index_elements=["id"], set_=row))


async def _tell(work: Work, dossier: Dossier, delay: Delay) -> None:
    dossier = await queries.with_what_blocked(work, dossier)
    by_gate = {each.gate: each for each in queries.slips(dossier)}
    fact = dossier.transfer.fall_behind(
        delay.gate,
        delay.planned_on,
        delay.forecast_on,
        delay.working_days_late,
        queries.told(by_gate[delay.gate]),
        work.now,
    )
    work.publish(of=dossier.transfer)
    work.publish(fact, of=SponsorsAlone(dossier.transfer))


def _due(work: Work) -> Select[Any]:
    seen = col(FollowedTransfer.followed_at)
    late = or_(seen.is_(None), seen < work.now - _EACH)
    of_it = col(FollowedTransfer.id) == col(Transfer.id)
    live = col(Transfer.state).in_(LIVE | {TechTransferState.on_hold})
    return select(Transfer).outerjoin(FollowedTransfer, of_it).where(live, late).order_by(col(Transfer.id))


timer = record_by_record("transfers-followed", 60.0, Transfer, _due, look, at_once=_AT_ONCE)
