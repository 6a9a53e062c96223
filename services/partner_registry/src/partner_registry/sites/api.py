"""HTTP words for sites."""

from contracts import Role
from partner_registry.sites import commands
from partner_registry.sites.model import Site
from partner_registry.sites.schemas import RegisterSite, SiteRead
from runtime.access import EVERYBODY
from serving.actions import Actions
from serving.listing import equal

sites = Actions("sites", Site, SiteRead, readers=EVERYBODY)
sites.create(commands.register, RegisterSite, Role.sourcing, Role.quality)
sites.get()
sites.list(equal(Site, "number", "partner_id", "country"))
