"""A partner's exit and its lifecycle. The sponsor's alone; the partner is told that it left."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, String

from contracts import Role, Side
from contracts.partner_registry import PartnerRegistryBallHeld
from partner_registry.exits.schemas import ExitAnswer, ExitItem, ExitVerdict, PartnerExitFields
from partner_registry.exits.schemas import ExitState as State
from partner_registry.matters.model import WORK, KnownMatter
from partner_registry.metadata import Table
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from runtime.turns import Waiting
from runtime.work import Versioned

ANSWERING: Final = frozenset({Role.sourcing, Role.quality, Role.supply, Role.lab})
_NAMED: Final = 20
"""How many of what is open a refusal names; the exit itself shows all."""


class PartnerExit(PartnerExitFields, Waiting, Versioned, Table, table=True):
    """By which checklist a partner leaves. What nobody has answered stands against it."""

    __tablename__ = "partner_exit"

    ball = PartnerRegistryBallHeld
    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {State.preparing: {Side.sponsor}}
    found: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """What was answered, by the item."""
    prepared_by: list[str] = Field(sa_type=ARRAY(String))
    """Who proposed the exit or answered an item: somebody else completes it."""

    @property
    def parties(self) -> tuple[()]:
        """No partner hears of it before it is over."""
        return ()

    @classmethod
    def prepare(cls, *, number: str, partner_id: UUID, reason: str, by: str) -> "PartnerExit":
        """Propose that a partner leaves."""
        return cls(number=number, partner_id=partner_id, reason=reason, proposed_by=by, prepared_by=[by])

    @transition(source={State.preparing}, target=None, by=ANSWERING)
    def answer(self, answers: Sequence[ExitAnswer], by: str, now: datetime) -> None:
        """Say what was found of items."""
        given = {each.item: each.model_dump(mode="json") | {"by": by, "at": now.isoformat()} for each in answers}
        self.found = self.found | given
        self.prepared_by = sorted({*self.prepared_by, by})

    @transition(source={State.preparing}, target=State.completed, by={Role.quality}, independent_of={"prepared_by"})
    def complete(
        self,
        known_open: Sequence[KnownMatter],
        unread: Collection[str],
        by: str,
        now: datetime,
        sales: Collection[str] = (),
    ) -> None:
        """A second person, of quality, agrees: the partner has left."""
        if missing := self.missing(known_open, unread, sales):
            raise RuleViolated(f"{self.number} is not complete: {'; '.join(missing)}", missing=missing)
        self.completed_by, self.completed_at = by, now

    @transition(source={State.preparing}, target=State.given_up, by={Role.sourcing, Role.quality})
    def give_up(self) -> None:
        """The partner stays."""

    def missing(
        self, known_open: Sequence[KnownMatter], unread: Collection[str], sales: Collection[str] = ()
    ) -> list[str]:
        """What stands against the exit, in words. ``sales``: and mergers, of the partner or to it, that are to come."""
        lacks = [f"{item} is {self.verdict(item) or 'not answered'}" for item in ExitItem if self._is_open(item)]
        for item in ExitItem:
            if self.contradicted(item, of := against(item, known_open)):
                named = ", ".join(each.number for each in of[:_NAMED])
                more = f" and {len(of) - _NAMED} more" if len(of) > _NAMED else ""
                lacks.append(f"{item} is {self.verdict(item)}, and these are open: {named}{more}")
        lacks += [f"{each} is announced: call that off, or wait for it" for each in sales]
        return [*lacks, *(f"not all of {each} has been read: more may be open" for each in unread)]

    def verdict(self, item: ExitItem) -> ExitVerdict | None:
        """What was answered of an item; None where nobody has."""
        given: Mapping[str, Any] | None = self.found.get(item)
        return ExitVerdict(given["verdict"]) if given else None

    def contradicted(self, item: ExitItem, known_open: Collection[KnownMatter]) -> bool:
        """Whether the answer says that nothing is open, and that is known to be otherwise."""
        return bool(known_open) and not self._is_open(item)

    def _is_open(self, item: ExitItem) -> bool:
        return self.verdict(item) in (None, ExitVerdict.open)


def against(item: ExitItem, known_open: Iterable[KnownMatter]) -> list[KnownMatter]:
    """What is known to be open of an item. Of stock, samples, records and access no fact tells."""
    if item == ExitItem.open_orders:
        return [each for each in known_open if each.kind in WORK]
    if item == ExitItem.open_quality_events:
        return [each for each in known_open if each.kind not in WORK]
    return []
