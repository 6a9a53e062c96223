"""What is said about a notification of an authority: bodies of requests, what is stored of it, and answers."""

from datetime import datetime
from enum import StrEnum
from uuid import UUID

from pydantic import Field
from sqlalchemy import Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field as Column
from sqlmodel import SQLModel, String

from contracts import HappenedAt
from contracts.complaints import AuthorityRegime, NotificationCause, NotificationKind
from quality_events.metadata import INSTANT
from runtime.bodies import Body, Country, Line
from serving.shown import Shown


class NotificationState(StrEnum):
    """Where a notification stands."""

    due = "due"
    submitted = "submitted"
    not_required = "not_required"
    replaced = "replaced"
    """Another kind is due in its place, as became known since."""


class OpenNotification(Body):
    """Of what which authority is to be notified, and since when the sponsor knows of it, confirmed or not."""

    cause_type: NotificationCause
    cause_id: UUID
    market: Country
    """Or EU, of a product that is authorised centrally."""
    kind: NotificationKind | None = None
    """Where it is not stated, that of the product's registration in the market; where that is not known, the shorter
    clock's."""
    aware_at: HappenedAt


class SubmitNotification(Body):
    """When the authority was notified, and how it calls that."""

    reference: Line = Field(examples=["FAR 214417"])
    submitted_at: HappenedAt


class NotificationFields(SQLModel):
    """What readers see of a notification as it is stored."""

    number: str
    state: NotificationState = Column(default=NotificationState.due, sa_type=String)
    regime: AuthorityRegime = Column(sa_type=String)
    market: str
    kind: NotificationKind = Column(sa_type=String)
    cause_type: NotificationCause = Column(sa_type=String)
    cause_id: UUID
    round: int = 1
    """A later one was opened because the cause was confirmed or reopened after the one before had been waived."""
    aware_at: datetime = Column(sa_type=INSTANT)
    """The earliest instant at which the sponsor knew of it, confirmed or not: from then on it is measured."""
    due_at: datetime = Column(sa_type=INSTANT)
    """Nothing extends it."""
    reference: str | None = None
    submitted_at: datetime | None = Column(default=None, sa_type=INSTANT)
    submitted_by: str | None = None
    kind_stated: bool = False
    kind_assumed: bool = False
    product_ids: list[UUID] = Column(default_factory=list, sa_type=ARRAY(Uuid))
    """By whose registrations the kind was chosen; none where no product is known, and outside of the US."""
    replaced_by: UUID | None = Column(default=None, foreign_key="authority_notification.id")
    replaced_at: datetime | None = Column(default=None, sa_type=INSTANT)
    waiver_reason: str | None = None
    """Why regulatory thinks that it is not required. It stays due until quality agrees."""
    waiver_by: str | None = None
    waived_by: str | None = None
    waived_at: datetime | None = Column(default=None, sa_type=INSTANT)


class NotificationRead(NotificationFields, Shown):
    """A notification as its readers see it."""

    overdue: bool
    """It is due, and its time has passed."""
    in_time: bool | None
    """Whether it was submitted in time; null where it is not required, or there is time still."""
