"""HTTP words for partners' exits."""

from contracts import Role
from partner_registry.exits import commands, queries
from partner_registry.exits.model import PartnerExit
from partner_registry.exits.schemas import AnswerExit, PartnerExitRead, PrepareExit
from runtime.access import READERS, SPONSORS
from runtime.bodies import Reason
from serving.actions import Actions

exits = Actions("partner-exits", PartnerExit, PartnerExitRead, queries.show, readers=READERS & SPONSORS)
exits.create(commands.prepare, PrepareExit, Role.sourcing)
exits.post("answers", PartnerExit.answer, AnswerExit)
exits.post("completion", PartnerExit.complete, command=commands.complete)
exits.post("abandonment", PartnerExit.give_up, Reason)
exits.get()
exits.list(queries.FILTERS)
