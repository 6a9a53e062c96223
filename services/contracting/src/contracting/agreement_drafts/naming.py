"""Whether what a draft names is there, and the writer may know of it."""

from collections.abc import Collection
from uuid import UUID

from contracting.agreement_versions import surroundings
from contracting.agreement_versions.terms import AgreementTerms
from contracting.clauses.moments import faults
from contracting.documents import media
from contracting.documents import queries as documents
from contracts.contracting import AgreementKind
from directory import queries as directory
from runtime.problems import NotFound, Problem, RuleViolated
from runtime.work import Work

_PARTNER = "SELECT id FROM known_partner WHERE id = $1"
_PRODUCTS_READ = "SELECT DISTINCT unnest(product_ids) AS id FROM agreement_version"


async def partner_of(work: Work, partner_id: UUID | None) -> UUID:
    """The partner of a new agreement: a partner's person names its own or none. Raises a Problem for another one."""
    own = work.principal.partner_id
    if own:
        if partner_id not in (None, own):
            raise NotFound("partner", partner_id)
        return own
    if partner_id is None:
        raise RuleViolated("partner_id: say with which partner the agreement shall be", fields=["partner_id"])
    if await work.connection.fetchval(_PARTNER, partner_id) is None:
        raise Problem(
            409,
            "unknown-partner",
            f"partner_id: no partner {partner_id} is known here: register it at partner-registry (POST /v1/partners) "
            "and repeat; news of a new one takes a moment",
            field="partner_id",
        )
    return partner_id


async def refuse_unfit_parent(work: Work, parent_id: UUID | None, partner_id: UUID) -> None:
    """Raise NotFound for an agreement that is not there, RuleViolated for one that is no master of this partner's."""
    if parent_id is None:
        return
    parent = await surroundings.visible(work, parent_id)
    if parent.kind != AgreementKind.msa or parent.partner_id != partner_id:
        why = f"parent_id: {parent.number} is no master agreement (msa) with this partner"
        raise RuleViolated(why, fields=["parent_id"])


async def refuse_unknown(work: Work, partner_id: UUID, terms: AgreementTerms) -> None:
    """Raise NotFound or a 409 Problem for a site or a product that is not known, or for another partner's site.

    A partner knows the products that its agreements name: which others there are is the sponsor's to know. Documents
    are there, and the writer may read them. Raises RuleViolated for a clause of which nothing could ever be judged.
    """
    _refuse_senseless_clauses(terms)
    await _refuse_unknown_documents(work, terms)
    for each in terms.site_ids:
        site = await directory.named_site(work, each, "site_ids")
        if site.partner_id != partner_id:
            raise RuleViolated(f"site_ids: {site.number} is no site of this partner's", fields=["site_ids"])
    await refuse_unknown_products(work, terms.product_ids)


async def refuse_unknown_products(work: Work, product_ids: Collection[UUID]) -> None:
    """Raise a 409 Problem for a product that is not known; for a partner NotFound, also where no agreement names it."""
    if work.principal.partner_id is None:
        for product_id in product_ids:
            await directory.named_product(work, product_id, None)
    elif product_ids:
        known = {row["id"] for row in await work.connection.fetch(_PRODUCTS_READ)}
        for product_id in product_ids:
            if product_id not in known:
                raise NotFound("product", product_id)


def _refuse_senseless_clauses(terms: AgreementTerms) -> None:
    """Of a clause with a slip of the pen nothing would ever be judged, and nobody would be told."""
    found = [
        (f"content.clauses.{place}.{field}", f"{clause.code}.{field}: {why}")
        for place, clause in enumerate(terms.clauses)
        for field, why in faults(clause)
    ]
    if found:
        raise RuleViolated("; ".join(why for _, why in found[:10]), fields=[field for field, _ in found])


async def _refuse_unknown_documents(work: Work, terms: AgreementTerms) -> None:
    for each in terms.documents:
        kept = await documents.readable(work, each.digest)
        if (each.media_type, each.size) != (kept.media_type, kept.size):
            why = f"the document {each.digest} is {kept.media_type} and has {kept.size} bytes"
            raise RuleViolated(f"documents: {why}", fields=["documents"])
        if not media.is_named_as(each.media_type, each.file_name):
            why = f"{each.file_name} is {each.media_type}: its name ends with {media.ENDINGS[each.media_type]}"
            raise RuleViolated(f"documents: {why}", fields=["documents"])
