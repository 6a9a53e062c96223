"""What a release waits for of one stage elsewhere, as its own partner may read it: nothing of the rest of the batch."""

import json
from typing import Final

from quality_events.readiness.dossier import assembled, local_day
from quality_events.readiness.events import deviations_settled
from quality_events.readiness.places import site_qualified
from quality_events.stages.model import PartnerStage
from quality_events.stages.queries import show
from quality_events.stages.schemas import PartnerStageDetail, StageCondition
from runtime.work import Work

_DOSSIER: Final = "SELECT partner_stage_dossier($1)"
_JUDGES: Final = (site_qualified, deviations_settled)
_EVERY_MARKET: Final = ""
"""Neither of them differs from one market to another."""


async def detail(work: Work, stage: PartnerStage) -> PartnerStageDetail:
    """A stage with how its site, and its partner's deviations of the lot, stand for the release."""
    found = await work.connection.fetchval(_DOSSIER, stage.id)
    dossier = assembled(json.loads(found) if isinstance(found, str) else found)
    judged = [judge(dossier, _EVERY_MARKET, local_day(dossier, work.now)) for judge in _JUDGES]
    (shown,) = await show(work, [stage])
    own = [StageCondition(name=one.name, verdict=one.verdict, why="; ".join(one.texts)) for one in judged]
    return PartnerStageDetail.model_validate(shown.model_dump() | {"conditions": own})
