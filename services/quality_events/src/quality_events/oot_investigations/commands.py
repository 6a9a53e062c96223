"""Use cases of investigations of results that are out of trend."""

from uuid import UUID

from sqlmodel import col, select

from contracts import Recorded
from contracts.out_of_trend import OotDetected
from directory import queries as directory
from quality_events.batches import statements
from quality_events.deviations.commands import lots_of
from quality_events.deviations.model import Deviation
from quality_events.deviations.terms import DeviationState
from quality_events.oos_investigations.model import OosInvestigation
from quality_events.oos_investigations.queries import hold_result
from quality_events.oot_investigations.model import OotInvestigation
from quality_events.oot_investigations.schemas import ConcludeOot
from quality_events.oot_investigations.terms import Told
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work


async def follow(work: Work, recorded: Recorded[OotDetected]) -> None:
    """Open the investigation of a result that is told to be out of trend, or follow what is told of it now."""
    detected = recorded.fact
    await statements.among_others(work)
    await hold_result(work, detected.result_id)
    (lot,) = await statements.as_known(work, [detected.lot])
    batches = await statements.announce(work, [lot])
    if (one := await _of_result(work, detected.result_id)) is not None:
        lot = lot.model_copy(update={"partner_id": one.partner_id})  # its batch may be another's by now
    told = Told(
        detected=detected.model_copy(update={"lot": lot}),
        sequence=recorded.sequence,
        told_at=recorded.time,
        zone=await directory.zone_of(work, lot.site_id),
        as_oos=await _is_investigated_as_oos(work, detected.result_id),
    )
    if one is not None:
        work.publish(*one.take(told), of=one)
        return
    number = await next_number(work, "OOT", "oot_number")
    one, opened = OotInvestigation.open(number, told, batches.get(lot.id))
    work.add(one)
    work.publish(*opened, of=one)


async def give_way(work: Work, result_id: UUID) -> None:
    """A result is investigated as OOS: nobody is asked for its trend as well."""
    if (one := await _of_result(work, result_id)) is not None:
        work.publish(*one.give_way(work.now), of=one)


async def conclude(work: Work, investigation_id: UUID, body: ConcludeOot) -> OotInvestigation:
    """Conclude phase 2. Raises NotFound for an unknown deviation, RuleViolated for one of something else."""
    one = await work.get(OotInvestigation, investigation_id)
    if body.deviation_id is not None:
        await _must_be_of(work, one, body.deviation_id)
    said = (body.conclusion, body.cause, body.evidence, body.deviation_id)
    work.publish(one.conclude(*said, now=work.now), of=one)
    return one


async def _must_be_of(work: Work, one: OotInvestigation, deviation_id: UUID) -> None:
    deviation = await work.session.get(Deviation, deviation_id)
    if deviation is None:
        raise NotFound("deviation", deviation_id)
    if deviation.state == DeviationState.cancelled:
        why = f"{deviation.number} was cancelled: name one that stands, or none"
        raise RuleViolated(why, fields=["deviation_id"])
    named = {lot.lot_id for lot in await lots_of(work, deviation) if lot.left_out_by_revision is None}
    if one.lot_id not in named:
        why = f"{deviation.number} does not name the lot of {one.number}: one that was raised of it names it"
        raise RuleViolated(why, fields=["deviation_id"])


async def _of_result(work: Work, result_id: UUID) -> OotInvestigation | None:
    query = select(OotInvestigation).where(OotInvestigation.result_id == result_id).with_for_update()
    found: OotInvestigation | None = await work.session.scalar(query)
    return found


async def _is_investigated_as_oos(work: Work, result_id: UUID) -> bool:
    query = select(col(OosInvestigation.id)).where(OosInvestigation.result_id == result_id)
    return await work.session.scalar(query) is not None
