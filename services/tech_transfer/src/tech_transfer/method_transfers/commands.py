"""Use cases of method transfers: planned, followed by another protocol, evaluated, concluded."""

from collections.abc import Callable, Sequence
from datetime import UTC, date
from typing import Any, Final
from uuid import UUID
from zoneinfo import ZoneInfo

from contracts.method_transfers import MethodTransferStarted
from directory import queries as directory
from runtime.bodies import Because, Reason
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work
from serving.canonical import canonical_json, sha256
from tech_transfer.gates import marks
from tech_transfer.method_transfers import attempts, completeness, queries
from tech_transfer.method_transfers.following import differs
from tech_transfer.method_transfers.judging import Judged, TransferSide, judge
from tech_transfer.method_transfers.model import MethodTransfer
from tech_transfer.method_transfers.practice import out_of_practice
from tech_transfer.method_transfers.protocol import Protocol, criterion_of
from tech_transfer.method_transfers.results import MethodTransferResult
from tech_transfer.method_transfers.schemas import FollowUp, InvalidateRun, PlanMethodTransfer, Waive
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import OfTransfer, columns_of

_STATED: Final = ("method", "needed_for_batches", "sending_laboratory_site_id", "laboratory_site_id")
_SAME: Final = (*_STATED, "sending_laboratory_partner_id", "laboratory_partner_id", "parties", *OfTransfer.model_fields)
"""What another attempt has of the one before, beside its protocol."""


async def plan(work: Work, body: PlanMethodTransfer) -> MethodTransfer:
    """Plan how a laboratory takes a method over.

    Raises RuleViolated where it goes to the laboratory from which it comes, where that is shown already or has begun,
    and a 409 Problem for an unknown site.
    """
    transfer = await transfers.locked(work, body.transfer_id, live=True)
    receiving = await directory.named_site(work, body.laboratory_site_id, "laboratory_site_id")
    asked = body.sending_laboratory_site_id
    sending = await directory.named_site(work, asked, "sending_laboratory_site_id") if asked else None
    if asked == receiving.id:
        why = "laboratory_site_id: a method goes from one laboratory to another"
        raise RuleViolated(why, fields=["laboratory_site_id"])
    await attempts.refuse_beside(work, transfer, body)
    given: dict[str, Any] = {name: getattr(body, name) for name in _STATED}
    given |= {"laboratory_partner_id": receiving.partner_id}
    given |= {"sending_laboratory_partner_id": sending.partner_id if sending else None}
    given |= {"parties": sorted({receiving.partner_id, *([sending.partner_id] if sending else [])})}
    one = await _new(work, body, columns_of(transfer) | given)
    await marks.follow(work, transfer)
    return one


async def repeat(work: Work, method_transfer_id: UUID, body: FollowUp) -> MethodTransfer:
    """Another attempt, by a new protocol; less is asked for only with a reason of science. Gives the new one."""
    before, transfer = await transfers.part(work, MethodTransfer, method_transfer_id, live=True)
    return await _followed(work, transfer, before, body, before.repeat)


def amending(step: Callable[[MethodTransfer, UUID], None]) -> Callable[..., Any]:
    """The use case of an amendment: the protocol is revised in the middle, a new one is approved, and the old one
    stays. Gives the new one."""

    async def run(work: Work, method_transfer_id: UUID, body: FollowUp) -> MethodTransfer:
        before, transfer = await transfers.part(work, MethodTransfer, method_transfer_id, live=True)

        def followed(follows: UUID, **_: Any) -> None:
            step(before, follows)

        return await _followed(work, transfer, before, body, followed)

    return run


async def withdraw(work: Work, method_transfer_id: UUID, _: Reason) -> MethodTransfer:
    """It was planned by mistake: its gates ask for it no more."""
    one, transfer = await transfers.part(work, MethodTransfer, method_transfer_id, live=True)
    one.withdraw()
    work.publish(of=one)
    await marks.follow(work, transfer)
    return one


def approving(step: Callable[..., MethodTransferStarted | None]) -> Callable[..., Any]:
    """The use case of the sponsor's approval of a protocol: another one owes the next step then."""

    async def run(work: Work, method_transfer_id: UUID, _: Because | None = None) -> MethodTransfer:
        one, transfer = await transfers.part(work, MethodTransfer, method_transfer_id, live=True)
        caused = step(one, work.principal.subject, work.now)
        work.publish(*([caused] if caused else []), of=one)
        await marks.follow(work, transfer)
        return one

    return run


async def evaluate(work: Work, method_transfer_id: UUID, _: Because | None = None) -> MethodTransfer:
    """Hold all results that count against the criteria."""
    one, transfer = await transfers.part(work, MethodTransfer, method_transfer_id, live=True)
    results = await queries.results_of(work, [one.id])
    lacks, beyond = completeness.missing(one, results), completeness.surplus(one, results)
    one.evaluate(verdicts(one, results), lacks, beyond, digest_of(results), work.principal.subject)
    work.publish(of=one)
    await marks.follow(work, transfer)
    return one


async def conclude(work: Work, method_transfer_id: UUID, _: Because | None = None) -> MethodTransfer:
    """Quality signs what came of it: of the results that were evaluated, for each change of them undoes that."""
    one, transfer = await transfers.part(work, MethodTransfer, method_transfer_id, live=True)
    work.publish(one.conclude(await today(work, one), work.principal.subject, work.now), of=one)
    await marks.follow(work, transfer)
    return one


async def waive(work: Work, method_transfer_id: UUID, body: Waive) -> MethodTransfer:
    """Quality signs that nothing has to be shown."""
    one, transfer = await transfers.part(work, MethodTransfer, method_transfer_id, live=True)
    day, by = await today(work, one), work.principal.subject
    work.publish(one.waive(body.justification, day, by, work.now), of=one)
    await marks.follow(work, transfer)
    return one


async def invalidate_run(work: Work, method_transfer_id: UUID, body: InvalidateRun) -> MethodTransfer:
    """Take results out. Raises RuleViolated for a run of which none counts, and for one that is named and does not."""
    one, transfer = await transfers.part(work, MethodTransfer, method_transfer_id, live=True)
    one.invalidate_run()
    results = await queries.results_of(work, [one.id])
    for each in _taken_out(results, body):
        each.invalidated_at, each.invalid_because, each.invalid_evidence = work.now, body.reason, body.evidence
    completeness.settle(one, results)
    work.publish(of=one)
    await marks.follow(work, transfer)
    return one


def _taken_out(results: Sequence[MethodTransferResult], body: InvalidateRun) -> list[MethodTransferResult]:
    count = [each for each in results if each.counts and each.side == body.side]
    if body.result_ids is None:
        run = [each for each in count if each.run == body.run]
        if not run:
            raise RuleViolated(f"run: the {body.side} laboratory has no run {body.run} that counts", fields=["run"])
        return run
    if unknown := sorted({*map(str, body.result_ids)} - {str(each.id) for each in count}):
        why = f"result_ids: the {body.side} laboratory has no result {', '.join(unknown)} that counts"
        raise RuleViolated(why, fields=["result_ids"])
    return [each for each in count if each.id in body.result_ids]


async def release_results(work: Work, method_transfer_id: UUID, _: Because | None = None) -> MethodTransfer:
    """Let the receiving laboratory read what the sending one found, so far and from now on."""
    one, _transfer = await transfers.part(work, MethodTransfer, method_transfer_id, live=True)
    one.release_results()
    for each in await queries.results_of(work, [one.id]):
        if each.side == TransferSide.sending:
            each.parties = sorted({*each.parties, one.laboratory_partner_id})
    return one


async def today(work: Work, one: MethodTransfer) -> date:
    """The receiving laboratory's local day; that of UTC where its time zone is not known."""
    zone = await directory.zone_of(work, one.laboratory_site_id)
    return work.now.astimezone(ZoneInfo(zone) if zone else UTC).date()


def verdicts(one: MethodTransfer, results: Sequence[MethodTransferResult]) -> list[Judged]:
    """Each attribute of the protocol, held against its criteria."""
    found = [each.found for each in results if each.counts]
    return [judge(criterion_of(each), found) for each in one.criteria]


def digest_of(results: Sequence[MethodTransferResult]) -> str:
    """Over all results that count, whatever their order."""
    return sha256(canonical_json(sorted((each.as_evaluated for each in results if each.counts), key=_by_id)))


def _by_id(row: Any) -> str:
    return str(row["id"])


async def _new(work: Work, protocol: Protocol, given: dict[str, Any]) -> MethodTransfer:
    if why := out_of_practice(protocol.kind, protocol.sending_last_run_on, work.now.date()):
        raise RuleViolated(why, fields=["sending_last_run_on"])
    number = await next_number(work, "MT", "method_transfer_number")
    return work.add(MethodTransfer(number=number, planned_by=work.principal.subject, **given, **protocol.columns()))


async def _followed(
    work: Work, transfer: Transfer, before: MethodTransfer, body: FollowUp, step: Any
) -> MethodTransfer:
    """Raises RuleViolated for the same protocol, or for one that asks for less, or is of other lots or with other
    exclusions than one that may have been tested, and does not say why it may."""
    if body.protocol_digest == before.protocol_digest:
        raise RuleViolated("protocol_digest: another attempt has a protocol of its own", fields=["protocol_digest"])
    if (otherwise := differs(before, body)) and body.science_reason is None:
        why = f"science_reason: it is not as {before.number}: {'; '.join(otherwise)}; state why that is right"
        raise RuleViolated(why, fields=["science_reason"])
    await attempts.refuse_running_beside(work, before)
    same = {name: getattr(before, name) for name in _SAME} | {"attempt": before.attempt + 1}
    same |= {"reason": body.reason, "science_reason": body.science_reason, "follows_id": before.id}
    after = await _new(work, body, same)
    facts = step(follows=after.id, reason=body.reason, now=work.now)
    work.publish(*([facts] if facts else []), of=before)
    await marks.follow(work, transfer)
    return after
