"""A merger and its lifecycle. It is the sponsor's alone until its day."""

from collections.abc import Collection, Iterable, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final

from contracts import Role, Side
from contracts.partner_registry import PartnerRegistryBallHeld
from partner_registry.days import begun_everywhere
from partner_registry.mergers.schemas import MergerState as State
from partner_registry.mergers.schemas import PartnerMergerFields
from partner_registry.metadata import Table
from partner_registry.partners.model import Partner, PartnerState
from partner_registry.sites.model import KEEPERS, Site
from partner_registry.transfers.model import GONE
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

TO_COME: Final = frozenset({State.proposed, State.agreed})


class PartnerMerger(PartnerMergerFields, Waiting, Versioned, Table, table=True):
    """From a day on there is only the successor of a partner, by universal succession."""

    __tablename__ = "partner_merger"

    ball = PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.proposed: {Side.sponsor}}

    @property
    def parties(self) -> tuple[()]:
        """Neither partner hears of it before its day."""
        return ()

    @classmethod
    def propose(
        cls,
        *,
        merging: Partner,
        successor: Partner,
        effective_on: date,
        reason: str,
        evidence: str,
        number: str,
        by: str,
    ) -> "PartnerMerger":
        """Say that a partner merges into another one. Raises RuleViolated for one and the same."""
        if merging.id == successor.id:
            raise RuleViolated(f"{merging.number} does not merge into itself: name the other one as successor_id")
        return cls(
            number=number, partner_id=merging.id, successor_id=successor.id, effective_on=effective_on,
            effective_at=begun_everywhere(effective_on), reason=reason, evidence=evidence, proposed_by=by,
        )  # fmt: skip

    @transition(source={State.proposed}, target=State.agreed, by={Role.quality}, independent_of={"proposed_by"})
    def agree(self, missing: Collection[str], by: str, now: datetime) -> None:
        """A second person, of quality, has seen the register: it takes effect on its day, also one that has passed."""
        if missing:
            raise RuleViolated(f"{self.number} cannot be: {'; '.join(missing)}", missing=[*missing])
        self.agreed_by, self.agreed_at = by, now

    @transition(source=TO_COME, target=State.called_off, by=KEEPERS)
    def call_off(self) -> None:
        """They do not merge after all."""

    @transition(source={State.agreed}, target=None, by=())
    def hinder(self, obstacle: str) -> None:
        """The day has come, and what stands against it now: people remove that, or call the merger off."""
        self.obstacle = obstacle

    @transition(source={State.agreed}, target=State.effective, by=())
    def take_effect(self, now: datetime) -> None:
        """The day has come everywhere."""
        if self.effective_at > now:
            raise RuleViolated(f"{self.number} takes effect on {self.effective_on}, which has not come everywhere")
        self.obstacle = None

    def turn(self) -> Collection[Side]:
        """The sponsor's also while something stands against one whose day has come."""
        return {Side.sponsor} if self.state == State.agreed and self.obstacle else super().turn()


def against(
    merging: Partner,
    successor: Partner,
    sites: Iterable[Site],
    on: date,
    *,
    exits: Collection[str] = (),
    sales: Collection[str] = (),
    unions: Collection[str] = (),
    codes: Collection[str] = (),
    back: Collection[str] = (),
) -> list[str]:
    """Why a partner cannot merge into another one on a day, in words: nothing that is under way may be lost by it.

    ``exits`` and ``sales`` are the numbers of those of either that are under way, ``unions`` of those of the first;
    ``codes`` mean one product to the one and another to the other, on the day or later; by ``back``, to which two
    people agreed, the successor is to merge into the first one in turn.
    """
    lacks = (
        [f"{merging.number} merged into {merging.successor_number}"] if merging.state == PartnerState.absorbed else []
    )
    if successor.state in GONE:
        lacks.append(f"{successor.number} is {successor.state}: nothing passes to it")
    lacks += [f"{each} is being prepared: complete that, or give it up" for each in exits]
    lacks += [f"{each} is announced: call that off, or wait for it" for each in sales]
    lacks += [f"{each} is about {merging.number}: split it or call it off, and merge each" for each in unions]
    ring = f"would let {successor.number} merge into {merging.number} in turn"
    lacks += [f"{each} {ring}: call one of the two off" for each in back]
    two = f"is one product to {merging.number} and another to {successor.number} on {on} or later"
    lacks += [f"{each} {two}: end one before that, or withdraw what was recorded in error" for each in codes]
    held = [each for each in sites if each.owned_since and on <= each.owned_since]
    later = "call this merger off, and propose one with a later day"
    return [*lacks, *(f"{each.number} belongs to its owner since {each.owned_since}: {later}" for each in held)]
