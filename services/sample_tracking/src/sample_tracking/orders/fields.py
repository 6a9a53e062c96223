"""The columns of a test order that readers see."""

from datetime import datetime
from uuid import UUID

from sqlalchemy import DateTime
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, SQLModel, String

from contracts.laboratory_orders import OrderPriority
from sample_tracking.orders.standing import OrderState


class TestOrderFields(SQLModel):
    """What readers see of an order as it is stored."""

    __test__ = False

    number: str
    state: OrderState = Field(default=OrderState.draft, sa_type=String)
    lot_id: UUID
    lot_number: str
    material: str
    product_id: UUID
    site_id: UUID
    """Where the lot was made."""
    partner_id: UUID
    """Whose site that is."""
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    priority: OrderPriority = Field(default=OrderPriority.routine, sa_type=String)
    agreed_working_days: int
    """Of the laboratory, from the acceptance on."""
    lacking: list[str] = Field(default_factory=list, sa_type=ARRAY(String))
    """What the laboratory lacked when it was issued."""
    not_yet_qualified_reason: str | None = None
    """Why it was issued all the same."""
    drafted_by: str
    issued_by: str | None = None
    issued_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    answer_due_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """Until then the laboratory accepts or declines."""
    answered_by: str | None = None
    answered_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    decline_reason: str | None = None
    due_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """By when the tests are due."""
    completed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    cancelled_by: str | None = None
    cancel_reason: str | None = None
