"""What is said about a flag: bodies of requests, what is stored of it, and answers."""

from datetime import datetime
from uuid import UUID

from pydantic import Field
from sqlalchemy import DateTime
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts.data_integrity import FlagRule, FlagState, UnitsRule
from contracts.partner_feeds import TestStage
from runtime.bodies import Body, Words
from serving.shown import Ref, Shown

Rule = FlagRule | UnitsRule
_INSTANT = DateTime(timezone=True)


class AnswerFlag(Body):
    """How the laboratory explains it."""

    explanation: Words = Field(examples=["The network was down over night; the printout is in the notebook."])


class FlagFields(SQLModel):
    """What readers see of a flag as it is stored."""

    state: FlagState = Column(default=FlagState.open, sa_type=String)
    rule: Rule = Column(sa_type=String)
    why: str
    """By which of the result's data the rule raised it."""
    result_id: UUID = Column(foreign_key="result.id")
    set_id: UUID = Column(foreign_key="result_set.id")
    lot_id: UUID
    lot_number: str
    material: str
    test: str
    stage: TestStage = Column(sa_type=String)
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    after_approval: bool
    """Whether the result was approved before it was raised: what is approved or signed stays as it is."""
    explanation: str | None = None
    answered_by: str | None = None
    answered_at: datetime | None = Column(default=None, sa_type=_INSTANT)
    decision_reason: str | None = None
    decided_by: str | None = None
    decided_at: datetime | None = Column(default=None, sa_type=_INSTANT)


class FlagRead(FlagFields, Shown):
    """A flag as its laboratory and the sponsor see it."""

    laboratory: Ref | None
    """The site that tested."""
