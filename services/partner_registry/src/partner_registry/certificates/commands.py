"""Use cases of certificates, and what happens to them as time passes."""

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from sqlmodel import col, select

from contracts.partner_registry import CertificateState
from gxp.clocks import ONE_DAY
from partner_registry.certificates import owners, queries
from partner_registry.certificates.model import Certificate
from partner_registry.certificates.schemas import RecordCertificate, RestrictCertificate, WithdrawCertificate
from partner_registry.entities.model import LegalEntity
from partner_registry.names import zone
from partner_registry.qualifications import commands as qualifications
from partner_registry.qualifications.queries import to_be_judged_at
from partner_registry.sites.held import held
from partner_registry.sites.model import Site
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.timers import record_by_record
from runtime.work import Work


async def record(work: Work, body: RecordCertificate) -> Certificate:
    """Record a certificate. Raises NotFound for an unknown site or entity, RuleViolated for one that is there already.

    Raises RuleViolated, too, for an entity of another partner than the site's.
    """
    site = await held(work, body.site_id)
    await _check_holder(work, site, body.legal_entity_id)
    same = [getattr(Certificate, name) == getattr(body, name) for name in ("site_id", "kind", "certificate_number")]
    # Who bought the site records what the seller had recorded, and did not go with it.
    same += [Certificate.partner_id == site.partner_id, col(Certificate.site_sold_on).is_(None)]
    there = select(Certificate).where(*same, col(Certificate.state) != CertificateState.refused)
    if known := await work.session.scalar(there):
        raise RuleViolated(f"{known.number} is {known.kind} {known.certificate_number} of {site.name} already")
    certificate, recorded = Certificate.record(
        **body.model_dump(),
        number=await next_number(work, "CERT", "certificate_number"),
        partner_id=site.partner_id,
        zone=site.time_zone,
        recorded_by=work.principal.subject,
        now=work.now,
    )
    work.add(certificate)
    work.publish(recorded, of=certificate)
    return certificate


async def _check_holder(work: Work, site: Site, entity_id: UUID | None) -> None:
    if entity_id is None:
        return
    entity = await work.session.get(LegalEntity, entity_id)
    if entity is None:
        raise NotFound("legal entity", entity_id)
    if entity.partner_id != site.partner_id:
        raise RuleViolated(f"{entity.number} is not of the partner to which {site.number} belongs: name one of its own")


async def restrict(work: Work, certificate_id: UUID, body: RestrictCertificate) -> Certificate:
    """Restrict it, and suspend the qualifications that it carried alone."""
    certificate = await work.get(Certificate, certificate_id)
    given = (
        body.activities,
        body.dosage_forms,
        body.effective_on,
        body.reason,
        await zone(work, certificate),
        work.now,
    )
    work.publish(certificate.restrict(*given, body.non_compliance), of=certificate)
    return await _carries(work, certificate, f"{certificate.number} was restricted", body.effective_on)


async def withdraw(work: Work, certificate_id: UUID, body: WithdrawCertificate) -> Certificate:
    """Withdraw it, and suspend the qualifications that it carried alone."""
    certificate = await work.get(Certificate, certificate_id)
    given = (body.effective_on, body.non_compliance, body.reason)
    work.publish(certificate.withdraw(*given, await zone(work, certificate), work.now), of=certificate)
    return await _carries(work, certificate, f"{certificate.number} was withdrawn", body.effective_on)


async def pass_on(work: Work, site: Site, on: date) -> None:
    """The site is sold since a local day of it: the certificates of the premises go on as its buyer's."""
    there = await hold(work, site)
    over = [each for each in there if each.state == CertificateState.expired]
    followed = {each.id for each in over if await queries.is_followed(work, each)}
    for found in there:
        if found.partner_id == site.partner_id:
            continue  # recorded with the buyer since
        owners.left(found, on)
        if owners.goes_with_the_site(found, on):
            number = await next_number(work, "CERT", "certificate_number")
            by = work.principal.subject
            made, told = owners.carried_on(found, site, number, by, work.now, found.id in followed)
            work.publish(*told, of=work.add(made))
        work.publish(of=found)


async def hold(work: Work, site: Site) -> Sequence[Certificate]:
    """Those that are still of the site, before anything is done with what is in force there.

    Who takes one back holds it, and then what it carried; so does who passes them on.
    """
    await work.flush()
    # In the order in which an approval holds them: what is judged, then what it rests on.
    await work.session.execute(to_be_judged_at(site.id).with_for_update())
    there = queries.here_at(site.id).with_for_update().execution_options(populate_existing=True)
    return (await work.session.scalars(there)).all()


async def _carries(work: Work, certificate: Certificate, reason: str, on: date) -> Certificate:
    await qualifications.review(work, certificate.site_id, reason, on)
    return certificate


async def _warn(work: Work, certificate: Certificate) -> None:
    work.publish(certificate.warn(work.now), of=certificate)


async def _expire(work: Work, certificate: Certificate) -> None:
    work.publish(certificate.expire(work.now, await queries.is_followed(work, certificate)), of=certificate)
    if certificate.ends_on:
        await _carries(work, certificate, f"{certificate.number} has expired", certificate.ends_on + ONE_DAY)


expiring = record_by_record("certificate-expiring", 30.0, Certificate, queries.to_warn_of, _warn)
expired = record_by_record("certificate-expired", 30.0, Certificate, queries.ended, _expire)
