"""What of an investigation follows from the plan of its retests: what is fixed, and what of it is carried out."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from quality_events.oos_investigations.notifying import Notified
from quality_events.oos_investigations.retests import ExplainTest, Repeated, RetestPlan
from runtime.problems import RuleViolated

EXPLAINED: Any = JSONB(none_as_null=True)


class Planned(Notified):
    """The plan of an investigation, and why there was more or less than it says."""

    explained_tests: list[dict[str, Any]] | None = Field(default=None, sa_type=EXPLAINED)
    """Why each test outside of the plan was made, or was withdrawn: by its result, as the laboratory proposes."""
    without_plan: bool = False
    """Its invalidation was proposed before retests had to be planned, and is not decided."""

    @property
    def unplanned(self) -> bool:
        """Whether nobody has planned its retests."""
        return self.retests_planned_at is None

    def fix(self, plan: RetestPlan, by: str, now: datetime) -> None:
        """Plan its retests. Raises RuleViolated where there is a plan: its laboratory does not change it."""
        if not self.unplanned:
            raise RuleViolated(
                f"{self.number}: the plan stands, and its laboratory does not change it; while nothing of it is "
                "tested, a quality unit returns it (retest-plan-return)"
            )
        self.planned_retests, self.planned_resamples = plan.retests, plan.resamples
        self.original_analyst, self.retest_analysts = plan.original_analyst, list(plan.analysts)
        self.resample_evidence, self.no_retests_reason = plan.resample_evidence, plan.no_retests_reason
        self.retests_planned_by, self.retests_planned_at = by, now

    def drop_plan(self, reason: str, tested: Repeated) -> None:
        """Let the laboratory plan anew. Raises RuleViolated where there is no plan, or something was tested since."""
        planned_at = self.must_be_planned()
        self.must_be_read(tested)
        if tested.since(planned_at):
            raise RuleViolated(f"{self.number}: what was planned is being tested already, and the plan stands")
        self.return_reason, self.retest_analysts = reason, []
        self.planned_retests = self.planned_resamples = self.original_analyst = None
        self.resample_evidence = self.no_retests_reason = self.retests_planned_by = self.retests_planned_at = None

    def must_be_planned(self) -> datetime:
        """When its retests were planned. Raises RuleViolated where nobody did."""
        if self.retests_planned_at is None:
            raise RuleViolated(f"{self.number}: plan the retests first (retest-plan), or say there why there are none")
        return self.retests_planned_at

    def must_be_carried_out(self, tested: Repeated) -> None:
        """Raise RuleViolated where something of the plan is not tested, was withdrawn, or may not be known."""
        self.must_be_read(tested)
        if lacks := [f"{number} {role}" for role, number in tested.missing.items() if number]:
            raise RuleViolated(f"{self.number}: by its plan there lack {' and '.join(lacks)}", missing=lacks)

    def explain(self, given: Sequence[ExplainTest], tested: Repeated) -> None:
        """Keep why there is more than was planned. Raises RuleViolated where that is not said of each, and no other."""
        try:
            self.explained_tests = tested.explained(given)
        except ValueError as wrong:
            raise RuleViolated(f"{self.number}: {wrong}", fields=["explained"]) from wrong

    def must_be_explained(self, tested: Repeated) -> None:
        """Raise RuleViolated for what came after the proposal: nobody approves of what the laboratory did not say."""
        if later := [str(test.result_id) for test in tested.tests if test.unexplained]:
            why = "the proposal does not say why these were tested outside of the plan, or withdrawn"
            which = ", ".join(later)
            raise RuleViolated(
                f"{self.number}: {why}: {which}; return it (invalidation-return), so that it does", unexplained=later
            )

    def must_be_read(self, tested: Repeated) -> None:
        """Raise RuleViolated while results are read again: what was tested last may not be known."""
        if tested.unread:
            what = " and ".join(tested.unread)
            raise RuleViolated(f"{self.number}: {what} is being read again, so ask once that is done")
