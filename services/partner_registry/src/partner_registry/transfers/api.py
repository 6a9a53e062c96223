"""HTTP words for sites that are sold."""

from partner_registry.sites.model import KEEPERS
from partner_registry.transfers import commands, queries
from partner_registry.transfers.model import SiteTransfer
from partner_registry.transfers.schemas import SellSite, SiteTransferRead
from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from serving.actions import Actions

site_transfers = Actions("site-transfers", SiteTransfer, SiteTransferRead, queries.show, readers=READERS & SPONSORS)
site_transfers.create(commands.announce, SellSite, *KEEPERS)
site_transfers.post("cancellation", SiteTransfer.call_off, Reason)
site_transfers.get()
site_transfers.list(queries.FILTERS)
