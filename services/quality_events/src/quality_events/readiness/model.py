"""What quality states of a condition of release that no fact tells at present (EU GMP Annex 16, 1.6)."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKeyConstraint

from contracts import Role
from quality_events.metadata import Table
from quality_events.readiness.schemas import StatementFields
from quality_events.readiness.schemas import StatementState as State
from quality_events.readiness.terms import STATEABLE, Condition, ReadinessVerdict
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.work import Versioned

STATERS: Final = frozenset({Role.quality})


class ReadinessStatement(StatementFields, Versioned, Table, table=True):
    """It counts only where the condition is unknown for the same findings, until it is withdrawn.

    Whoever stated it does not release.
    """

    __tablename__ = "readiness_statement"
    __table_args__ = (ForeignKeyConstraint(["batch_id"], ["batch.id"]),)

    @property
    def parties(self) -> tuple[()]:
        """The sponsor's alone."""
        return ()

    @transition(source={State.stands}, target=State.withdrawn, by=STATERS)
    def withdraw(self, reason: str, by: str, now: datetime) -> None:
        """It does not hold, or a fact tells it now."""
        self.withdrawal_reason, self.withdrawn_by, self.withdrawn_at = reason, by, now


def check_intended(lot: str, markets: Sequence[str], market: str) -> None:
    """Raises RuleViolated for a market for which the lot is not meant: a slip would ask its maker to confirm it."""
    if market not in markets:
        meant = ", ".join(markets) or "no market yet"
        why = f"{lot} is meant for {meant}, and not for {market}: state another intent first (intent)"
        raise RuleViolated(why, fields=["market"], markets=[*markets])


def check_stateable(condition: Condition) -> None:
    """Raises RuleViolated for a condition that facts decide, or that does not wait for a statement."""
    if condition.name not in STATEABLE and not condition.untold:
        names = ", ".join(sorted(STATEABLE))
        raise RuleViolated(f"facts decide {condition.name}; what can be stated: {names}", fields=["condition"])
    if condition.verdict != ReadinessVerdict.unknown:
        found = "; ".join(each.text for each in condition.findings)
        raise RuleViolated(f"{condition.name} is {condition.verdict}: {found}", fields=["condition"])
