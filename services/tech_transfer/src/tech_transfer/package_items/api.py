"""HTTP words for the package."""

from fastapi import APIRouter

from contracts import Role, Side
from runtime.access import allowed
from runtime.routes import Command, CommandRoute
from serving.actions import Actions
from tech_transfer.foretold import commands as foretold
from tech_transfer.foretold.schemas import LinkDeviation
from tech_transfer.package_items import commands, queries
from tech_transfer.package_items.model import PackageItem
from tech_transfer.package_items.schemas import (
    AddressItem,
    ListedItems,
    ListItem,
    ListStandard,
    PackageItemDetail,
    PackageItemRead,
    PlanItem,
    ProvideDocument,
    ReturnDocument,
    WaiveItem,
)

_PROVIDE, _PROVIDE_OWN = PackageItem.provide, PackageItem.provide_for_own_unit
package_items = Actions("package-items", PackageItem, PackageItemRead, queries.show)
package_items.create(commands.list_item, ListItem, Role.msat, Side.sender(Role.partner_quality))
package_items.post("plan", PackageItem.plan, PlanItem, commands.plan)
package_items.post("addressing", PackageItem.address, AddressItem, commands.address)
package_items.post("provision", _PROVIDE, ProvideDocument, commands.providing(_PROVIDE))
package_items.post("own-unit-provision", _PROVIDE_OWN, ProvideDocument, commands.providing(_PROVIDE_OWN))
package_items.post("acceptance", PackageItem.accept, command=commands.accept)
package_items.post("return", PackageItem.send_back, ReturnDocument, commands.send_back)
package_items.post("waiver", PackageItem.waive, WaiveItem, commands.waive)
package_items.post("foretold", PackageItem.foretell, LinkDeviation, foretold.by_item)
package_items.get(PackageItemDetail, queries.detail)
package_items.list(queries.FILTERS)
listing = APIRouter(prefix="/package-items", tags=["package-items"], route_class=CommandRoute)


@listing.post("/standard", status_code=201)
@allowed(Role.msat)
async def list_standard(body: ListStandard, work: Command) -> ListedItems:
    """List what is usual for the transfer's kind, each as mandatory; of what is listed already nothing comes twice."""
    items = await commands.list_standard(work, body)
    return ListedItems(items=await package_items.shown(work, items))
