"""Reads of specifications."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, or_

from directory.names import names_of
from runtime.work import Work
from sample_tracking.specifications.model import Specification
from sample_tracking.specifications.registrations import standings_of
from sample_tracking.specifications.schemas import SpecificationRead
from serving.listing import Filter, column, days, equal

_REFERENCES = {"product": "product_id"}


def _of_market(_: Work, markets: Sequence[str]) -> Any:
    of_every_market = col(Specification.market).is_(None)
    named = col(Specification.market).in_(markets)
    return or_(named, of_every_market) if "all" in markets else named


FILTERS = (
    equal(Specification, "product_id", "state", "purpose", "held_back")
    | {
        "product": column(Specification, "product_code", about="the product's code"),
        "market": Filter(str, _of_market, "ISO 3166-1 alpha-2, or `all` for those of every market"),
    }
    | days(Specification.approved_at, "approved")
)


async def show(work: Work, specifications: Sequence[Specification]) -> list[SpecificationRead]:
    """The specifications with what their products are called, and how they stand with registrations."""
    known = await names_of(work, specifications, _REFERENCES)
    standings, shown = await standings_of(work, specifications), []
    for one in specifications:
        found = standings[one.id]
        more: dict[str, Any] = {"registered": found and found.verdict, "registered_reason": found and found.why}
        shown.append(SpecificationRead.model_validate(dict(one) | known.of(one, one.product_code, _REFERENCES) | more))
    return shown
