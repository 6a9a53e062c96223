"""HTTP words for stages at another partner's site."""

from quality_events.stages import commands, queries
from quality_events.stages.model import PLANNERS, PartnerStage
from quality_events.stages.own_part import detail
from quality_events.stages.schemas import (
    ConfirmStage,
    EndStage,
    PartnerStageDetail,
    PartnerStageRead,
    PlanStage,
    ReviewStage,
    StartStage,
)
from runtime.bodies import Reason
from serving.actions import Actions

stages = Actions("stages", PartnerStage, PartnerStageRead, queries.show)
stages.create(commands.plan, PlanStage, *PLANNERS)
stages.post("start", PartnerStage.start, StartStage, commands.start)
stages.post("end", PartnerStage.end, EndStage, commands.end)
stages.post("confirmation", PartnerStage.confirm, ConfirmStage, commands.confirm)
stages.post("review", PartnerStage.review, ReviewStage, commands.review)
stages.post("taking-back", PartnerStage.take_back, Reason, commands.take_back)
stages.post("giving-back", PartnerStage.give_back, Reason, commands.give_back)
stages.post("withdrawal", PartnerStage.withdraw, Reason, commands.withdraw)
stages.get(PartnerStageDetail, detail)
stages.list(queries.FILTERS)
