"""Keeping how transfers of methods ended, and setting the entitlements that follow, in whatever order it is told."""

from collections.abc import Collection, Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlmodel import col, select

from contracts import Recorded
from contracts.method_transfers import MethodTransferCompleted, MethodTransferFact, MethodTransferRepeated
from runtime import bulk
from runtime.work import Work
from sample_tracking.entitlements.model import Entitlement
from sample_tracking.entitlements.transferred import Following, KnownMethodTransfer, ToldMethodTransfer, following
from sample_tracking.methods.model import Method, MethodState
from sample_tracking.results import statements
from sample_tracking.results.reportable import judge_again

_ENDED = ("outcome", "entitled_from", "justification", "signed_by")
_SUSPENDED = ("suspended_from", "suspended_because")


async def completed(work: Work, facts: Sequence[Recorded[MethodTransferCompleted]]) -> None:
    """Laboratories passed, failed, or need not show that they can test by a method."""
    rows = [_told(each.fact) | {name: getattr(each.fact, name) for name in _ENDED} for each in facts]
    await _learn(work, [each.fact for each in facts], [row | dict.fromkeys(_SUSPENDED) for row in rows], _ENDED)


async def repeated(work: Work, facts: Sequence[Recorded[MethodTransferRepeated]]) -> None:
    """What was concluded does not stand any more."""
    rows = [
        _told(each.fact)
        | dict.fromkeys(_ENDED)
        | {"outcome": each.fact.outcome}
        | {"suspended_from": each.fact.suspended_from, "suspended_because": each.fact.reason}
        for each in facts
        if each.fact.suspended_from
    ]
    await _learn(work, [each.fact for each in facts], rows, _SUSPENDED)


async def follow(work: Work, method: Method) -> None:
    """Set what follows for a version of a method that was told before it was registered."""
    named = (KnownMethodTransfer.method_code == method.code, KnownMethodTransfer.method_version == method.known.name)
    found = select(KnownMethodTransfer).where(*named)
    for laboratory in sorted({each.laboratory_site_id for each in await work.session.scalars(found)}):
        await _set(work, method.code, method.known.name, laboratory)


async def _learn(
    work: Work, facts: Iterable[MethodTransferFact], rows: Sequence[dict[str, Any]], told: Sequence[str]
) -> None:
    await work.connection.execute(statements.ALONE)
    news = ", ".join(f"{name} = excluded.{name}" for name in told)
    newest = {row["id"]: row for row in rows}
    await bulk.insert(work, KnownMethodTransfer, [*newest.values()], f"ON CONFLICT (id) DO UPDATE SET {news}")
    for about in sorted({(each.method, each.method_version, each.laboratory_site_id) for each in facts}):
        await _set(work, *about)


async def _set(work: Work, code: str, version: str, laboratory: UUID) -> None:
    """Add the settings that follow and are not there."""
    known = select(KnownMethodTransfer).where(
        KnownMethodTransfer.method_code == code,
        KnownMethodTransfer.method_version == version,
        KnownMethodTransfer.laboratory_site_id == laboratory,
    )
    attempts = [*await work.session.scalars(known, execution_options={"populate_existing": True})]
    changed, methods = False, await _registered(work, code)
    having_their_own = {each.product_id for each in methods} - {None}
    for method in methods:
        if method.known.name != version:
            continue
        # What was shown for a product that has a method of its own says nothing of the one for all others.
        own = [each for each in attempts if _is_meant(method, each.product_id, having_their_own)]
        there = await _there(work, method)
        for one in following(own):
            if (one.source, one.standing) in there:
                continue
            partner_id = next(each.laboratory_partner_id for each in own if each.id == one.source)
            _add(work, method, laboratory, partner_id, one)
            changed = True
    if changed:
        await judge_again(work, code, laboratory)


async def _registered(work: Work, code: str) -> list[Method]:
    found = select(Method).where(Method.code == code, Method.state == MethodState.registered)
    return [*await work.session.scalars(found.order_by(col(Method.id)))]


def _is_meant(method: Method, product_id: UUID, having_their_own: Collection[UUID | None]) -> bool:
    return method.product_id == product_id or (method.product_id is None and product_id not in having_their_own)


async def _there(work: Work, method: Method) -> set[tuple[Any, Any]]:
    of_it = select(Entitlement).where(
        Entitlement.method_id == method.id, col(Entitlement.method_transfer_id).is_not(None)
    )
    return {(each.method_transfer_id, each.standing) for each in await work.session.scalars(of_it)}


def _add(work: Work, method: Method, laboratory: UUID, partner_id: UUID, one: Following) -> None:
    setting = Entitlement(
        method_id=method.id,
        method_code=method.code,
        method_version=method.known.name,
        laboratory_site_id=laboratory,
        laboratory_partner_id=partner_id,
        standing=one.standing,
        valid_from=one.valid_from,
        proof=one.proof,
        proof_digest=one.proof_digest,
        reason=one.reason,
        set_by=one.set_by,
        method_transfer_id=one.source,
        parties=[partner_id],
    )
    work.session.add(setting)
    work.publish(setting.told(work.now, method.product_id), of=setting)


def _told(fact: MethodTransferFact) -> dict[str, Any]:
    about = {name: getattr(fact, name) for name in ToldMethodTransfer.model_fields if hasattr(fact, name)}
    number = f"{fact.number}, {fact.method_transfer_number}"
    return about | {"id": fact.method_transfer_id, "number": number, "method_code": fact.method}
