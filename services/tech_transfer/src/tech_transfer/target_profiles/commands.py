"""Use cases of target profiles."""

from uuid import UUID

from sqlmodel import select

from runtime.problems import RuleViolated
from runtime.work import Work
from tech_transfer.target_profiles.model import TargetProfile
from tech_transfer.target_profiles.schemas import ReviseProfile, StateProfile
from tech_transfer.transfers import commands as transfers
from tech_transfer.transfers.part import columns_of


async def state(work: Work, body: StateProfile) -> TargetProfile:
    """Say what the product has to be. Raises RuleViolated where that was said already."""
    transfer = await transfers.locked(work, body.transfer_id, live=True)
    if await work.session.scalar(select(TargetProfile.id).filter_by(transfer_id=transfer.id)):
        raise RuleViolated(f"{transfer.number} has a target profile: revise that", fields=["transfer_id"])
    return work.add(TargetProfile(**columns_of(transfer), elements=[each.model_dump() for each in body.elements]))


async def revise(work: Work, target_profile_id: UUID, body: ReviseProfile) -> TargetProfile:
    """Say it anew."""
    profile, _ = await transfers.part(work, TargetProfile, target_profile_id, live=True)
    profile.revise(body.elements, body.reason)
    return profile
