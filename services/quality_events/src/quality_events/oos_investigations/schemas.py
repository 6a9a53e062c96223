"""Bodies of requests and answers about OOS investigations."""

from datetime import datetime
from typing import Any, Self

from pydantic import BaseModel, Field, model_validator

from contracts import Moment
from contracts.partner_feeds import ResultRole, TestStage
from contracts.quality_events import OosConclusion
from contracts.sample_tracking import Limit
from directory.names import AT_A_SITE, Names
from quality_events.clocks import Notification
from quality_events.oos_investigations.fields import OosFields
from quality_events.oos_investigations.model import Finding, OosInvestigation
from runtime.bodies import Body, Reason, Words
from serving.shown import Ref, Shown

REFERENCES = AT_A_SITE | {"laboratory": "laboratory_site_id"}


class ProposeInvalidation(Body):
    """The laboratory's own error, by what it is shown, and which tests are to be repeated."""

    cause: Words = Field(examples=["The sample was diluted twice"])
    evidence: Words = Field(examples=["Worksheet 2026-118, page 3"])
    retest_plan: Words | None = None


class Conclude(Body):
    """What was found: confirmed or inconclusive."""

    conclusion: OosConclusion
    cause: Words | None = Field(None, examples=["The blend was not uniform"])
    evidence: Words | None = None
    open_capa: bool = False
    """A confirmed result's cause is to be taken away: its CAPA opens."""

    @model_validator(mode="after")
    def _has_a_cause_to_take_away(self) -> Self:
        if self.open_capa and self.conclusion is not OosConclusion.confirmed:
            raise ValueError("open_capa goes with the conclusion confirmed")
        return self

    def finding(self) -> Finding:
        """The body as the model takes it."""
        return Finding(self.conclusion, self.cause, self.evidence)


class ReopenOos(Reason):
    """Why what was concluded does not stand, and what shows that."""

    evidence: Words = Field(examples=["Calibration report CAL-2026-077"])


class OosClock(BaseModel):
    """The clocks at the time of the answer."""

    due_at: datetime | None
    """The end of the last local day. None for history, whose clocks nobody could have kept."""
    time_zone: str | None
    """The site's time zone, by which days are counted; None where it is not known yet: by UTC until then."""
    overdue: bool
    notification: Notification


class OosRead(OosFields, Shown):
    """An investigation as its readers see it."""

    site: Ref | None
    partner: Ref | None
    product: Ref | None
    laboratory: Ref | None
    """The site that tested."""
    stage: TestStage
    role: ResultRole
    limit: Limit
    detected_at: Moment
    clock: OosClock

    @classmethod
    def of(cls, investigation: OosInvestigation, names: Names, now: datetime) -> Self:
        """The readable form of a record, with its clocks at ``now``."""
        clock: dict[str, Any] = {
            "due_at": None if investigation.historic else investigation.due_at,
            "time_zone": investigation.due_zone,
            "overdue": investigation.is_overdue(now),
            "notification": investigation.notification(now),
        }
        return cls.model_validate(
            dict(investigation) | {**names.of(investigation, investigation.material, REFERENCES), "clock": clock}
        )
