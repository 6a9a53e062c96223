"""Products as two partners know them, of which one is to take the place of the other."""

from datetime import date
from typing import Any, Final
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, literal_column
from sqlalchemy.orm import aliased
from sqlmodel import select

from partner_registry.partner_products.model import PartnerProduct
from partner_registry.partner_products.schemas import PartnerProductState
from runtime.work import Work

OF: Any = PartnerProduct
FOR_EVER: Final[Any] = literal_column("'infinity'::date")


def otherwise_known(one: UUID, other: UUID, on: date) -> Select[Any]:
    """The codes that on one day, this one or later, mean one product to the one and another to the other."""
    has: Any = aliased(PartnerProduct)
    both = (has.partner_id == other, has.partner_code == OF.partner_code, has.product_id != OF.product_id)
    last = func.least(_last(OF), _last(has))
    at_once = (_still(OF, on), _still(has, on), func.greatest(OF.valid_from, has.valid_from) <= last)
    return select(OF.partner_code).where(OF.partner_id == one, *both, *at_once).distinct()


async def pass_on(work: Work, former: UUID, owner: UUID, on: date, why: str) -> None:
    """A partner merged into another one on a day: it knows its products until then, and the other one from then on.

    But for those that the other one knows itself, by the same code, on all of these days.
    """
    own = select(OF).where(OF.partner_id == former, _still(OF, on)).order_by(OF.id).with_for_update()
    held = (await work.session.scalars(own.execution_options(populate_existing=True))).all()
    new = {*await work.session.scalars(own.with_only_columns(OF.id).where(~_known_to(owner, on)))}
    for found in held:
        if found.id in new:
            work.add(found.of_successor(owner, on))
        found.leave(on, why)
        work.publish(of=found)


def _known_to(other: UUID, on: date) -> ColumnElement[bool]:
    has: Any = aliased(PartnerProduct)
    code = has.partner_code.is_not_distinct_from(OF.partner_code)
    same = (has.partner_id == other, has.product_id == OF.product_id, code, _still(has, on))
    days = (has.valid_from <= func.greatest(OF.valid_from, on), _last(has) >= _last(OF))
    return select(has.id).where(*same, *days).exists()


def _last(of: Any) -> Any:
    return func.coalesce(of.valid_to, FOR_EVER)


def _still(of: Any, on: date) -> ColumnElement[bool]:
    """The code holds on the day or on one after it, whether its last one is known by now or not."""
    holds: ColumnElement[bool] = (of.state != PartnerProductState.withdrawn) & (_last(of) >= on)
    return holds
