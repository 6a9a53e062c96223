"""An item of the package and its lifecycle."""

from collections.abc import Collection, Mapping
from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar, Final, Self
from uuid import UUID

from sqlmodel import Field, String
from uuid_utils.compat import uuid7

from contracts import Role, Side
from contracts import transfer_packages as facts
from contracts.transfer_packages import ReturnReason
from runtime.lifecycle import transition
from runtime.problems import RuleViolated
from tech_transfer.metadata import INSTANT, Table
from tech_transfer.package_items import rules
from tech_transfer.package_items.schemas import ItemFields, ListItem
from tech_transfer.package_items.terms import GOING_ON, Confidentiality, PackageMove
from tech_transfer.package_items.terms import ItemState as State
from tech_transfer.transfers.model import Transfer
from tech_transfer.transfers.part import WaitingPart, columns_of

_TO_PROVIDE: Final = GOING_ON - {State.provided}
_RECEIVER: Final = frozenset({Side.receiver(Role.partner_quality)})


class PackageItem(ItemFields, WaitingPart, Table, table=True):
    """A document that is to be handed over. Both units read of it, but for a draft of the sponsor's."""

    __tablename__ = "package_item"

    turns: ClassVar[Mapping[StrEnum, Collection[Side]]] = {
        State.pending: {Side.sender},
        State.returned: {Side.sender},
        State.provided: {Side.receiver},
    }

    @classmethod
    def listed(cls, transfer: Transfer, body: ListItem, item_number: str) -> Self:
        """A document shall be handed over. Raises RuleViolated where the transfer has ended."""
        transfer.refuse_ended()
        item = cls(item_number=item_number, **columns_of(transfer) | body.model_dump(exclude={"transfer_id"}))
        if item.is_draft:
            item.parties = []
        return item

    @transition(source=GOING_ON, target=None, by={Role.msat}, when="is_known")
    def plan(self, owner: str, due_on: date) -> None:
        """Somebody sees to it, until a day. Of a draft nothing is planned anew: both units read its past later."""
        if self.is_draft:
            raise RuleViolated(f"{self.item_number} is for the sponsor alone: address it to both units first")
        self.owner, self.due_on = owner, due_on

    @transition(source={State.pending}, target=None, by={Role.msat}, when="is_draft")
    def address(self, mandatory: bool, confidentiality: Confidentiality) -> None:
        """Both units are told of a draft."""
        if not self.is_draft:
            raise RuleViolated(f"{self.item_number}: both units know of it already")
        self.mandatory, self.confidentiality = mandatory, confidentiality
        self.parties = sorted({self.sending_partner_id or self.receiving_partner_id, self.receiving_partner_id})

    @transition(
        source=_TO_PROVIDE, target=State.provided, by={Side.sender(Role.partner_quality)}, when="sent_by_partner"
    )
    def provide(
        self, document_version: str, digest: str, file_name: str, by: str, now: datetime
    ) -> facts.PackageItemProvided:
        """The sending unit hands a document over, where it is a partner's: the first, or a newer version."""
        if not self.sent_by_partner:
            raise RuleViolated(f"{self.item_number}: a site of the sponsor's own hands over: its MSAT provides it")
        return self._provide(document_version, digest, file_name, by, now)

    @transition(source=_TO_PROVIDE, target=State.provided, by={Role.msat}, when="is_the_sponsors_to_provide")
    def provide_for_own_unit(
        self, document_version: str, digest: str, file_name: str, by: str, now: datetime
    ) -> facts.PackageItemProvided:
        """The sending unit hands a document over, where it is the sponsor's own."""
        if not self.sent_by_sponsor:
            raise RuleViolated(f"{self.item_number}: a partner hands over, and provides it")
        if self.is_draft:
            raise RuleViolated(f"{self.item_number} is for the sponsor alone: address it to both units first")
        return self._provide(document_version, digest, file_name, by, now)

    @transition(source={State.provided}, target=State.accepted, by=_RECEIVER, independent_of={"provided_by"})
    def accept(self, by: str, now: datetime) -> facts.PackageItemAccepted:
        """The receiving unit can work by it."""
        self.accepted_version, self.accepted_by, self.accepted_at = self.document_version, by, now
        return self.tell(facts.PackageItemAccepted, now)

    @transition(source={State.provided}, target=State.returned, by=_RECEIVER, independent_of={"provided_by"})
    def send_back(self, reason_code: ReturnReason, remark: str, now: datetime) -> facts.PackageItemReturned:
        """The receiving unit cannot work by it."""
        self.return_reason, self.return_remark = reason_code, remark
        return self.tell(facts.PackageItemReturned, now, reason=reason_code)

    @transition(source=GOING_ON, target=State.waived, by={Role.quality})
    def waive(self, justification: str, now: datetime) -> facts.PackageItemWaived:
        """Nothing has to be handed over of it."""
        self.justification = justification
        return self.tell(facts.PackageItemWaived, now, reason=justification)

    @transition(source=GOING_ON | {State.waived}, target=None, by={Role.msat, Role.quality})
    def foretell(self) -> None:
        """A deviation at the receiving site is one that it gave warning of: the link is a record of its own."""

    @transition(source=GOING_ON | {State.waived}, target=State.closed, by=())
    def close(self) -> None:
        """The transfer was cancelled. Only who handed over, and the sponsor, read it from now on."""
        self.close_to_receiver()

    def turn(self) -> Collection[Side]:
        """The sending unit's until it is provided, then the receiving unit's; a draft is the sponsor's to address."""
        return {Side.sponsor} if self.is_draft and self.state in GOING_ON else super().turn()

    @property
    def is_draft(self) -> bool:
        """Whether no partner knows of it."""
        return self.confidentiality == Confidentiality.sponsor_only

    @property
    def is_known(self) -> bool:
        """Whether both units know of it."""
        return not self.is_draft

    @property
    def sent_by_partner(self) -> bool:
        """Whether a partner hands over."""
        return not self.sent_by_sponsor

    @property
    def is_the_sponsors_to_provide(self) -> bool:
        """Whether a site of the sponsor's own hands it over, and both units know of it."""
        return self.sent_by_sponsor and self.is_known

    @property
    def outdated(self) -> bool:
        """Whether somebody may work by a version after which another was provided."""
        return self.accepted_version is not None and self.state in (State.provided, State.returned)

    def _provide(self, version: str, digest: str, file_name: str, by: str, now: datetime) -> facts.PackageItemProvided:
        rules.refuse_same(self.item_number, version, digest, (self.document_version, self.digest))
        self.document_version, self.digest, self.file_name = version, digest, file_name
        self.provided_by, self.provided_at, self.round = by, now, self.round + 1
        self.return_reason = self.return_remark = None
        return self.tell(facts.PackageItemProvided, now)


class PackageStep(Table, table=True):
    """What happened to a document, and stays: by it the rounds of an item are read."""

    __tablename__ = "package_step"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    item_id: UUID = Field(foreign_key="package_item.id")
    round: int
    move: PackageMove = Field(sa_type=String)
    document_version: str | None = None
    digest: str | None = None
    file_name: str | None = None
    reason_code: ReturnReason | None = Field(default=None, sa_type=String)
    remark: str | None = None
    done_by: str
    done_at: datetime = Field(sa_type=INSTANT)

    @classmethod
    def of(cls, item: PackageItem, move: PackageMove, by: str, now: datetime) -> Self:
        """The step that an item has just taken."""
        step = cls(item_id=item.id, round=item.round, move=move, done_by=by, done_at=now)
        if move == PackageMove.waived:
            step.remark = item.justification
            return step
        step.document_version, step.digest, step.file_name = item.document_version, item.digest, item.file_name
        step.reason_code, step.remark = item.return_reason, item.return_remark
        return step
