"""Reads of price lists, and what a quantity costs by one."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

from contracting.price_lists.model import PriceList
from contracting.price_lists.schemas import AskedCost, CliffRead, PriceLineRead, PriceListRead, TierRead, YearlyCost
from contracting.pricing import rules
from contracting.pricing.terms import PriceLine
from directory.names import Names, names
from gxp.rounding import rounded_half_up
from runtime.problems import NotFound, Problem
from runtime.work import Work
from serving.listing import Filters, equal
from serving.shown import Ref

_PARTNER: Final = {"partner": "partner_id"}
FILTERS: Filters = equal(PriceList, "number", "state", "partner_id", "written_by_side")


async def show(work: Work, lists: Sequence[PriceList]) -> list[PriceListRead]:
    """The price lists, with names and with what of their tiers is dearer than the next."""
    lines = {each.id: each.prices for each in lists}
    ids = {one.product_id for each in lines.values() for one in each} | {each.partner_id for each in lists}
    known = await names(work, ids, of_products=work.principal.partner_id is None)
    return [
        PriceListRead.model_validate(
            dict(each) | known.of(each, None, _PARTNER) | {"lines": [_line(one, known) for one in lines[each.id]]}
        )
        for each in lists
    ]


async def yearly_cost(work: Work, list_id: UUID, asked: AskedCost) -> YearlyCost:
    """What a year's quantity of a product costs. Raises NotFound, and a 422 Problem for a unit that does not fit."""
    found = await work.session.get(PriceList, list_id)
    line = next((each for each in found.prices if each.product_id == asked.product_id), None) if found else None
    if line is None:
        raise NotFound("price list with this product", list_id)
    quantity = rules.in_basis(line, asked.quantity, asked.unit)
    if quantity is None:
        counted = rules.COUNTED_IN[line.basis]
        why = f"{asked.unit} is none of a price by the {line.basis}: write {counted}"
        errors = [{"field": "query.unit", "reason": why, "value": asked.unit}]
        raise Problem(422, "invalid-request", f"1 invalid: query.unit: {why}", errors=errors)
    return YearlyCost(
        product=(await names(work, [line.product_id], of_products=work.principal.partner_id is None)).ref(
            line.product_id
        )
        or Ref(id=line.product_id),
        quantity=asked.quantity,
        unit=asked.unit,
        amount=rules.cost(line, quantity),
        currency=line.currency,
        cheaper_at=next((each.order_up_to for each in rules.cliffs(line) if each.leads_on(quantity)), None),
    )


def _line(line: PriceLine, known: Names) -> PriceLineRead:
    cliffs = [
        CliffRead(pays_from=rounded_half_up(each.pays_from, 2), order_up_to=each.order_up_to)
        for each in rules.cliffs(line)
    ]
    return PriceLineRead(
        product=known.ref(line.product_id) or Ref(id=line.product_id),
        basis=line.basis,
        currency=line.currency,
        mode=line.mode,
        tiers=[TierRead.model_validate(dict(each)) for each in line.tiers],
        minimum_per_year=line.minimum_per_year,
        most_per_year=line.most_per_year,
        cliffs=cliffs,
    )
