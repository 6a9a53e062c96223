"""Use cases of product quality reviews. What is kept of the records' answers nobody chooses and nobody rewrites."""

import secrets
from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlmodel import col, select

from directory import queries as directory
from directory.names import names
from quality_events.product_reviews import queries, rules
from quality_events.product_reviews.model import ProductReview, ProductReviewEntry, SponsorsReviewEntry
from quality_events.product_reviews.schemas import AddReviewPart, OpenProductReview
from quality_events.product_reviews.sections import BY_NAME
from quality_events.product_reviews.terms import ReviewState, SectionName
from quality_events.settings import sponsor
from runtime.numbers import next_number
from runtime.problems import RuleViolated
from runtime.work import Work
from serving.canonical import sha256

_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended('quality-events.product-review' || $1, 0))"
_SALT_BYTES: Final = 16


async def open_review(work: Work, body: OpenProductReview) -> ProductReview:
    """Open one, with its first answers. Raises a 409 Problem for unknown sites and products, and where one overlaps."""
    sites = [await directory.named_site(work, id, "site_ids") for id in sorted(set(body.site_ids))]
    if len({site.partner_id for site in sites}) > 1:
        raise rules.refused("site_ids", "the sites are of several partners: name those of one", body.site_ids[0])
    product = await directory.named_product(work, body.product_id, None)
    partner_id = sites[0].partner_id
    await _refuse_overlap(work, partner_id, product.id, body.period_from, body.period_to)
    review, opened = ProductReview.open(
        sponsor(),
        work.principal.subject,
        work.now,
        number=await next_number(work, "PQR", "product_review_number"),
        partner_id=partner_id,
        site_ids=[site.id for site in sites],
        product_id=product.id,
        material=product.code,
        period_from=body.period_from,
        period_to=body.period_to,
    )
    work.add(review)
    await _keep_answers(work, review)
    work.publish(opened, of=review)
    return review


async def add_part(work: Work, id: UUID, body: AddReviewPart) -> ProductReview:
    """Write a part of a section; those that are there stay."""
    review = await work.get(ProductReview, id)
    review.add_part(body.section, work.principal.partner_id is not None, work.principal.subject)
    _enter(work, review, body.section, content=body.text, evidence=body.evidence)
    return review


async def refresh(work: Work, id: UUID) -> ProductReview:
    """Ask the records anew. What they said before stays beside it, and counts no more where it is another answer."""
    review = await work.get(ProductReview, id)
    review.refresh(work.principal.subject, work.now)
    await _keep_answers(work, review)
    return review


async def review(work: Work, id: UUID) -> ProductReview:
    """Freeze it, where each section is covered, and its answers are those that the records give now."""
    found = await work.get(ProductReview, id)
    shared, own = await queries.entries_of(work, found)
    kept = queries.digests((*shared, *own))
    today = {name: sha256(content) for name, content in (await queries.answers(work, found)).items()}
    changed = sorted(name for name, digest in today.items() if kept.get(name) != digest)
    written = {each.section for each in own if not each.question}
    seal = rules.seal(own)
    digest = rules.digest(found, shared, seal)
    found.review(written, changed, seal, digest, work.principal.subject, work.now)
    work.publish(of=found)
    return found


async def _refuse_overlap(work: Work, partner_id: UUID, product_id: UUID, first: date, last: date) -> None:
    """One review for each partner, product and day; those that were cancelled are none."""
    await work.connection.execute(_ALONE, f"{partner_id}/{product_id}")
    same = select(ProductReview).where(
        ProductReview.partner_id == partner_id,
        ProductReview.product_id == product_id,
        ProductReview.state != ReviewState.cancelled,
        col(ProductReview.period_from) <= last,
        col(ProductReview.period_to) >= first,
    )
    if known := await work.session.scalar(same.order_by(col(ProductReview.id)).limit(1)):
        detail = f"{known.number} reviews this product from {known.period_from} to {known.period_to}"
        fields = ["period_from", "period_to"]
        raise RuleViolated(f"{detail}: name days before or after that", fields=fields, number=known.number)


async def _keep_answers(work: Work, review: ProductReview) -> None:
    """Keep each answer that is another one than what is kept."""
    await work.session.flush()
    shared, own = await queries.entries_of(work, review)
    kept = queries.digests((*shared, *own))
    parameters = queries.parameters(review) | {"product_name": await _product_name(work, review.product_id)}
    for question, content in (await queries.answers(work, review)).items():
        if kept.get(question) != sha256(content):
            asked = {"question": question, "parameters": parameters, "round": review.round}
            _enter(work, review, queries.section_of(question), content=content, **asked)


async def _product_name(work: Work, id: UUID) -> str | None:
    """What the product is called when its records are asked: by that the maker knows what it signs."""
    known = (await names(work, [id], of_products=True)).ref(id)
    return known.name if known else None


def _enter(work: Work, review: ProductReview, section: SectionName, *, content: str, **more: Any) -> None:
    given = {"product_review_id": review.id, "section": section, "content": content, "digest": sha256(content), **more}
    given |= {"author": work.principal.subject, "written_at": work.now}
    own = BY_NAME[section].ours
    work.session.add(
        SponsorsReviewEntry(salt=secrets.token_hex(_SALT_BYTES), **given) if own else ProductReviewEntry(**given)
    )
