"""HTTP words for sites."""

from partner_registry.sites import commands, correcting, queries
from partner_registry.sites.model import KEEPERS, Site
from partner_registry.sites.schemas import CloseSite, CorrectSite, RegisterSite, SiteRead
from runtime.access import EVERYBODY
from runtime.bodies import Reason
from serving.actions import Actions

sites = Actions("sites", Site, SiteRead, queries.show, readers=EVERYBODY)
sites.create(commands.register, RegisterSite, *KEEPERS)
sites.post("correction", Site.correct, CorrectSite, correcting.correct)
sites.post("closing", Site.announce_closing, CloseSite, commands.announce_closing)
sites.post("closing-cancellation", Site.call_off_closing, Reason)
sites.get()
sites.list(queries.FILTERS)
