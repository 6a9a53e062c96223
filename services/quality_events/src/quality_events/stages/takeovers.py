"""Whose a stage elsewhere is once its site is sold, or its partner merges: of who had the site when it began."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlmodel import col, select

from contracts import Moment, Recorded
from contracts.impacts import ImpactGround
from contracts.sites import SiteTransferred
from directory import queries as directory
from quality_events import moments
from quality_events.batches.locking import batches_locked
from quality_events.batches.statements import alone
from quality_events.copies.known import KnownFact
from quality_events.impacts.commands import weigh_batch
from quality_events.stages.model import BEGUN, PartnerStage
from runtime.attribution import caused_by
from runtime.problems import RuleViolated
from runtime.subscriptions import Subscriptions
from runtime.work import Work

GROUP: Final = "stages-elsewhere"
"""The group of the handler: an upgrade is told all sales once, for the stages that stand by then."""


@dataclass(frozen=True, slots=True)
class _Owner:
    partner_id: UUID
    since: datetime | None
    until: datetime | None


def follow_sales(stage: PartnerStage, sales: Sequence[SiteTransferred], zone: str | None) -> bool:
    """Let it be whose it is by the sales of its site and by when it began, whatever is told first.

    What has not begun is who owns the site at last's. What has begun is whose the site was then, by sale and by merger
    alike; of a day or a month in which it was sold, who sold it. What was once confirmed stays with who signed for it.
    Tells whether anything is another now.
    """
    sales = sorted(sales, key=lambda each: each.effective_at)
    owners = _owners(sales)
    if stage.confirmed_at or stage.given_back_at:
        owners = [each for each in owners if each.partner_id == stage.partner_id]
    if not owners:
        return False
    before = _said(stage)
    by_then = [each for each in owners if not _begun_before(stage, each.since, zone)]
    owner = (by_then or owners[:1])[-1]
    later = (each for each in sales if owner.until and each.effective_at >= owner.until and not each.by_succession)
    stage.partner_id, stage.parties, stage.site_zone = owner.partner_id, [owner.partner_id], zone
    stage.owned_from, stage.owned_until = owner.since, owner.until
    stage.sold_at = next((each.effective_at for each in later), None)
    return _said(stage) != before


def refuse_others_days(stage: PartnerStage, started_at: Moment) -> None:
    """Raise RuleViolated where a partner says that it began when the site was another one's: the sponsor knows both."""
    said = moments.written(started_at)
    early = stage.owned_from and moments.lies_before(said, stage.owned_from, stage.site_zone)
    late = stage.owned_until and not moments.lies_before(said, stage.owned_until, stage.site_zone)
    if early or late:
        why = f"the site was not yours on {said}: let the sponsor say when {stage.step} began"
        raise RuleViolated(why, fields=["started_at"])


def listen_to_sales(subscriptions: Subscriptions) -> None:
    """Let stages elsewhere follow what becomes of their sites. What is told of these is kept before."""
    subscriptions.on_batch(SiteTransferred, GROUP)(_sold)


async def follow(work: Work, stage: PartnerStage) -> bool:
    """Let a stage that is planned, or of which the sponsor says when it began, follow the sales that are known."""
    said = select(KnownFact.said).where(
        KnownFact.kind == SiteTransferred.__name__, KnownFact.about == str(stage.site_id)
    )
    sales = [SiteTransferred.model_validate(each) for each in await work.session.scalars(said)]
    return follow_sales(stage, sales, await directory.zone_of(work, stage.site_id))


async def _sold(work: Work, facts: Sequence[Recorded[SiteTransferred]]) -> None:
    """Where a batch is out, and a stage of it turns out to be of two partners, that is asked about."""
    await alone(work)  # a stage that is being planned at this moment came before, or sees the new owner
    for each in facts:
        work.cause = each
        await caused_by(work, [each])
        at_site = (PartnerStage.site_id == each.fact.site_id, col(PartnerStage.state).in_(BEGUN))
        await batches_locked(work, (await work.session.scalars(select(PartnerStage.batch_id).where(*at_site))).all())
        query = select(PartnerStage).where(*at_site).order_by(col(PartnerStage.id)).with_for_update()
        for stage in (await work.session.scalars(query.execution_options(populate_existing=True))).all():
            of_one = not stage.handed_over
            if not await follow(work, stage):
                continue
            work.publish(of=stage)
            if of_one and stage.handed_over:
                await work.flush()
                await weigh_batch(work, stage.batch_id, [ImpactGround.record])
        await work.flush()
    work.cause = None


def _owners(sales: Sequence[SiteTransferred]) -> list[_Owner]:
    """Whose the site was, from when and until when, in their order; none where it was never sold."""
    if not sales:
        return []
    turns = [each.effective_at for each in sales]
    partners = [sales[0].from_partner_id, *(each.partner_id for each in sales)]
    return [_Owner(*each) for each in zip(partners, [None, *turns], [*turns, None], strict=True)]


def _begun_before(stage: PartnerStage, instant: datetime | None, zone: str | None) -> bool:
    return bool(stage.started_at and instant and moments.lies_before(stage.started_at, instant, zone))


def _said(stage: PartnerStage) -> tuple[object, ...]:
    return stage.partner_id, stage.owned_from, stage.owned_until, stage.sold_at
