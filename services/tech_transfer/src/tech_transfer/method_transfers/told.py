"""What other services' facts mean for method transfers."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import text
from sqlmodel import and_, col, or_, select

from contracts import Recorded
from contracts.entitlements import EntitlementChanged
from contracts.quality_events import OosConcluded, OosConclusion, OosReopened
from contracts.sample_tracking import ResultsReported
from runtime import bulk
from runtime.work import Work
from tech_transfer.gates import marks
from tech_transfer.method_transfers import amending, amendments, commands, completeness, queries, reading
from tech_transfer.method_transfers.judging import outcome
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.results import MethodTransferResult
from tech_transfer.method_transfers.standing import LaboratoryStanding
from tech_transfer.method_transfers.terms import CONCLUDED, TESTING
from tech_transfer.method_transfers.terms import MethodTransferState as State
from tech_transfer.transfers import commands as transfers

_OF_LOTS: Final = text(
    "EXISTS (SELECT FROM jsonb_array_elements(method_transfer.lots) AS lot WHERE lot ->> 'lot_id' = ANY (:lots))"
)
ONE_LOT_AT_A_TIME: Final = """
SELECT pg_advisory_xact_lock(hashtextextended('tech-transfer.method-results:' || lot, 0))
FROM unnest($1::text[]) AS lot
"""
"""A result and what its investigation found come from different topics: neither is kept while the other is not seen."""
Concluded = Recorded[OosConcluded] | Recorded[OosReopened]


async def keep_standings(work: Work, facts: Sequence[Recorded[EntitlementChanged]]) -> None:
    """Keep what is told, in whatever order; transfers that rest on it are looked at again."""
    rows = [
        {
            "id": each.fact.entitlement_id,
            "method": each.fact.method_code,
            "method_version": each.fact.method_version,
            "product_id": each.fact.product_id,
            "laboratory_site_id": each.fact.laboratory_site_id,
            "standing": each.fact.standing.value,
            "valid_from": each.fact.valid_from,
            "set_at": each.time,
        }
        for each in facts
    ]
    await bulk.insert(work, LaboratoryStanding, rows, "ON CONFLICT (id) DO NOTHING")
    sites, methods = {each.fact.laboratory_site_id for each in facts}, {each.fact.method_code for each in facts}
    of_them = select(MethodTransfer.transfer_id).where(
        col(MethodTransfer.laboratory_site_id).in_(sites), col(MethodTransfer.method).in_(methods)
    )
    await marks.follow_all(work, {*await work.session.scalars(of_them)})


async def take_results(work: Work, facts: Sequence[Recorded[ResultsReported]]) -> None:
    """Results that were tested for a method transfer, by its lots, laboratories, tests and method, or amend one."""
    await amendments.keep(work, facts)
    await _alone(work, facts)
    sites = {each.fact.laboratory_site_id for each in facts}
    at_either = or_(
        col(MethodTransfer.laboratory_site_id).in_(sites), col(MethodTransfer.sending_laboratory_site_id).in_(sites)
    )
    lots = _OF_LOTS.bindparams(lots=[str(each.fact.lot.id) for each in facts])
    told = [(each.fact, found) for each in facts for found in each.fact.results]
    amended = col(MethodTransferResult.source_result_id).in_({found.supersedes for _, found in told} - {None})
    of_amended = select(MethodTransferResult.method_transfer_id).where(amended)
    concerned = await _locked(work, or_(and_(at_either, lots), col(MethodTransfer.id).in_(of_amended)))
    waiting = await amendments.of(work, [found.result_id for _, found in told]) if concerned else {}
    for one, results in concerned:
        before = _counting(results)
        for fact, found in told:
            await _take(work, one, results, (fact, found), waiting)
        amending.settle(results)
        if before != _counting(results):
            await _judged_again(work, one, results)


async def take_conclusions(work: Work, facts: Sequence[Concluded]) -> None:
    """A result was found invalid, or is not any more; the last that is told of an investigation holds."""
    await _alone(work, facts)
    rows = [
        {"id": each.fact.result_id, "sequence": each.sequence, "invalid_since": _invalid_since(each)}
        for each in sorted(facts, key=lambda each: each.sequence)
    ]
    newest = {row["id"]: row for row in rows}
    newer = "ON CONFLICT (id) DO UPDATE SET sequence = excluded.sequence, invalid_since = excluded.invalid_since"
    await bulk.insert(
        work, reading.FoundInvalid, [*newest.values()], f"{newer} WHERE found_invalid.sequence < excluded.sequence"
    )
    of_them = select(MethodTransferResult.method_transfer_id).where(
        col(MethodTransferResult.source_result_id).in_(newest)
    )
    ids = {*await work.session.scalars(of_them)}
    for one, results in await _locked(work, col(MethodTransfer.id).in_(ids)) if ids else ():
        before = _counting(results)
        await reading.mark_invalid(work, results)
        if before != _counting(results):
            await _judged_again(work, one, results)


async def _alone(work: Work, facts: Sequence[Concluded | Recorded[ResultsReported]]) -> None:
    """Nothing else is told of the facts' lots until this transaction ends; locked in the order that everybody keeps."""
    await work.connection.execute(ONE_LOT_AT_A_TIME, sorted({str(each.fact.lot.id) for each in facts}))


def _counting(results: Sequence[MethodTransferResult]) -> list[UUID]:
    return [each.id for each in results if each.counts]


def _invalid_since(recorded: Concluded) -> Any:
    fact = recorded.fact
    invalid = isinstance(fact, OosConcluded) and fact.conclusion is OosConclusion.invalidated
    return recorded.time if invalid else None


async def _locked(work: Work, where: Any) -> list[tuple[MethodTransfer, list[MethodTransferResult]]]:
    """Method transfers whose criteria are frozen, each with its results; locked in the order that everybody keeps."""
    chosen = select(MethodTransfer).where(where, col(MethodTransfer.frozen_at).is_not(None))
    for transfer_id in sorted({each.transfer_id for each in await work.session.scalars(chosen)}):
        await transfers.locked(work, transfer_id)
    in_order = chosen.order_by(col(MethodTransfer.id)).with_for_update()
    found = [*await work.session.scalars(in_order, execution_options={"populate_existing": True})]
    by_id: Mapping[UUID, list[MethodTransferResult]] = defaultdict(list)
    for each in await queries.results_of(work, [one.id for one in found]):
        by_id[each.method_transfer_id].append(each)
    return [(one, by_id[one.id]) for one in found]


async def _take(
    work: Work, one: MethodTransfer, results: list[MethodTransferResult], told: amendments.One, waiting: amendments.Told
) -> None:
    """Keep one result where it is of this transfer, and what amends it and came before it.

    What amends one of this transfer stands in its place also where it is none of it itself.
    """
    fact, found = told
    there = {each.source_result_id: each for each in results}
    result = there.get(found.result_id)
    if found.supersedes in there and found.supersedes:
        amending.supersede(there[found.supersedes], found.result_id)
    if result is None and (result := await reading.result_of(work, one, there, fact, found)):
        work.session.add(result)
        results.append(result)
        for each in waiting.get(found.result_id, ()):
            await _take(work, one, results, each, waiting)
    if result is not None:
        amending.supersede(result, found.superseded_by)


async def _judged_again(work: Work, one: MethodTransfer, results: Sequence[MethodTransferResult]) -> None:
    """What follows where other results count than before: of one that is concluded, beside what was concluded."""
    if one.state in TESTING | {State.evaluated}:
        one.follow_results()
        completeness.settle(one, results)
        work.publish(of=one)
    if one.state in CONCLUDED:
        verdicts, lacks = commands.verdicts(one, results), completeness.missing(one, results)
        one.reevaluate([each.alone if lacks else each for each in verdicts], work.now)
        work.publish(of=one)
        inside = outcome(verdicts) and not lacks
        if inside != (one.state == State.passed):
            work.publish(one.reopen(await commands.today(work, one), work.now), of=one)
    await marks.follow(work, await transfers.locked(work, one.transfer_id))
