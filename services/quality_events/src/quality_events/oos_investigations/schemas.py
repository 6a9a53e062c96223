"""Bodies of requests and answers about OOS investigations."""

from datetime import datetime
from typing import Annotated, Any, Self

from pydantic import BaseModel, Field, model_validator

from contracts import Moment
from contracts.partner_feeds import ResultRole, TestStage
from contracts.quality_events import OosConclusion
from contracts.sample_tracking import Limit
from contracts.unit_limits import FoundInUnits
from directory.names import AT_A_SITE, Names
from quality_events.clocks import Notification
from quality_events.oos_investigations.fields import OosFields
from quality_events.oos_investigations.further import AmendedTo, FurtherTest
from quality_events.oos_investigations.model import Finding, OosInvestigation
from quality_events.oos_investigations.retests import ExplainTest, Repeated, RetestPlan
from runtime.bodies import Body, Line, Plain, Reason, Words
from serving.shown import Ref, Shown

REFERENCES = AT_A_SITE | {"laboratory": "laboratory_site_id"}


class PlanRetests(Body):
    """How many tests are made again and by whom, before the first of them."""

    retests: Annotated[int, Field(ge=0, le=99), Plain] = Field(examples=[2])
    """Of the same sample."""
    resamples: Annotated[int, Field(ge=0, le=99), Plain] = 0
    """Of another sample of the lot."""
    original_analyst: Line = Field(examples=["Ana Novak"])
    """Who made the original test, which results do not tell."""
    analysts: list[Line] = Field(default=[], max_length=20, examples=[["Bor Kos"]])
    resample_evidence: Words | None = None
    """What shows that the sample, and not the lot, was wrong."""
    no_retests_reason: Words | None = None

    @model_validator(mode="after")
    def _is_a_plan(self) -> Self:
        self.plan()
        return self

    def plan(self) -> RetestPlan:
        """The body as the model takes it. Raises ValueError for what is no plan."""
        return RetestPlan(**self.model_dump())


class ProposeInvalidation(Body):
    """The laboratory's own error, by what it is shown, and what there is to say of its retests."""

    cause: Words = Field(examples=["The sample was diluted twice"])
    evidence: Words = Field(examples=["Worksheet 2026-118, page 3"])
    evidence_digest: Annotated[str, Field(pattern="^[0-9a-f]{64}$", examples=["0b" * 32])] | None = None
    retest_plan: Words | None = None
    explained: list[ExplainTest] = Field(default=[], max_length=200)
    """Why, of each test outside of the plan and each that was amended or withdrawn: see ``further_tests``."""


class Conclude(Body):
    """What was found: confirmed, with its cause or that none was found, and the evidence of that; or inconclusive."""

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
    first_due_at: datetime | None
    """The same before it was reopened: lateness is measured by it."""
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
    found: FoundInUnits | None
    """What of several units the verdict rests on: the stage, the worst of them; null of a single value or word, and of
    those from before it was told."""
    detected_at: Moment
    further_tests: list[FurtherTest]
    """All that was tested since, by the plan or outside of one, whatever its role; and what was amended since."""
    amended_to: list[AmendedTo]
    """What stands in the place of the result by its laboratory's amendment; nothing where the result stands."""
    retests_missing: int | None
    """How many of the plan are not reported; null before there is one."""
    clock: OosClock

    @classmethod
    def of(cls, investigation: OosInvestigation, names: Names, tested: Repeated, now: datetime) -> Self:
        """The readable form of a record, with its clocks at ``now``."""
        clock: dict[str, Any] = {
            "due_at": None if investigation.historic else investigation.due_at,
            "first_due_at": None if investigation.historic else investigation.first_due_at,
            "time_zone": investigation.due_zone,
            "overdue": investigation.is_overdue(now),
            "notification": investigation.notification(now),
        }
        more = {
            **names.of(investigation, investigation.material, REFERENCES),
            "further_tests": tested.tests,
            "amended_to": tested.amended_to,
            "retests_missing": sum(tested.missing.values()) if tested.missing else None,
            "clock": clock,
        }
        return cls.model_validate(dict(investigation) | more)
