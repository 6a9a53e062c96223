"""Bodies of requests and answers about items of the package."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlmodel import Field as Column
from sqlmodel import String

from contracts import Day
from contracts.transfer_packages import PackageCategory, ReturnReason
from runtime.bodies import Body, Digest, Line, Words
from serving.shown import Answer, WaitingFor
from tech_transfer.foretold.schemas import Foretold
from tech_transfer.metadata import INSTANT
from tech_transfer.package_items.terms import Confidentiality, ItemState, PackageMove
from tech_transfer.transfers.part import OfTransfer
from tech_transfer.transfers.shown import PartRead


class ListItem(Body):
    """A document that shall be handed over."""

    transfer_id: UUID
    category: PackageCategory = Field(examples=["batch_record"])
    title: Line = Field(examples=["Master batch record, tablets 10 mg"])
    mandatory: bool = True
    """Whether the gate asks for it. Who signs that gate has to know of it: none for the sponsor alone is mandatory."""
    owner: Line | None = Field(None, examples=["Ana Novak"])
    due_on: Day | None = Field(None, examples=["2036-02-28"])
    confidentiality: Confidentiality = Confidentiality.confidential

    @model_validator(mode="after")
    def _can_be_asked_for(self) -> Self:
        if self.mandatory and self.confidentiality == Confidentiality.sponsor_only:
            raise ValueError("mandatory: the units do not know of an item for the sponsor alone: list it as optional")
        return self


class ListStandard(Body):
    """Let the package have what is usual for this kind of transfer, and is not listed yet."""

    transfer_id: UUID
    owner: Line | None = Field(None, examples=["Ana Novak"])
    due_on: Day | None = Field(None, examples=["2036-02-28"])


class PlanItem(Body):
    """Who sees to it, and until when, from now on."""

    owner: Line = Field(examples=["Ana Novak"])
    due_on: Day = Field(examples=["2036-02-28"])


class AddressItem(Body):
    """That both units are told of it, and whether the gate asks for it."""

    mandatory: bool = Field(examples=[True])
    """Whether the gate asks for it."""
    confidentiality: Confidentiality = Field(Confidentiality.confidential, examples=["confidential"])

    @model_validator(mode="after")
    def _to_somebody(self) -> Self:
        if self.confidentiality == Confidentiality.sponsor_only:
            raise ValueError("confidentiality: who addresses it to both units cannot keep it for the sponsor alone")
        return self


class ProvideDocument(Body):
    """A document, as the sending unit knows it, and its SHA-256 digest."""

    document_version: Line = Field(examples=["3.0"])
    digest: Digest
    file_name: Line = Field(examples=["MBR-0042_3.0.pdf"])


class ReturnDocument(Body):
    """Why the receiving unit cannot work by it."""

    reason_code: ReturnReason = Field(examples=["incomplete"])
    remark: Words = Field(examples=["The hold times after granulation are missing"])


class WaiveItem(Body):
    """Why nothing has to be handed over."""

    justification: Words = Field(examples=["The receiving site makes this product in another strength already"])


class ItemFields(OfTransfer):
    """What readers see of an item as it is stored."""

    item_number: str
    state: ItemState = Column(default=ItemState.pending, sa_type=String)
    category: PackageCategory = Column(sa_type=String)
    title: str
    mandatory: bool
    """Whether the gate asks for it."""
    owner: str | None = None
    due_on: date | None = None
    confidentiality: Confidentiality = Column(default=Confidentiality.confidential, sa_type=String)
    round: int = 0
    """How many times a document was provided."""
    document_version: str | None = None
    """As the sending unit calls the one that was provided last."""
    digest: str | None = None
    file_name: str | None = None
    provided_by: str | None = None
    provided_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When the last document was provided; null before that."""
    accepted_version: str | None = None
    """The last one that was accepted: the receiving unit works by it until a newer one is accepted."""
    accepted_by: str | None = None
    accepted_at: datetime | None = Column(default=None, sa_type=INSTANT)
    """When the receiving unit accepted that one; null before any was."""
    return_reason: ReturnReason | None = Column(default=None, sa_type=String)
    return_remark: str | None = None
    justification: str | None = None
    """Why it was waived."""


class PackageStepRead(Answer):
    """What happened to a document: one step of a round."""

    round: int
    move: PackageMove
    document_version: str | None
    digest: str | None
    file_name: str | None
    reason_code: ReturnReason | None
    remark: str | None
    done_by: str
    done_at: datetime


class PackageItemRead(ItemFields, PartRead):
    """An item of the package as its readers see it."""

    outdated: bool
    """A version was accepted, and a newer one is provided or was returned: somebody may work by the older one."""


class PackageItemDetail(PackageItemRead):
    """An item with all of its rounds, and what it gave warning of."""

    rounds: Sequence[PackageStepRead]
    """The oldest first."""
    foretold: Sequence[Foretold]
    """Deviations at the receiving site. The sponsor and the receiving unit read of them, and nobody else."""


class ListedItems(Answer):
    """Items that were listed together."""

    items: Sequence[PackageItemRead]
    """Each item that was listed, in their order."""


class Completeness(Answer):
    """How much of what is asked for was accepted."""

    mandatory: int
    """How many items the gate asks for."""
    waived: int
    """Of the mandatory ones."""
    accepted: int
    """Of the mandatory ones."""
    missing: int
    """Of the mandatory ones; one that was returned, or waits for the receiving unit's word, is missing."""
    completeness: Decimal | None
    """Accepted by mandatory without waived, rounded down to four decimals: 1 is said of a whole one only. Null where
    nothing is left to ask for."""


class CategoryCompleteness(Completeness):
    """How much of one category was accepted."""

    category: PackageCategory


class MissingItem(Answer):
    """A mandatory item that is not accepted, and whose turn it is."""

    id: UUID
    item_number: str
    category: PackageCategory
    title: str
    state: ItemState
    due_on: date | None
    waiting_for: WaitingFor | None


class TransferPackage(Answer):
    """The package of a transfer, as far as its reader is addressed."""

    transfer_id: UUID
    number: str
    whole: Completeness
    categories: Sequence[CategoryCompleteness]
    missing_items: Sequence[MissingItem]
