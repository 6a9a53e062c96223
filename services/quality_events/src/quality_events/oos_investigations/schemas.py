"""Bodies of requests and answers about OOS investigations."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, Self
from uuid import UUID

from pydantic import BaseModel, ConfigDict, StringConstraints

from contracts import Moment
from contracts.partner_feeds import ResultRole, TestStage
from contracts.quality_events import OosConclusion
from contracts.sample_tracking import Limit
from quality_events.clocks import Notification
from quality_events.directory.queries import Names
from quality_events.oos_investigations.model import Finding, OosInvestigation, State
from runtime.lifecycle import allowed_now

Words = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=5000)]


class Body(BaseModel):
    """A request's body: what it does not know, it refuses."""

    model_config = ConfigDict(extra="forbid")


class OpenPhase2(Body):
    """Why the whole process is looked at."""

    reason: Words


class ProposeInvalidation(Body):
    """The laboratory's own error, by what it is shown, and which tests are to be repeated."""

    cause: Words
    evidence: Words
    retest_plan: Words | None = None


class ReturnInvalidation(Body):
    """Why the proposal does not convince."""

    reason: Words


class Conclude(Body):
    """What was found: confirmed or inconclusive."""

    conclusion: OosConclusion
    cause: Words | None = None
    evidence: Words | None = None

    def finding(self) -> Finding:
        """The body as the model takes it."""
        return Finding(self.conclusion, self.cause, self.evidence)


class OosClock(BaseModel):
    """The clocks at the time of the answer."""

    due_at: datetime | None
    """The end of the last local day. None for history, whose clocks nobody could have kept."""
    zone: str | None
    """The site's time zone, by which days are counted; None where it is not known yet: by UTC until then."""
    overdue: bool
    notification: Notification


class OosRead(BaseModel):
    """An investigation as its readers see it."""

    id: UUID
    number: str
    state: State
    allowed: list[str]
    """What may be asked for in this state."""
    result_id: UUID
    batch_id: UUID | None
    lot_id: UUID
    lot_number: str
    material: str
    product_id: UUID | None
    product_code: str | None
    site_id: UUID
    site_name: str | None
    partner_id: UUID
    partner_name: str | None
    laboratory_site_id: UUID
    laboratory_name: str | None
    laboratory_partner_id: UUID
    test: str
    stage: TestStage
    role: ResultRole
    value: Decimal | None
    text: str | None
    unit: str
    limit: Limit
    historic: bool
    """Its result came from a feed that was loading its past."""
    detected: Moment
    aware_at: datetime
    opened_at: datetime
    clock: OosClock
    notified_at: datetime | None
    phase_2_at: datetime | None
    phase_2_reason: str | None
    invalidation_proposed_by: str | None
    invalidation_proposed_at: datetime | None
    retest_plan: str | None
    return_reason: str | None
    conclusion: OosConclusion | None
    cause: str | None
    evidence: str | None
    concluded_at: datetime | None
    deviation_id: UUID | None
    version: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, investigation: OosInvestigation, names: Names, now: datetime) -> Self:
        """The readable form of a record, with its clocks at ``now``."""
        clock: dict[str, Any] = {
            "due_at": None if investigation.historic else investigation.due_at,
            "zone": investigation.due_zone,
            "overdue": investigation.is_overdue(now),
            "notification": investigation.notification(now),
        }
        return cls.model_validate(
            dict(investigation)
            | {
                "allowed": allowed_now(OosInvestigation, State(investigation.state)),
                "product_code": investigation.material if investigation.product_id else None,
                "site_name": names.sites.get(investigation.site_id),
                "partner_name": names.partners.get(investigation.partner_id),
                "laboratory_name": names.sites.get(investigation.laboratory_site_id),
                "clock": clock,
            }
        )
