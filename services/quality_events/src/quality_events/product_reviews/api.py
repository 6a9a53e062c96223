"""HTTP words for product quality reviews."""

from uuid import UUID

from quality_events.product_reviews import commands, queries
from quality_events.product_reviews.model import QUALITY, ProductReview
from quality_events.product_reviews.printed import form
from quality_events.product_reviews.schemas import (
    AddReviewPart,
    OpenProductReview,
    ProductReviewDetail,
    ProductReviewRead,
    ProductReviewVerification,
)
from runtime.access import READERS, SPONSORS, allowed
from runtime.bodies import Reason
from runtime.routes import Query
from serving.actions import Actions

product_reviews = Actions("product-quality-reviews", ProductReview, ProductReviewRead, queries.show, form=form)
product_reviews.create(commands.open_review, OpenProductReview, *QUALITY)
product_reviews.post("parts", ProductReview.add_part, AddReviewPart, commands.add_part)
product_reviews.post("refresh", ProductReview.refresh, command=commands.refresh)
product_reviews.post("review", ProductReview.review, command=commands.review)
product_reviews.post("cancellation", ProductReview.cancel, Reason)
product_reviews.post("return", ProductReview.give_back, Reason)
product_reviews.post("signature", ProductReview.sign)
product_reviews.post("site-signature", ProductReview.sign_as_maker)
product_reviews.get(ProductReviewDetail, queries.detail)
product_reviews.list(queries.FILTERS)


@product_reviews.router.get("/{product_review_id}/verification")
@allowed(*(SPONSORS & READERS))
async def verify(product_review_id: UUID, work: Query) -> ProductReviewVerification:
    """Whether what is kept is what was signed, and whether the records say the same today."""
    return await queries.verification(work, await work.get(ProductReview, product_review_id))
