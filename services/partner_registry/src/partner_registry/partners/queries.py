"""How partners are shown: with the work that is open there."""

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from typing import Any
from uuid import UUID

from partner_registry.matters.model import KnownMatter
from partner_registry.matters.queries import unread_work, work_of
from partner_registry.matters.schemas import OpenWork
from partner_registry.partners import causes
from partner_registry.partners.model import Partner, PartnerState
from partner_registry.partners.schemas import PartnerRead, PartnerSuccessor, PartnerSuccessorOnDay
from partner_registry.partners.succession import merged_into, same_as
from runtime.work import Work
from serving.shown import Ref


async def show(work: Work, partners: Sequence[Partner]) -> list[PartnerRead]:
    """Partners, and of those that are suspended the open work."""
    return await _with(work, partners, [each.id for each in partners if each.state == PartnerState.suspended])


async def show_one(work: Work, partner: Partner) -> PartnerRead:
    """One, with the open work."""
    (shown,) = await _with(work, [partner], [partner.id])
    return shown


async def _with(work: Work, partners: Sequence[Partner], of: Collection[UUID]) -> list[PartnerRead]:
    found: Mapping[UUID, Sequence[KnownMatter]] = await work_of(work, of) if of else {}
    known = not await unread_work(work)
    ids = [each.id for each in partners]
    merged, same = await merged_into(work, ids), await same_as(work, ids)
    why = await _causes(work, partners)
    return [
        PartnerRead.model_validate(
            dict(one)
            | {"owners": one.owners, "open_work_known": known}
            | why[one.id]
            | {"open_work": [_open(each, one) for each in found.get(one.id, ())]}
            | {"merged": merger_of(one), "predecessors": merged.get(one.id, []), "same_as": same.get(one.id, [])}
        )
        for one in partners
    ]


def merger_of(partner: Partner) -> PartnerSuccessor | None:
    """Into which partner it merged, as that was called then."""
    if partner.successor_id is None or partner.absorbed_on is None or partner.absorbed_at is None:
        return None
    ref = Ref(id=partner.successor_id, number=partner.successor_number, name=partner.successor_name)
    return PartnerSuccessor(successor=ref, effective_on=partner.absorbed_on, recorded_at=partner.absorbed_at)


def stood_for(partner: Partner, day: date, as_of: datetime) -> PartnerSuccessorOnDay:
    """For whom its number stood on a day, as it was known at an instant."""
    merged = merger_of(partner)
    holds = merged is not None and merged.effective_on <= day and merged.recorded_at <= as_of
    return PartnerSuccessorOnDay(on=day, as_of=as_of, merged=merged if holds else None)


async def _causes(work: Work, partners: Sequence[Partner]) -> Mapping[UUID, dict[str, Any]]:
    """What proposes their suspensions, and for what they are suspended: for the sponsor's people alone."""
    if work.principal.partner_id is not None:
        return {each.id: {"suspension_proposed": None, "suspended_for": None} for each in partners}
    proposed = await causes.proposed(work, [each.id for each in partners])
    suspended = [each.id for each in partners if each.state == PartnerState.suspended]
    kept = await causes.kept(work, suspended)
    of_one = {each: kept.get(each, []) for each in suspended}
    return {
        each.id: {"suspension_proposed": proposed.get(each.id, []), "suspended_for": of_one.get(each.id)}
        for each in partners
    }


def _open(found: KnownMatter, partner: Partner) -> OpenWork:
    decision: Mapping[str, Any] = partner.work_decisions.get(str(found.id), {})
    own = {name: getattr(found, name) for name in ("id", "kind", "number", "site_id", "since")}
    return OpenWork(**own, decision=decision.get("decision"), rationale=decision.get("rationale"))
