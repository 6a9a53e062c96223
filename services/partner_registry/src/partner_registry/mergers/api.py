"""HTTP words for mergers."""

from contracts import Role
from partner_registry.mergers import commands, queries
from partner_registry.mergers.model import PartnerMerger
from partner_registry.mergers.schemas import PartnerMergerRead, ProposeMerger
from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from serving.actions import Actions

mergers = Actions("partner-mergers", PartnerMerger, PartnerMergerRead, queries.show, readers=READERS & SPONSORS)
mergers.create(commands.propose, ProposeMerger, Role.sourcing)
mergers.post("agreement", PartnerMerger.agree, command=commands.agree)
mergers.post("cancellation", PartnerMerger.call_off, Reason)
mergers.get()
mergers.list(queries.FILTERS)
