"""What a method transfer waits for."""

from collections.abc import Collection, Mapping
from enum import StrEnum
from secrets import token_hex
from typing import ClassVar

from sqlmodel import Field

from contracts import Side
from tech_transfer.method_transfers.schemas import MethodTransferFields
from tech_transfer.method_transfers.terms import TESTING, TO_REPEAT, WITHOUT_TESTS
from tech_transfer.method_transfers.terms import MethodTransferState as State
from tech_transfer.transfers.part import WaitingPart


class MethodTransferStage(MethodTransferFields, WaitingPart):
    """What there is to do about a method transfer, and who owes it."""

    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {at: {Side.sponsor} for at in (State.evaluated, *TO_REPEAT)}

    salt: str | None = Field(default_factory=lambda: token_hex(16))
    """No partner reads it, and it is signed with the rest: else whoever tries all results of the other laboratory would
    know by a signature's digest which they are. None of what was concluded before there was one."""

    @property
    def sent_by_sponsor(self) -> bool:
        """Whether a laboratory of the sponsor's own hands over."""
        return self.sending_laboratory_partner_id is None

    @property
    def plans_tests(self) -> bool:
        """Whether anything is to be tested."""
        return self.kind not in WITHOUT_TESTS

    @property
    def awaits_senders_partner(self) -> bool:
        """Whether the sending partner has to approve the protocol."""
        return self.plans_tests and not self.sent_by_sponsor and self.sending_approved_by is None

    @property
    def awaits_own_laboratory(self) -> bool:
        """Whether the sponsor's own laboratory has to approve the protocol."""
        return self.plans_tests and self.sent_by_sponsor and self.sending_approved_by is None

    @property
    def awaits_receiver(self) -> bool:
        """Whether the receiving laboratory has to approve the protocol."""
        return self.plans_tests and self.receiving_approved_by is None

    @property
    def awaits_quality(self) -> bool:
        """Whether both laboratories approved the protocol, and quality is next."""
        return None not in (self.sending_approved_by, self.receiving_approved_by)

    @property
    def investigated(self) -> bool:
        """Whether it is known what it came from."""
        return self.investigation is not None

    @property
    def may_be_amended(self) -> bool:
        """Whether nothing is there that failed, or that could be judged and is not: no other protocol takes the place
        of a failure, nor of one that nobody has told."""
        untold = self.state in TESTING and self.sending_complete and self.receiving_complete
        return not (self.did_not_pass or untold)

    @property
    def may_be_withdrawn(self) -> bool:
        """Whether it follows no earlier attempt: a failure is not undone by not repeating it after all."""
        return self.follows_id is None

    @property
    def may_release(self) -> bool:
        """Whether the receiving laboratory does not read the sending one's results."""
        return not self.results_released

    @property
    def planned_of_a_lot(self) -> int:
        """How many results each laboratory plans for each lot and attribute."""
        return self.runs * self.replicates

    def turn(self) -> Collection[Side]:
        """Of a protocol, who has not approved it; of one in execution, whose results lack; and then the sponsor."""
        if self.state == State.planned and self.plans_tests:
            return self._owing(self.sending_approved_by is None, self.receiving_approved_by is None)
        if self.state in TESTING:
            return self._owing(not self.sending_complete, not self.receiving_complete)
        return {Side.sponsor} if self.state == State.planned else super().turn()

    def _owing(self, sender: bool, receiver: bool) -> set[Side]:
        sending = Side.sponsor if self.sent_by_sponsor else Side.sender
        return {side for side, owes in ((sending, sender), (Side.receiver, receiver)) if owes} or {Side.sponsor}
