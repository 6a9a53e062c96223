"""Reads of who held the ball."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace
from datetime import date
from uuid import UUID

from contracts.transfer_closure import DayHolder, HeldDays
from gxp import calendars
from runtime.work import Work
from serving.shown import Ref
from tech_transfer.gates.dossier import Dossier, dossier_of, records
from tech_transfer.gates.terms import Unit
from tech_transfer.settings import SponsorSettings
from tech_transfer.timeline import rules
from tech_transfer.timeline.model import GateBlocking
from tech_transfer.timeline.rules import Calendars, HeldDay, Slip
from tech_transfer.timeline.schemas import GateSlip, HeldDayRead, HeldDaysRead, TransferTimeline
from tech_transfer.transfers import plan
from tech_transfer.transfers.model import Transfer


async def timeline_of(work: Work, transfer: Transfer) -> TransferTimeline:
    """By how much each gate is late, and to whom those days count. A partner sees its own, and the others' sum."""
    dossier = await with_what_blocked(work, await dossier_of(work, transfer))
    own = own_sides(transfer, work.principal.partner_id)
    gates = [_shown(each, own) for each in slips(dossier)]
    return TransferTimeline(transfer_id=transfer.id, number=transfer.number, today=dossier.today, gates=gates)


async def with_what_blocked(work: Work, dossier: Dossier) -> Dossier:
    """The same, with what blocked its gates: by that days are counted, and no gate is judged."""
    return replace(dossier, blocking=await records(work, GateBlocking, dossier.transfer.id))


def slips(dossier: Dossier) -> list[Slip]:
    """By how much each gate is later than it was planned first, by what was kept."""
    transfer, days = dossier.transfer, calendars_of(dossier)
    given_up = transfer.cancelled_at.astimezone(dossier.zone).date() if transfer.cancelled_at else None
    found = []
    for gate, planned_on in plan.read(transfer.first_planned).items():
        decided = dossier.passed[gate].decided_at if gate in dossier.passed else None
        ended_on: date | None = decided.astimezone(dossier.zone).date() if decided else given_up
        found.append(rules.slip(gate, planned_on, ended_on, dossier.today, dossier.blocking, dossier.zone, days))
    return found


def calendars_of(dossier: Dossier) -> Calendars:
    """On which days each unit works. A laboratory and an authority are nobody's site: from Monday to Friday."""
    sponsor = SponsorSettings().calendar
    receiving, sending = (calendars.of_country(dossier.countries.get(each)) for each in (Unit.receiving, Unit.sending))
    own = dossier.transfer.sent_by_sponsor
    return {Unit.sponsor: sponsor, Unit.receiving: receiving, Unit.sending: sponsor if own else sending}


def own_sides(transfer: Transfer, partner_id: UUID | None) -> Collection[DayHolder] | None:
    """The sides that are a partner's own; None for the sponsor, who reads all."""
    if partner_id is None:
        return None
    sides = {DayHolder.sending: transfer.sending_partner_id, DayHolder.receiving: transfer.receiving_partner_id}
    return {side for side, id in sides.items() if id == partner_id}


def told(slip: Slip) -> tuple[HeldDays, ...]:
    """To whom its days count, as facts tell it."""
    return tuple(HeldDays(holder=holder, days=days) for holder, days in slip.by_side.items())


def _shown(slip: Slip, own: Collection[DayHolder] | None) -> GateSlip:
    counted = Counter[DayHolder]()
    for holder, days in slip.by_side.items():
        counted[holder if own is None or holder in own else DayHolder.others] += days
    return GateSlip(
        gate=slip.gate,
        first_planned_on=slip.planned_on,
        ended_on=slip.ended_on,
        slip_days=len(slip.days),
        by_side=[HeldDaysRead(holder=holder, days=days) for holder, days in counted.items()],
        days=[_day(each) for each in slip.days if own is None or each.holder in own],
    )


def _day(held: HeldDay) -> HeldDayRead:
    by = held.by
    return HeldDayRead(
        day=held.day,
        holder=held.holder,
        unit=by.unit if by else None,
        rule=by.rule if by else None,
        record_type=by.record_type if by else None,
        record=Ref(id=by.record_id, number=by.record_number) if by and by.record_id else None,
    )
