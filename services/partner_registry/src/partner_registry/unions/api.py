"""HTTP words for two registrations of one company."""

from contracts import Role
from partner_registry.unions import commands, queries
from partner_registry.unions.model import PartnerUnion
from partner_registry.unions.schemas import PartnerUnionRead, ProposeUnion
from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from serving.actions import Actions

unions = Actions("partner-unions", PartnerUnion, PartnerUnionRead, queries.show, readers=READERS & SPONSORS)
unions.create(commands.propose, ProposeUnion, Role.sourcing)
unions.post("confirmation", PartnerUnion.unite, command=commands.unite)
unions.post("cancellation", PartnerUnion.call_off, Reason)
unions.post("split", PartnerUnion.split, Reason, commands.split)
unions.get()
unions.list(queries.FILTERS)
