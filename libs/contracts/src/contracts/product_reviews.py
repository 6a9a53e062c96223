"""Facts of quality_events about product quality reviews (EU GMP 1.10, 1.11; 21 CFR 211.180(e); ICH Q7 2.5)."""

from uuid import UUID

from contracts.fact import Fact, fact
from contracts.moments import Day, DueAt


class ProductReviewFact(Fact):
    """What every fact about one review carries: which product of which partner's sites, and which local days."""

    review_id: UUID
    number: str
    partner_id: UUID
    site_ids: tuple[UUID, ...]
    product_id: UUID
    period_from: Day
    period_to: Day
    """The last local day of the sponsor that it looks at."""
    due_at: DueAt


@fact("io.entente.ProductQualityReviewOpened.v1", topic="quality-events.product-quality-review", key="review_id")
class ProductQualityReviewOpened(ProductReviewFact):
    """A period has ended, and what was made of a product in it is to be reviewed."""


@fact("io.entente.ProductQualityReviewCancelled.v1", topic="quality-events.product-quality-review", key="review_id")
class ProductQualityReviewCancelled(ProductReviewFact):
    """It was opened by mistake, and another one may look at its days; the record stays."""

    reason: str


@fact("io.entente.ProductQualityReviewSigned.v1", topic="quality-events.product-quality-review", key="review_id")
class ProductQualityReviewSigned(ProductReviewFact):
    """The quality units of both sides signed the review."""

    digest: str
    """SHA-256 of all that was reviewed: a maker cannot guess from it what of that is the sponsor's alone."""
