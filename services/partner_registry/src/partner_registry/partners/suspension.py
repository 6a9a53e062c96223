"""For what a partner is suspended: what is proposed by facts, and holds until it is lifted. The sponsor's alone."""

from collections.abc import Collection, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from contracts.partner_work import StatusCause
from runtime.problems import RuleViolated
from serving.shown import Answer


class ProposedBy(StrEnum):
    """What proposes that a partner is suspended: what an authority decided of a site, or the risk of one."""

    official_action = "official_action"
    non_compliance = "non_compliance"
    critical_risk = "critical_risk"


_TOLD: Final = {
    ProposedBy.official_action: StatusCause.official_action,
    ProposedBy.non_compliance: StatusCause.non_compliance,
}
"""What its partner is told as the cause: of risks it hears nothing."""


class SuspensionCause(Answer):
    """A cause that a fact proposes, at one of the partner's sites."""

    id: UUID
    """What a suspension names as its cause."""
    proposed_by: ProposedBy
    site_id: UUID
    text: str
    """What happened there."""
    since: datetime | None
    """The moment of the fact; null for a risk as it was signed."""


def named(causes: Collection[UUID], proposed: Sequence[SuspensionCause], number: str) -> list[SuspensionCause]:
    """Those for which a partner is suspended. Raises RuleViolated for one that no fact proposes."""
    if unknown := sorted(map(str, set(causes) - {each.id for each in proposed})):
        raise RuleViolated(f"no fact proposes this for {number}: {', '.join(unknown)}", unknown=unknown)
    return [each for each in proposed if each.id in causes]


def told(causes: Sequence[SuspensionCause]) -> StatusCause | None:
    """What the partner is told of them; a non-compliance before an official action."""
    known = {_TOLD[each.proposed_by] for each in causes if each.proposed_by in _TOLD}
    return max(known, key=[*StatusCause].index, default=None)


def check_lifted(number: str, holding: Sequence[SuspensionCause]) -> None:
    """Raises RuleViolated while something proposes that a partner is suspended, also what came after it was."""
    if holding:
        why = "; ".join(each.text for each in holding)
        raise RuleViolated(f"the suspension of {number} is proposed still: {why}. Assess the site's risk anew")
