"""Use cases of agreements: notices."""

from collections.abc import Callable
from datetime import date
from uuid import UUID

from contracting.agreement_versions.terms import Party
from contracting.agreements.clock import current, refuse_unfollowed
from contracting.agreements.model import Agreement
from contracting.agreements.schemas import GiveNotice, RecordNotice
from contracting.authority import side_of
from contracting.settings import today
from contracts.contracting import AgreementNoticeGiven
from runtime.problems import RuleViolated
from runtime.work import Work


async def give_notice(work: Work, agreement_id: UUID, body: GiveNotice) -> Agreement:
    """Give notice: the other side receives it here and now."""
    return await _note(work, agreement_id, body, (side_of(work), today(work.now)), Agreement.give_notice)


async def record_notice(work: Work, agreement_id: UUID, body: RecordNotice) -> Agreement:
    """Record a notice that the other side gave on paper: whoever received it says on which day.

    So nobody dates back a notice of its own. Raises RuleViolated for a day to come, or before it was in force, and
    where it would have ended since: by that one side would say what held on days that are over.
    """
    agreement = await work.get(Agreement, agreement_id)
    day = today(work.now)
    if body.received_on > day or (agreement.begun_on and body.received_on < agreement.begun_on):
        why = f"received_on: it is {day}, and {agreement.number} is in force since {agreement.begun_on}"
        raise RuleViolated(f"{why}: name a day between them", fields=["received_on"])
    giver = Party.sponsor if side_of(work) is Party.partner else Party.partner
    noted = await _note(work, agreement_id, body, (giver, body.received_on), Agreement.record_notice)
    if noted.ends_on is not None and noted.ends_on < day:
        why = f"received_on: {noted.number} would have ended on {noted.ends_on}, which is over"
        raise RuleViolated(f"{why}: agree on an end with the other side", fields=["received_on"])
    return noted


async def _note(
    work: Work,
    agreement_id: UUID,
    body: GiveNotice,
    came: tuple[Party, date],
    step: Callable[..., AgreementNoticeGiven],
) -> Agreement:
    agreement = await work.get(Agreement, agreement_id)
    if agreement.current_version_id is None:
        raise RuleViolated(f"{agreement.number} is not in force yet: take its version back instead")
    await refuse_unfollowed(work, agreement)
    version = await current(work, agreement)
    work.publish(step(agreement, *came, body, version, work.now), of=agreement)
    return agreement
