"""HTTP words for specifications."""

from collections.abc import Sequence
from typing import Any

from sqlmodel import col, or_

from contracts import Role
from runtime.work import Work
from sample_tracking.specifications import commands
from sample_tracking.specifications.model import Specification
from sample_tracking.specifications.schemas import DraftSpecification, SpecificationRead
from serving.actions import Actions
from serving.listing import Filter, column, equal


def _of_market(_: Work, markets: Sequence[str]) -> Any:
    of_every_market = col(Specification.market).is_(None)
    named = col(Specification.market).in_(markets)
    return or_(named, of_every_market) if "all" in markets else named


specifications = Actions("specifications", Specification, SpecificationRead)
specifications.create(commands.draft, DraftSpecification, Role.quality, Role.lab, Role.regulatory)
specifications.post("approval", Specification.approve, command=commands.approve)
specifications.get()
specifications.list(
    equal(Specification, "product_id", "state")
    | {
        "product": column(Specification, "product_code", about="the product's code"),
        "market": Filter(str, _of_market, "ISO 3166-1 alpha-2, or `all` for those of every market"),
    }
)
