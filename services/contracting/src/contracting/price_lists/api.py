"""HTTP words for price lists."""

from typing import Annotated
from uuid import UUID

from fastapi import Query as Asked

from contracting.authority import loaded_side
from contracting.price_lists import commands, queries
from contracting.price_lists.model import READERS, TRADERS, PriceList
from contracting.price_lists.schemas import AskedCost, PriceListRead, WithdrawPriceList, WritePriceList, YearlyCost
from runtime.access import allowed
from runtime.routes import Query
from serving.actions import Actions

price_lists = Actions(
    "price-lists", PriceList, PriceListRead, queries.show, readers=READERS, loads={"side": loaded_side}
)
price_lists.create(commands.write, WritePriceList, *TRADERS)
price_lists.post("withdrawal", PriceList.withdraw, WithdrawPriceList)


@price_lists.router.get("/{price_list_id}/cost")
@allowed(*READERS)
async def read_cost(price_list_id: UUID, asked: Annotated[AskedCost, Asked()], work: Query) -> YearlyCost:
    """What a year's quantity of a product costs by a price list, and whether more of it would cost less."""
    return await queries.yearly_cost(work, price_list_id, asked)


price_lists.get()
price_lists.list(queries.FILTERS)
