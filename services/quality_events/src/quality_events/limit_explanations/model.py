"""That a deviation explains what was found of a limit, and its lifecycle (21 CFR 211.192; EU GMP 5.39)."""

from collections.abc import Collection
from datetime import datetime
from typing import Final
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Role
from quality_events.deviations.terms import DeviationState
from quality_events.limit_explanations.schemas import ExplanationState as State
from quality_events.limit_explanations.schemas import LimitExplanationFields
from quality_events.metadata import Table
from quality_events.process_limits.terms import Judged
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.work import Versioned

EXPLAINERS: Final = frozenset({Role.quality})


class LimitExplanation(LimitExplanationFields, Versioned, Table, table=True):
    """It counts while the deviation is closed and names the batch, and for these very words of what was found."""

    __tablename__ = "limit_explanation"
    __table_args__ = (
        ForeignKeyConstraint(["batch_id"], ["batch.id"]),
        ForeignKeyConstraint(["deviation_id"], ["deviation.id"]),
    )

    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @transition(source={State.stands}, target=State.withdrawn, by=EXPLAINERS)
    def withdraw(self, reason: str, by: str, now: datetime) -> None:
        """The deviation does not explain it."""
        self.withdrawal_reason, self.withdrawn_by, self.withdrawn_at = reason, by, now

    @transition(source={State.stands}, target=State.withdrawn, by=())
    def lapse(self, reason: str, now: datetime) -> None:
        """The deviation was none."""
        self.withdrawal_reason, self.withdrawn_at = reason, now


def outside(judged: Collection[Judged], limit_name: str) -> Judged:
    """What was found of a limit that was not kept. Raises RuleViolated for any other, with those that there are."""
    found = {each.name: each for each in judged if each.holds is False}
    if limit_name in found:
        return found[limit_name]
    said = next((each.said for each in judged if each.name == limit_name), f"no limit {limit_name} counts for it")
    names = ", ".join(sorted(found)) or "none"
    why = f"{said}: a deviation explains what lies outside of its limit, which is: {names}"
    raise RuleViolated(why, fields=["limit_name"], limits=sorted(found))


def refuse_what_explains_nothing(number: str, state: DeviationState, *, names_it: bool) -> None:
    """Raise RuleViolated for a deviation that was none, or that does not name the batch."""
    if state is DeviationState.cancelled:
        raise RuleViolated(f"{number} was cancelled: name one that stands", fields=["deviation_id"])
    if not names_it:
        why = f"{number} does not name the batch: one that explains something of it names it"
        raise RuleViolated(why, fields=["deviation_id"])
