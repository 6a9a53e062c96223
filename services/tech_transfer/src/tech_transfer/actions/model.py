"""An action and its lifecycle."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Final

from contracts import Role, Side
from runtime.lifecycle import transition
from tech_transfer.actions.schemas import ActionFields
from tech_transfer.actions.schemas import ActionState as State
from tech_transfer.gates.terms import Unit
from tech_transfer.metadata import Table
from tech_transfer.transfers.part import WaitingPart

UNITS: Final = frozenset({Side.sender(Role.partner_quality), Side.receiver(Role.partner_quality)})
_SIDES: Final[Mapping[Unit, Side]] = {Unit.sending: Side.sender, Unit.receiving: Side.receiver}


class TransferAction(ActionFields, WaitingPart, Table, table=True):
    """Something is to be done of what a gate asks for."""

    __tablename__ = "transfer_action"

    @transition(source={State.open}, target=State.done, by=UNITS | {Role.msat, Role.quality})
    def finish(self, outcome: str, evidence: str, by: str) -> None:
        """Whose it is says what was done, and what shows it."""
        self.outcome, self.evidence, self.done_by = outcome, evidence, by

    @transition(source={State.open}, target=None, by={Role.msat, Role.quality})
    def assign(self, owner: str, due_on: date) -> None:
        """Somebody else does it, or until another day."""
        self.owner, self.due_on = owner, due_on

    @transition(source={State.open}, target=State.settled, by=UNITS, when="asked_for")
    def settle(self, now: datetime) -> None:
        """What it was opened for is so again, by whatever either unit did: no route leads here."""
        self.settled_at = now

    @transition(source={State.done}, target=None, by=UNITS, when="asked_for")
    def settle_done(self, now: datetime) -> None:
        """The same of one that was done: it stays that, and may be opened anew."""
        self.settled_at = now

    @property
    def asked_for(self) -> bool:
        """Whether somebody may ask for it to be settled: nobody may, it follows from what is done."""
        return False

    def turn(self) -> Collection[Side]:
        """Whose unit it is; a laboratory's and an authority's are minded by the sponsor."""
        if self.state != State.open:
            return set()
        side = _SIDES.get(Unit(self.unit), Side.sponsor)
        return {Side.sponsor} if side is Side.sender and self.sent_by_sponsor else {side}
