"""Use cases of price lists."""

from uuid import UUID

from contracting.agreement_drafts.naming import partner_of, refuse_unknown_products
from contracting.authority import side_of
from contracting.price_lists.model import PriceList
from contracting.price_lists.schemas import PriceListState, WritePriceList
from contracts.contracting import AgreementKind
from runtime.numbers import next_number
from runtime.problems import NotFound, RuleViolated
from runtime.work import Work

PRICED = frozenset({AgreementKind.supply, AgreementKind.msa})
"""The kinds of agreement that name prices."""


async def write(work: Work, body: WritePriceList) -> PriceList:
    """Write a price list. Raises NotFound and a 409 Problem for a partner or product that is not known."""
    partner_id = await partner_of(work, body.partner_id)
    await refuse_unknown_products(work, [each.product_id for each in body.lines])
    number = await next_number(work, "PRL", "price_list_number")
    by = work.principal.subject
    return work.add(PriceList.write(number, partner_id, body.title, body.lines, side_of(work), by))


async def refuse_unfit(work: Work, list_id: UUID | None, kind: AgreementKind, partner_id: UUID) -> None:
    """Raise NotFound or RuleViolated where a version of an agreement cannot name a price list."""
    if list_id is None:
        return
    if kind not in PRICED:
        why = f"price_list_id: a {kind} agreement names no prices: a supply or master agreement does"
        raise RuleViolated(why, fields=["price_list_id"])
    found = await work.session.get(PriceList, list_id)
    if found is None:
        raise NotFound("price list", list_id)
    if found.partner_id != partner_id or found.state == PriceListState.withdrawn:
        what = "is withdrawn" if found.partner_id == partner_id else "is for another partner"
        raise RuleViolated(f"price_list_id: {found.number} {what}", fields=["price_list_id"])


async def disclose(work: Work, list_id: UUID | None) -> None:
    """A version that names it is put before the other side: from now on both read it. Raises RuleViolated where it is
    withdrawn since.
    """
    found = await work.session.get(PriceList, list_id) if list_id else None
    if found and found.state != PriceListState.disclosed:  # of the other side's it is, or it would not be seen
        (await work.get(PriceList, found.id)).disclose()
