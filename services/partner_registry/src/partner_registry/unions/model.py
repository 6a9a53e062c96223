"""Two registrations of one company, and their lifecycle. No partner hears of it: it might be a mistake."""

from collections.abc import Collection, Mapping
from datetime import datetime
from enum import StrEnum
from typing import ClassVar

from contracts import Role, Side
from contracts.companies import PartnersUnified
from contracts.partner_registry import PartnerRegistryBallHeld
from partner_registry.metadata import Table
from partner_registry.partners.model import Partner
from partner_registry.sites.model import KEEPERS
from partner_registry.unions.schemas import PartnerUnionFields
from partner_registry.unions.schemas import UnionState as State
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned


class PartnerUnion(PartnerUnionFields, Waiting, Versioned, Table, table=True):
    """That two partners are one company. Each record keeps the id with which it was written."""

    __tablename__ = "partner_union"

    ball = PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.proposed: {Side.sponsor}}

    @property
    def parties(self) -> tuple[()]:
        """Each side reads its own records and learns of no other."""
        return ()

    @classmethod
    def propose(cls, *, one: Partner, other: Partner, reason: str, number: str, by: str) -> "PartnerUnion":
        """Say that two partners are one company; the later one becomes the alias. Raises RuleViolated for one alone."""
        if one.id == other.id:
            raise RuleViolated(f"{one.number} is one partner: name the other one as other_id")
        elder, younger = sorted((one, other), key=lambda each: (each.created_at, each.id))
        return cls(number=number, partner_id=younger.id, elder_id=elder.id, reason=reason, proposed_by=by)

    @transition(source={State.proposed}, target=State.united, by={Role.quality}, independent_of={"proposed_by"})
    def unite(
        self, younger: Partner, elder: Partner, others: Collection[str], by: str, now: datetime
    ) -> PartnersUnified:
        """A second person, of quality, agrees: who reads the elder reads both. ``others``: their unions in force."""
        for each in (younger, elder):
            each.check_goes_on()
        if others:
            raise RuleViolated(f"one of the two is in {', '.join(others)}: split that first, and unite each with one")
        self.united_by, self.united_at = by, now
        return self._told(younger, elder, self.reason, now, undone=False)

    @transition(source={State.proposed}, target=State.called_off, by=KEEPERS)
    def call_off(self) -> None:
        """Nobody says so any more."""

    @transition(source={State.united}, target=State.split, by=KEEPERS)
    def split(self, younger: Partner, elder: Partner, reason: str, by: str, now: datetime) -> PartnersUnified:
        """They are two after all: each is read by itself again, as it was written."""
        self.split_reason, self.split_by, self.split_at = reason, by, now
        return self._told(younger, elder, reason, now, undone=True)

    def _told(self, younger: Partner, elder: Partner, reason: str, now: datetime, *, undone: bool) -> PartnersUnified:
        own = {"elder_id": elder.id, "elder_number": elder.number, "reason": reason, "undone": undone}
        return PartnersUnified.of(younger, now, **own)
