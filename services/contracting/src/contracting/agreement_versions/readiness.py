"""What is still missing of a version before it goes on: pure rules."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any
from uuid import UUID

from contracting.agreement_versions.precedence import Contradiction
from contracts.contracting import AgreementKind
from runtime.problems import RuleViolated

UNDER_A_MASTER = frozenset({AgreementKind.supply, AgreementKind.joint_service, AgreementKind.quality})
"""Of these kinds an agreement stands under a master agreement, or says why it stands alone."""


class StepAhead(StrEnum):
    """Which step something is missing for: that one, and each after it."""

    submission = "submission"
    agreement = "agreement"
    signature = "signature"


_IN_ORDER = tuple(StepAhead)


@dataclass(frozen=True, slots=True)
class Missing:
    """Something that is not so yet."""

    rule: str
    before: StepAhead
    why: str


@dataclass(frozen=True, slots=True)
class Latest:
    """The last version that both sides signed."""

    id: UUID
    number: int
    effective_from: date


@dataclass(frozen=True, slots=True)
class Master:
    """The master agreement under which another one is made."""

    number: str
    ended: bool
    signed: bool
    """Whether a version of it is signed or in force."""


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What a version is held against, as it is now."""

    today: date
    """The latest local day of the sponsor and of the sites."""
    latest: Latest | None = None
    last_day: date | None = None
    """The last day of the agreement, as it is now; None where it has none yet, or goes on by itself."""
    ended: bool = False
    """The agreement is over."""
    master: Master | None = None
    stand_alone_reason: str | None = None
    open_cells: Sequence[str] = ()
    """Mandatory clauses of the responsibility matrix of which both sides do not name the same owner yet."""
    foreign_sites: Sequence[str] = ()
    """Sites that it names and that are not the partner's any more."""
    undecided: Sequence[Contradiction] = ()
    """Clauses of which an agreement that is its equal says something else."""


def unmet(kind: AgreementKind, content: Any, parent_version_id: UUID | None, around: Surroundings) -> list[Missing]:
    """Everything that is not so yet, of the version's own first day, its place after others, and what is above it."""
    found = [*_days(content, around), *_place(content, parent_version_id, around), *_master(kind, around)]
    if around.open_cells:
        names, more = ", ".join(around.open_cells[:5]), len(around.open_cells) - 5
        names += f" and {more} more" if more > 0 else ""
        why = f"both sides are yet to name the same owner of {names}: GET /v1/agreements/.../coverage has them all"
        found.append(Missing("matrix", StepAhead.agreement, why))
    if around.foreign_sites:
        why = f"{', '.join(around.foreign_sites)} is not the partner's any more: give it back, and write it without"
        found.append(Missing("site_ids", StepAhead.agreement, why))
    for each in around.undecided:
        why = f"{each.agreement_number} says otherwise of {each.clause}, and neither agreement goes before the other"
        found.append(
            Missing("precedence", StepAhead.signature, f"{why}: say the same, or name other sites or products")
        )
    return found


def refuse(number: str, missing: Sequence[Missing], step: StepAhead) -> None:
    """Raise RuleViolated with everything that stands in the way of a step."""
    blocking = [each for each in missing if _IN_ORDER.index(each.before) <= _IN_ORDER.index(step)]
    if blocking:
        why = "; ".join(f"{each.rule}: {each.why}" for each in blocking)
        listed = [{"rule": each.rule, "why": each.why} for each in blocking]
        raise RuleViolated(f"{number}: {why}", missing=listed)


def _days(content: Any, around: Surroundings) -> list[Missing]:
    if content.effective_from >= around.today:
        return []
    why = f"{content.effective_from} is over: it is {around.today}, and nothing takes effect in the past"
    return [Missing("effective_from", StepAhead.submission, why)]


def _place(content: Any, parent_version_id: UUID | None, around: Surroundings) -> list[Missing]:
    found, latest, begins = [], around.latest, content.effective_from
    if around.ended:
        found.append(Missing("agreement", StepAhead.submission, "the agreement is over: make a new one"))
    if latest and parent_version_id != latest.id:
        why = f"version {latest.number} was signed since, and it does not start from that: write it anew"
        found.append(Missing("parent_version", StepAhead.submission, why))
    elif latest and begins <= latest.effective_from:
        why = f"version {latest.number} begins on {latest.effective_from}: name a later day"
        found.append(Missing("effective_from", StepAhead.submission, why))
    elif latest and begins == around.today:
        why = f"it is {around.today}, and what happened today stays with version {latest.number}: name a later day"
        found.append(Missing("effective_from", StepAhead.submission, why))
    if around.last_day and begins > around.last_day + timedelta(days=1):
        why = f"the agreement ends on {around.last_day}: name the day after it, or an earlier one"
        found.append(Missing("effective_from", StepAhead.submission, why))
    return found


def _master(kind: AgreementKind, around: Surroundings) -> list[Missing]:
    if kind not in UNDER_A_MASTER:
        return []
    master = around.master
    if master is None and not around.stand_alone_reason:
        why = f"a {kind} agreement stands under a master agreement: name it, or say why it stands alone"
        return [Missing("parent", StepAhead.submission, why)]
    if master and master.ended:
        return [Missing("parent", StepAhead.submission, f"{master.number} is over")]
    if master and not master.signed:
        return [Missing("parent", StepAhead.signature, f"{master.number} is neither in force nor signed yet")]
    return []
