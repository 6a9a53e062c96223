"""What moves a product quality review from state to state."""

from collections.abc import Callable
from typing import Any

from quality_events.product_reviews.model import ProductReview
from quality_events.product_reviews.terms import SectionName
from tests.quality_records import NOW, product_review


def covered_review() -> ProductReview:
    """A review whose sections the maker covered, but for one."""
    review = product_review()
    for section in ("starting_materials", "critical_results", "equipment", "agreements"):
        review.add_part(SectionName(section), True, "ana")
    return review


REVIEW_MOVES: dict[str, Callable[[Any], object]] = {
    "add_part": lambda one: one.add_part(SectionName.stability, True, "ana"),
    "refresh": lambda one: one.refresh("qa", NOW),
    "review": lambda one: one.review(["market", "commitments"], [], "0" * 64, "1" * 64, "qa", NOW),
    "give_back": lambda one: one.give_back("a supplier is missing"),
    "cancel": lambda one: one.cancel("another half year", "qa", NOW),
    "sign": lambda one: one.sign("second", NOW),
    "sign_as_maker": lambda one: one.sign_as_maker("bea", NOW),
}
