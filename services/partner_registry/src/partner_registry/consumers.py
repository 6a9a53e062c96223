"""What facts mean for what is the sponsor's alone: a partner's request, which may cause them, cannot write that."""

from collections.abc import Sequence
from typing import Any

from contracts import Fact, Recorded
from contracts.audits import AuditCompleted, FindingClosed, FindingOverdue, FindingRaised
from contracts.companies import PartnerOwnershipChanged, PartnersUnified
from contracts.complaints import AuthorityNotificationDue
from contracts.oversight import (
    OutsideEventFact,
    OutsideEventRecorded,
    OutsideEventWithdrawn,
    RiskScoreChanged,
    SegmentChanged,
)
from contracts.partner_registry import RegulatoryInspectionClassified, SiteRegistered
from contracts.qualifications import SiteQualificationChanged
from contracts.quality_events import CapaFact
from contracts.registrations import RegistrationChanged
from contracts.sites import SiteClosed, SiteTransferred
from partner_registry import audits
from partner_registry.history.model import keep_history
from partner_registry.matters import queries as matters
from partner_registry.matters.commands import keep as keep_matters
from partner_registry.matters.model import OF_COMMERCE, TOLD, WORK, seen
from partner_registry.outside_events import commands as outside_events
from partner_registry.oversight import commands as oversight
from partner_registry.qualifications import commands as qualifications
from partner_registry.qualifications import suspensions
from partner_registry.risk import commands as risk
from partner_registry.risk import late_capas, notified
from partner_registry.risk.floors import CAUSES
from partner_registry.segments import commands as segments
from partner_registry.sites.model import Site
from partner_registry.unions import commands as unions
from runtime.subscriptions import Subscriptions
from runtime.work import Work

subscriptions = Subscriptions()


@subscriptions.on(SiteRegistered, group="risk")
async def on_site_registered(work: Work, fact: SiteRegistered) -> None:
    """The site is listed, of which no risk is assessed; what happened to all of its partner's sites holds it up."""
    if site := await work.session.get(Site, fact.site_id):
        await risk.risk_of(work, site)
        await outside_events.hold_risk_of_new(work, site)


@subscriptions.on(SiteTransferred, group="risk")
async def on_site_transferred(work: Work, fact: SiteTransferred) -> None:
    """What happened to all of the buyer's sites holds this one up, too, as what happened to the seller still does."""
    if site := await work.session.get(Site, fact.site_id):
        await outside_events.hold_risk_of_new(work, site)


async def on_cause_of_risk(work: Work, fact: Fact) -> None:
    """The risk of a site is held up until it is assessed anew."""
    await risk.raise_floors(work, fact)


async def on_outside_event(work: Work, fact: OutsideEventFact) -> None:
    """The risks of the sites to which it happened are held up, or it was taken back."""
    await outside_events.hold_risks(work, fact.outside_event_id)


async def on_capa(work: Work, fact: CapaFact) -> None:
    """One that stays open long behind its due date holds the site's risk up."""
    await late_capas.take(work, fact)


@subscriptions.on(AuthorityNotificationDue, group="risk")
async def on_notification_due(work: Work, fact: AuthorityNotificationDue) -> None:
    """Something that an authority is to know of holds up the risk of the site where it happened."""
    await notified.take(work, fact)


async def on_matter(work: Work, facts: Sequence[Recorded[Any]]) -> None:
    """What is open at partners is known, where that happened of which an authority is notified, and since when
    a partner supplies the market."""
    told = [seen(each.fact) for each in facts]
    causes = {each.id for each in told if each.kind not in WORK}
    await notified.one_at_a_time(work, causes)
    await keep_matters(work, facts)
    await notified.place(work, causes)
    partners = {each.partner_id for each in told if each.partner_id and (each.marketed or each.made_on)}
    testers = await matters.testers_of(work, {each.lot_id for each in told if each.lot_id and each.marketed})
    if partners | testers:
        await segments.follow(work, partners | testers)


@subscriptions.on(SiteQualificationChanged, group="segments")
async def on_site_qualification_changed(work: Work, fact: SiteQualificationChanged) -> None:
    """A partner without a commercial qualification in force is developing, whatever its score."""
    await segments.follow(work, [fact.partner_id])


@subscriptions.on(RiskScoreChanged)
async def on_risk_score_changed(work: Work, fact: RiskScoreChanged) -> None:
    """The site is looked at more closely, or less."""
    await oversight.derive(work, fact)


@subscriptions.on(SegmentChanged)
async def on_segment_changed(work: Work, fact: SegmentChanged) -> None:
    """All sites of the partner are."""
    await oversight.derive(work, fact)


async def on_sources(work: Work, fact: RegistrationChanged | SiteClosed) -> None:
    """Who is the sole source of something critical is looked at more closely, and who is it no more less."""
    await oversight.sources_changed(work, fact)


@subscriptions.on(AuditCompleted)
async def on_audit_completed(work: Work, fact: AuditCompleted) -> None:
    """The site's interval runs from it, and what is assessed there rests on it."""
    site = await work.session.get(Site, fact.site_id)
    if site and fact.kind in audits.OF_THE_SITE:
        await audits.keep(work, fact)
        # In the order in which an approval holds them: the qualification, then the site's risk.
        await qualifications.take_audit(work, fact.site_id)
        await oversight.take_audit(work, fact.site_id)


@subscriptions.on(AuditCompleted, group="suspensions")
async def on_audit_against_the_site(work: Work, fact: AuditCompleted) -> None:
    """What rests on an earlier one is suspended where this one was unacceptable."""
    await suspensions.after_audit(work, fact)


@subscriptions.on(RegulatoryInspectionClassified, group="suspensions")
async def on_inspection_against_the_site(work: Work, fact: RegulatoryInspectionClassified) -> None:
    """What was approved before is suspended where an authority decided against the site."""
    await suspensions.after_inspection(work, fact)


async def on_finding(work: Work, fact: FindingRaised | FindingClosed) -> None:
    """While a critical one is open, no qualification of the site is approved."""
    await audits.keep_finding(work, fact)


@subscriptions.on(FindingOverdue, group="risk")
async def on_finding_overdue(work: Work, fact: FindingOverdue) -> None:
    """Where it is not the first one, the site's risk is held up."""
    await risk.take_overdue(work, fact)


@subscriptions.on(PartnersUnified, group="oversight")
async def on_partners_unified(work: Work, fact: PartnersUnified) -> None:
    """How much a company matters follows from both of its records, or from each by itself again."""
    await unions.follow(work, fact)


@subscriptions.on(PartnerOwnershipChanged, group="risk")
async def on_ownership_changed(work: Work, fact: PartnerOwnershipChanged) -> None:
    """The risk of its sites is assessed anew, and so is how much it matters."""
    await risk.take_ownership(work, fact)
    await segments.take_ownership(work, fact)


subscriptions.on(FindingRaised, group="findings")(on_finding)
subscriptions.on(FindingClosed, group="findings")(on_finding)
subscriptions.on(RegistrationChanged, group="oversight")(on_sources)
subscriptions.on(SiteClosed, group="oversight")(on_sources)
for told in TOLD:
    subscriptions.on_batch(told, matters.GROUP)(on_matter)
for commerce in OF_COMMERCE:
    subscriptions.on_batch(commerce, matters.COMMERCE)(on_matter)
subscriptions.on(OutsideEventRecorded, group="risk")(on_outside_event)
subscriptions.on(OutsideEventWithdrawn, group="risk")(on_outside_event)
for of_capa in late_capas.TOLD:
    subscriptions.on(of_capa, group="late-capas")(on_capa)
for cause in CAUSES:
    subscriptions.on(cause, group="risk")(on_cause_of_risk)
keep_history(subscriptions)
