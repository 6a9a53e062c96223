"""What is said about a partner's exit: bodies of requests, what is stored, and answers."""

from datetime import datetime
from enum import StrEnum
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from partner_registry.matters.schemas import OpenMatter
from partner_registry.metadata import INSTANT
from runtime.bodies import Body, Digest, Reason, Words
from serving.shown import Answer, Ref, Shown


class ExitItem(StrEnum):
    """What is looked at before a partner leaves."""

    open_orders = "open_orders"
    stock = "stock"
    samples = "samples"
    records_and_retention = "records_and_retention"
    open_quality_events = "open_quality_events"
    access_ended = "access_ended"


class ExitVerdict(StrEnum):
    """What was found of an item."""

    done = "done"
    not_applicable = "not_applicable"
    open = "open"


class ExitState(StrEnum):
    """How far an exit is."""

    preparing = "preparing"
    completed = "completed"
    given_up = "given_up"


class PrepareExit(Reason):
    """Which partner is to leave, and why."""

    partner_id: UUID


class ExitAnswer(Body):
    """What was found of one item. What is done is proven; what is open, or does not apply, is explained."""

    item: ExitItem
    verdict: ExitVerdict = Field(examples=["done"])
    reason: Words | None = None
    evidence: Digest | None = Field(None, examples=["0b" * 32])

    @model_validator(mode="after")
    def _proven(self) -> Self:
        if self.verdict == ExitVerdict.done and not self.evidence:
            raise ValueError(f"{self.item} is done: name the digest of the document that shows it in its evidence")
        if self.verdict != ExitVerdict.done and not self.reason:
            raise ValueError(f"{self.item} is {self.verdict}: say why in its reason")
        return self


class AnswerExit(Body):
    """What was found of items of the checklist; an item that was answered before is answered anew."""

    answers: list[ExitAnswer] = Field(min_length=1, max_length=len(ExitItem))

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        named = [each.item for each in self.answers]
        if twice := sorted({each for each in named if named.count(each) > 1}):
            raise ValueError(f"answered twice: {', '.join(twice)}; say one answer for each item")
        return self


class PartnerExitFields(SQLModel):
    """What readers see of an exit as it is stored."""

    number: str
    state: ExitState = Column(default=ExitState.preparing, sa_type=String)
    partner_id: UUID = Column(foreign_key="partner.id")
    reason: str
    proposed_by: str
    completed_by: str | None = None
    completed_at: datetime | None = Column(default=None, sa_type=INSTANT)


class ExitItemRead(Answer):
    """An item of the checklist, what was answered, and what is known here to be open against that."""

    item: ExitItem
    verdict: ExitVerdict | None
    """None while nobody has answered."""
    reason: str | None
    evidence: str | None
    by: str | None
    at: datetime | None
    known_open: list[OpenMatter]
    """Batches, orders and quality events of the partner that facts tell to be open now."""
    contradicted: bool
    """The answer says that nothing is open, and something is known to be."""


class PartnerExitRead(PartnerExitFields, Shown):
    """An exit as its readers see it. Of one that is over nothing is compared any more."""

    partner: Ref
    items: list[ExitItemRead]
    missing: list[str]
    """What stands against the exit now, in words."""
