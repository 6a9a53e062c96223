"""Use cases of legal entities: beyond one lies the partner that is known by its name."""

from uuid import UUID

from contracts.companies import PartnerRenamed
from partner_registry.duplicates import known
from partner_registry.duplicates.commands import look_for
from partner_registry.entities.model import LegalEntity
from partner_registry.entities.schemas import EntityState, RecordEntity, RenameEntity
from partner_registry.partners.model import Partner
from runtime.numbers import next_number
from runtime.problems import NotFound
from runtime.work import Work


async def record(work: Work, body: RecordEntity) -> LegalEntity:
    """Write a further entity down, or one of the sponsor's.

    Raises NotFound for an unknown partner, RuleViolated where another one has the name.
    """
    await known.one_at_a_time(work)
    partner = await work.session.get(Partner, body.partner_id) if body.partner_id else None
    if body.partner_id and partner is None:
        raise NotFound("partner", body.partner_id)
    if partner:
        partner.check_goes_on()
    await known.refuse_name(work, body.legal_name, body.country, partner_id=body.partner_id)
    entity = LegalEntity.record(
        **body.model_dump(),
        number=await next_number(work, "LE", "legal_entity_number"),
        by=work.principal.subject,
        now=work.now,
    )
    work.add(entity)
    if partner:
        await look_for(work, partner)
    return entity


async def rename(work: Work, legal_entity_id: UUID, body: RenameEntity) -> LegalEntity:
    """Say what it is called from a day on; the partner that is known by it is called so too.

    Raises RuleViolated where another partner is called so.
    """
    await known.one_at_a_time(work)
    entity = await work.get(LegalEntity, legal_entity_id)
    partner = await work.get(Partner, entity.partner_id) if entity.partner_id else None
    before = entity.called_before(body.valid_from)
    entity.rename(**body.model_dump(exclude={"reason"}), by=work.principal.subject, now=work.now)
    if entity.state == EntityState.registered:  # one that is no more keeps nobody from a name, nor is it kept
        await known.refuse_name(work, entity.legal_name, entity.country, entity.id, entity.partner_id)
    work.publish(of=entity)
    if partner is None:
        return entity
    if entity.principal:
        partner.take_name(entity.legal_name)
    renamed = PartnerRenamed.of(
        partner,
        work.now,
        legal_entity_id=entity.id,
        entity_number=entity.number,
        before=before,
        after=body.legal_name,
        form=entity.form_on(body.valid_from),
        valid_from=body.valid_from,
    )
    work.publish(renamed, of=partner)
    await look_for(work, partner)
    return entity
