"""HTTP words for risks."""

from runtime.bodies import Reason
from serving.actions import Actions
from tech_transfer.risks import commands, queries
from tech_transfer.risks.model import SCORERS, Risk
from tech_transfer.risks.schemas import NameRisk, RescoreRisk, RiskRead

risks = Actions("risks", Risk, RiskRead, queries.show)
risks.create(commands.name, NameRisk, *SCORERS)
risks.post("scores", Risk.rescore, RescoreRisk, commands.rescore)
risks.post("closure", Risk.close, Reason, commands.close)
risks.get()
risks.list(queries.FILTERS)
