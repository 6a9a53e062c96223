"""What becomes of the work that is open at a partner while it is suspended."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from contracts.partner_work import DecidedWork
from partner_registry.matters.schemas import DecideWork
from runtime.problems import RuleViolated


@dataclass(frozen=True, slots=True)
class WorkInProgress:
    """What is open at one partner."""

    open: Mapping[UUID, Any]
    """What is known of each batch and order, by its id; its site is told with every fact of it."""
    known: bool
    """Whether all facts of it were read that there are: else there may be more, or less."""
    elsewhere: Collection[UUID] = frozenset()
    """What of it is open under another number of the same company, which is told under that one alone."""

    def undecided(self, decisions: Collection[str]) -> int | None:
        """Of how much of it nothing is decided; None where it is not known what is open."""
        own = self.open.keys() - self.elsewhere
        return sum(str(id) not in decisions for id in own) if self.known else None

    def among(self, decisions: Sequence[DecideWork]) -> list[DecideWork]:
        """Those of decisions that are about it."""
        return [each for each in decisions if each.work_id in self.open]


def decided(decisions: Sequence[DecideWork], work: WorkInProgress, partner: str) -> tuple[DecidedWork, ...]:
    """The decisions as they are told. Raises RuleViolated for work that is not open there."""
    if strange := sorted(str(each.work_id) for each in decisions if each.work_id not in work.open):
        raise RuleViolated(
            f"not open at {partner}: {', '.join(strange)}; decide of what `open_work` lists", unknown=strange
        )
    return tuple(
        DecidedWork(
            work_id=found.id,
            kind=found.kind,
            number=found.number,
            site_id=found.site_id,
            decision=each.decision,
            rationale=each.rationale,
        )
        for each in decisions
        for found in (work.open[each.work_id],)
    )
