"""Use cases of PPQ series."""

from typing import Any, TypeVar
from uuid import UUID

from sqlmodel import col, select

from contracts import Role
from contracts.transfer_batches import TransferBatchVerdict
from runtime.bodies import Because
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.comparabilities.commands import not_shown
from tech_transfer.gates import marks
from tech_transfer.ppq_series import capability, planning
from tech_transfer.ppq_series.judging import batches_of, counted, judge_series
from tech_transfer.ppq_series.model import PpqSeries
from tech_transfer.ppq_series.schemas import CapabilityRead, PlanSeries, Protocol, Redesign, Report, Restart
from tech_transfer.transfer_batches.attributes import in_force, kept, refuse_departing
from tech_transfer.transfer_batches.commands import engineering_conforms
from tech_transfer.transfer_batches.evidence import why_not_of
from tech_transfer.transfer_batches.model import TransferBatch
from tech_transfer.transfer_batches.schemas import KeptLimits
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import columns_of
from tech_transfer.transfers.schemas import LIVE

P = TypeVar("P", bound=Protocol)


async def plan(work: Work, body: PlanSeries) -> PpqSeries:
    """Plan a series.

    Raises RuleViolated for strengths that are not the transfer's or have a series already, limits that ask less than a
    quality attribute of it does, and where no number follows.
    """
    transfer = await transfers.locked(work, body.transfer_id)
    if transfer.state not in LIVE:
        raise RuleViolated(f"{transfer.number} is {transfer.state}: no series is planned for it")
    body = await _kept(work, transfer, body)
    number = await _required(work, transfer, body)
    series = PpqSeries(
        number=await next_number(work, "PPQ", "ppq_series_number"),
        **columns_of(transfer) | {"parties": [transfer.receiving_partner_id]},
        planned_by=work.principal.subject,
    )
    series.describe(body, number)
    return work.add(series)


async def _kept(work: Work, transfer: Transfer, protocol: P) -> P:
    """A protocol whose limits know what else the tests of their results are called."""
    return protocol.model_copy(update={"limits": kept(protocol.limits, await in_force(work, transfer))})


async def _required(work: Work, transfer: Transfer, protocol: Protocol, redesigned: UUID | None = None) -> int:
    if strange := {*protocol.strengths, *protocol.bracketed} - {*transfer.strengths}:
        known = ", ".join(transfer.strengths)
        raise RuleViolated(
            f"strengths: {', '.join(sorted(strange))}: {transfer.number} is of {known}", fields=["strengths"]
        )
    await _refuse_another(work, transfer, protocol, redesigned)
    await refuse_departing(work, transfer, protocol.limits)
    of_it = select(TransferBatch).where(
        TransferBatch.transfer_id == transfer.id, col(TransferBatch.kind).in_(planning.ENGINEERING)
    )
    return planning.required(protocol, (await work.session.scalars(of_it)).all())


async def _refuse_another(work: Work, transfer: Transfer, protocol: Protocol, redesigned: UUID | None) -> None:
    """A strength has one series: a failure is answered by its restart or redesign, and not by another one."""
    of_it = select(PpqSeries).where(PpqSeries.transfer_id == transfer.id, PpqSeries.id != redesigned)
    for each in (await work.session.scalars(of_it.order_by(col(PpqSeries.id)))).all():
        if common := {*protocol.strengths, *protocol.bracketed} & {*each.strengths, *each.bracketed}:
            why = f"{each.number}, which is {each.state}, is of {', '.join(sorted(common))}"
            raise RuleViolated(f"strengths: {why}: go on with it, restart or redesign it", fields=["strengths"])


async def approve_protocol(work: Work, series_id: UUID, _: Because | None = None) -> PpqSeries:
    """Quality approves the protocol."""
    series, transfer = await transfers.part(work, PpqSeries, series_id, live=True)
    series.approve_protocol(work.principal.subject, work.now)
    return await _followed(work, transfer, series)


async def start(work: Work, series_id: UUID, _: Because | None = None) -> PpqSeries:
    """Batches may be named, where an engineering batch conforms at scale."""
    series, transfer = await transfers.part(work, PpqSeries, series_id, live=True)
    series.start(await engineering_conforms(work, series.transfer_id))
    return await _followed(work, transfer, series)


async def _followed(work: Work, transfer: Transfer, series: PpqSeries) -> PpqSeries:
    work.publish(of=series)
    await marks.follow(work, transfer)
    return series


async def restart(work: Work, series_id: UUID, body: Restart) -> PpqSeries:
    """Begin the next run: its root cause is known, and a CAPA against it planned."""
    series, transfer = await transfers.part(work, PpqSeries, series_id, live=True)
    series.restart(body.root_cause, body.capa_id, await _against(work, series, body.capa_id), work.now)
    await judge_series(work, series)
    await marks.follow(work, transfer)
    return series


async def redesign(work: Work, series_id: UUID, body: Redesign) -> PpqSeries:
    """Begin anew by another protocol. Raises RuleViolated while a batch of this one is not decided: it may fail."""
    series, transfer = await transfers.part(work, PpqSeries, series_id, live=True)
    against = await _against(work, series, body.capa_id)
    body = await _kept(work, transfer, body)
    number = await _required(work, transfer, body, series.id)
    open_lots = [
        each.lot_number
        for each in await batches_of(work, series)
        if each.design == series.design and each.state == TransferBatchVerdict.undecided
    ]
    series.redesign(body, number, body.root_cause, body.capa_id, against, open_lots, work.principal.subject)
    await marks.follow(work, transfer)
    return series


async def _against(work: Work, series: PpqSeries, capa_id: UUID | None) -> str | None:
    """Why a CAPA takes no cause away that a batch of the series' transfer failed for; None where it does.

    It takes none where nothing failed.
    """
    if capa_id is None:
        return "a failure ended the run: name the CAPA against its cause" if series.fails else None
    lots = select(TransferBatch.lot_id).where(TransferBatch.transfer_id == series.transfer_id)
    return await why_not_of(work, capa_id, (await work.session.scalars(lots)).all())


async def report(work: Work, series_id: UUID, body: Report) -> PpqSeries:
    """Report that it conforms, with the capability that it shows."""
    series, transfer = await transfers.part(work, PpqSeries, series_id, live=True)
    batches = await counting(work, series)
    missing = [f"{each.lot_number} is stored in no stability study" for each in batches if not each.stability_started]
    limits = [KeptLimits.model_validate(each) for each in series.limits]
    numbers = [each.names for each in limits if each.text is None]
    missing += [*await not_shown(work, series.transfer_id, numbers), *series.lacking]
    found = capability.of_lots(series.limits, batches)
    by_quality = Role.quality in work.principal.roles
    told = series.report(found, missing, body.justification, work.now, by_quality=by_quality)
    work.publish(*told, of=series)
    await marks.follow(work, transfer)
    return series


async def shown_capability(work: Work, series: PpqSeries) -> list[CapabilityRead]:
    """The capability that the batches show that count now."""
    return capability.of_lots(series.limits, await counting(work, series))


async def counting(work: Work, series: PpqSeries) -> list[TransferBatch]:
    """The batches of a series that count now, in the order in which they were named."""
    batches = await batches_of(work, series)
    lots = set[Any](counted(series, batches).counted)
    return [each for each in batches if each.lot_id in lots]
