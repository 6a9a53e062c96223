"""What the laboratories do themselves: each approves the protocol, and reports its own results, tested after freezing
by the protocol's version."""

from collections.abc import Callable
from typing import Any, Final
from uuid import UUID

from runtime.bodies import Because
from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.gates import marks
from tech_transfer.method_transfers import queries
from tech_transfer.method_transfers.completeness import settle_side
from tech_transfer.method_transfers.judging import TransferSide
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.protocol import criterion_of
from tech_transfer.method_transfers.results import (
    MethodTransferResult,
    ReportOwnTransferResults,
    ReportTransferResults,
    StatedResult,
)
from tech_transfer.transfers import commands as transfers

_END: Final = "SELECT end_of_method_transfer($1)"


def approving(step: Callable[..., None]) -> Callable[..., Any]:
    """The use case of a laboratory's approval of a protocol. Raises RuleViolated where its transfer has ended."""

    async def run(work: Work, method_transfer_id: UUID, _: Because | None = None) -> MethodTransfer:
        one = await _live(work, method_transfer_id)
        step(one, work.principal.subject, work.now)
        work.publish(of=one)
        return one

    return run


async def report(work: Work, method_transfer_id: UUID, body: ReportTransferResults) -> MethodTransfer:
    """A partner's laboratory reports. Raises RuleViolated for the other one's side, for what does not fit, and where
    its transfer has ended."""
    one = await _live(work, method_transfer_id)
    one.take_results()
    _, partner_id = one.laboratory_of(body.side)
    if partner_id != work.principal.partner_id:
        raise RuleViolated(f"side: the {body.side} laboratory is not your organisation's", fields=["side"])
    return await _take(work, one, body.side, body)


async def report_own(work: Work, method_transfer_id: UUID, body: ReportOwnTransferResults) -> MethodTransfer:
    """The sponsor's own laboratory reports, where that hands the method over."""
    one, transfer = await transfers.part(work, MethodTransfer, method_transfer_id, live=True)
    one.take_own_results()
    await _take(work, one, TransferSide.sending, body)
    await marks.follow(work, transfer)
    return one


async def _live(work: Work, method_transfer_id: UUID) -> MethodTransfer:
    """A method transfer whose transfer, to which a laboratory may be no party, has not ended."""
    one = await work.get(MethodTransfer, method_transfer_id)
    if end := await work.connection.fetchval(_END, one.id):
        raise RuleViolated(f"{one.transfer_number} is {end}: nothing under it begins or changes any more")
    return one


async def _take(work: Work, one: MethodTransfer, side: TransferSide, body: ReportOwnTransferResults) -> MethodTransfer:
    there = [each for each in await queries.results_of(work, [one.id]) if each.side == side]
    site_id, partner_id = one.laboratory_of(side)
    parties = {partner_id} - {None}
    if side is TransferSide.sending and one.results_released:
        parties.add(one.laboratory_partner_id)
    for place, stated in enumerate(body.results):
        _check(one, stated, there, f"results.{place}")
        given = stated.model_dump(exclude={"method_version", "tested_at"})
        result = MethodTransferResult(
            method_transfer_id=one.id,
            side=side,
            laboratory_site_id=site_id,
            laboratory_partner_id=partner_id,
            parties=sorted(each for each in parties if each),
            tested_at=stated.tested_at.isoformat(),
            reported_by=work.principal.subject,
            **given,
        )
        work.session.add(result)
        there.append(result)
    settle_side(one, side, there)
    return one


def _check(one: MethodTransfer, stated: StatedResult, there: list[MethodTransferResult], at: str) -> None:
    """Raise RuleViolated, naming the field, for a result that cannot count. ``there``: those of the same laboratory."""
    criteria = {each["attribute"]: criterion_of(each) for each in one.criteria}
    lots = [each["name"] for each in one.lots]
    if stated.lot not in lots:
        _refuse(f"{one.protocol} names {', '.join(lots)}", f"{at}.lot")
    if stated.attribute not in criteria:
        _refuse(f"{one.protocol} names {', '.join(criteria)}", f"{at}.attribute")
    if stated.method_version != one.method_version:
        _refuse(f"{one.protocol} is for version {one.method_version} of {one.method}", f"{at}.method_version")
    if one.frozen_at is None or stated.tested_at <= one.frozen_at:
        _refuse(f"only what was tested after the criteria were frozen counts, at {one.frozen_at}", f"{at}.tested_at")
    if (stated.text is None) != (criteria[stated.attribute].unit is not None):
        _refuse("state a number where numbers are compared, and words where verdicts are", f"{at}.value")
    if stated.replicate > one.replicates:
        _refuse(f"{one.protocol} plans {one.replicates} replicates of a run", f"{at}.replicate")
    of_it = [each for each in there if each.counts and (each.lot, each.attribute) == (stated.lot, stated.attribute)]
    if any((each.run, each.replicate) == (stated.run, stated.replicate) for each in of_it):
        _refuse(f"replicate {stated.replicate} of run {stated.run} is reported already", f"{at}.run")
    runs = {each.run for each in of_it}
    if stated.run not in runs and len(runs) >= one.runs:
        _refuse(f"{one.protocol} plans {one.runs} runs, and they are reported", f"{at}.run")
    if len(of_it) >= one.planned_of_a_lot:  # a feed, which knows no runs, told some
        _refuse(f"{one.protocol} plans {one.planned_of_a_lot} results of a lot, and they are there", f"{at}.run")


def _refuse(why: str, field: str) -> None:
    raise RuleViolated(f"{field}: {why}", fields=[field])
