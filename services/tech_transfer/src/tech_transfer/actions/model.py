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

_SIDES: Final[Mapping[Unit, Side]] = {Unit.sending: Side.sender, Unit.receiving: Side.receiver}


class TransferAction(ActionFields, WaitingPart, Table, table=True):
    """Something is to be done of what a gate asks for."""

    __tablename__ = "transfer_action"

    @transition(
        source={State.open},
        target=State.done,
        by={Role.msat, Role.quality, Side.sender(Role.partner_quality), Side.receiver(Role.partner_quality)},
    )
    def finish(self, outcome: str, evidence: str, by: str) -> None:
        """Whose it is says what was done, and what shows it."""
        self.outcome, self.evidence, self.done_by = outcome, evidence, by

    @transition(source={State.open}, target=None, by={Role.msat, Role.quality})
    def assign(self, owner: str, due_on: date) -> None:
        """Somebody else does it, or until another day."""
        self.owner, self.due_on = owner, due_on

    @transition(
        source={State.open, State.done},
        target={State.settled, State.done},
        by={Side.sender(Role.partner_quality), Side.receiver(Role.partner_quality)},
        when="follows",
    )
    def settle(self, now: datetime) -> None:
        """What it was opened for is so again, by whatever either unit did: no route leads here.

        One that was done stays done, and that it is so again is noted.
        """
        self.settled_at = now
        if self.state == State.open:
            self.state = State.settled

    @property
    def follows(self) -> bool:
        """Whether somebody may ask for it to be settled: nobody may, it follows by itself."""
        return False

    def turn(self) -> Collection[Side]:
        """Whose unit it is; a laboratory's and an authority's are minded by the sponsor."""
        if self.state != State.open:
            return set()
        side = _SIDES.get(Unit(self.unit), Side.sponsor)
        return {Side.sponsor} if side is Side.sender and self.sent_by_sponsor else {side}
