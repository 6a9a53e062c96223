"""HTTP words for what explains that a limit was not kept."""

from quality_events.limit_explanations import commands, queries
from quality_events.limit_explanations.model import EXPLAINERS, LimitExplanation
from quality_events.limit_explanations.schemas import ExplainLimit, LimitExplanationRead
from runtime.bodies import Reason
from serving.actions import Actions

limit_explanations = Actions("limit-explanations", LimitExplanation, LimitExplanationRead, queries.show)
limit_explanations.create(commands.explain, ExplainLimit, *EXPLAINERS)
limit_explanations.post("withdrawal", LimitExplanation.withdraw, Reason, commands.withdraw)
limit_explanations.get()
limit_explanations.list(queries.FILTERS)
