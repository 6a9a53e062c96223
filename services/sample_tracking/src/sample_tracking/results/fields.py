"""The columns of a laboratory's result that readers see."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import DateTime, Dialect, ForeignKey, Numeric, TypeDecorator
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field, SQLModel, String

from contracts.partner_feeds import Qualifier, ResultRole, TestStage
from contracts.sample_tracking import Evaluation
from gxp.evaluation import WhyUndecided


class ResultState(StrEnum):
    """How far a result is on its way through the laboratory."""

    submitted = "submitted"
    reviewed = "reviewed"
    approved = "approved"


class Numerals(TypeDecorator[list[Decimal]]):
    """Numbers as they were written, so that a fact that tells them can be held against the column."""

    impl = ARRAY(String)
    cache_ok = True

    def process_bind_param(self, value: list[Decimal] | None, dialect: Dialect) -> list[str] | None:
        """As text."""
        return None if value is None else [str(each) for each in value]

    def process_result_value(self, value: list[str] | None, dialect: Dialect) -> list[Decimal] | None:
        """As numbers."""
        return None if value is None else [Decimal(each) for each in value]


STORED_POINT: Any = JSONB(none_as_null=True)
_SUCCESSOR = ForeignKey("result.id", deferrable=True, initially="DEFERRED")


class ResultFields(SQLModel):
    """What readers see of a result as it is stored."""

    lot_id: UUID
    lot_number: str
    material: str
    product_id: UUID | None = None
    site_id: UUID
    partner_id: UUID
    """Whose site made the lot."""
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    set_id: UUID = Field(foreign_key="result_set.id")
    """What was reported together with it: they are reviewed and approved as one."""
    order_id: UUID | None = None
    """The test order that it answers; null where there is none, or where several could be meant."""
    test: str
    stage: TestStage = Field(sa_type=String)
    role: ResultRole = Field(sa_type=String)
    value: Decimal | None = Field(default=None, sa_type=Numeric)
    """Exactly as reported; where there is a ``qualifier``, what that is said of, such as the limit of quantitation."""
    text: str | None = None
    qualifier: Qualifier | None = Field(default=None, sa_type=String)
    unit: str
    determinations: list[Decimal] | None = Field(default=None, sa_type=Numerals)
    """Where ``value`` is made of several, such as the smallest of six, each of them."""
    inspected: int | None = None
    """Where ``value`` counts defective units, among how many."""
    stability: Any = Field(default=None, sa_type=STORED_POINT, nullable=True)
    """Of a result of a stability study which pull it is of: its months and the storage condition."""
    provenance: Any = Field(default=None, sa_type=STORED_POINT, nullable=True)
    """Who measured it, on what, when, and its raw data, as far as its laboratory said so."""
    reported_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """When its laboratory's system reported it, or a person entered it; null of what was recorded before this was
    kept."""
    method: str | None = None
    """The code of the method, where it was reported; else it is that which the limits name."""
    method_version: str | None = None
    """Major and minor, such as 2.1, where it was reported; else it is the newest that was in use."""
    reportable: bool | None = None
    """Whether its laboratory was entitled for the method on the day of the test; null where nobody can say."""
    not_reportable: str | None = None
    """Why it is not reportable and counts nowhere, or why nobody can say."""
    occurred_at: str
    """ISO 8601, as precise as it was given: an instant, a day or a month."""
    evaluation: Evaluation = Field(sa_type=String)
    reason: WhyUndecided | None = Field(default=None, sa_type=String)
    rounded_value: Decimal | None = Field(default=None, sa_type=Numeric)
    """In the unit of ``applied_limit`` and with its decimals."""
    specification_id: UUID | None = None
    evaluations: list[Any] | None = Field(default=None, sa_type=JSONB)
    """By each specification that limits the test; ``evaluation`` is the gravest of them."""
    evaluated_against: list[Any] | None = Field(default=None, sa_type=JSONB)
    """By revisions that came to apply after it was recorded."""
    owner: str | None = None
    """Who finds out how it is to be read, while it is unjudged."""
    interpretation: dict[str, str] | None = Field(default=None, sa_type=JSONB)
    """How quality read what could not be judged: as which ``test``, ``text`` or ``unit``."""
    interpreted_by: str | None = None
    interpreted_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    state: ResultState = Field(default=ResultState.submitted, sa_type=String)
    feed_id: UUID | None = None
    source_id: str | None = None
    source_revision: int | None = None
    superseded_by: UUID | None = Field(default=None, sa_column_args=[_SUCCESSOR])
    amendment_reason: str | None = None
    """Why it stands in the place of what was entered by hand before it; null of what amends nothing, or by feed."""
    invalidated_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    """When an investigation found it invalid, for an assignable cause in the laboratory: it stays to be seen, and
    stands on no certificate. Null again where that was reopened."""
    submitted_by: str
    keyed_by: str | None = None
    """Who typed it first from a certificate on paper; null of what was entered otherwise."""
    verified_by: str | None = None
    """Who typed the same from that paper, without seeing what the first one had typed."""
    certificate_digest: str | None = None
    """SHA-256 of the paper from which both typed it, in hexadecimal; null of what was entered otherwise."""
    is_history: bool | None = None
    """Whether its feed was loading its past; null of what was not, or was recorded before this was kept."""
    reviewed_by: str | None = None
    reviewed_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))
    approved_by: str | None = None
    approved_at: datetime | None = Field(default=None, sa_type=DateTime(timezone=True))


class KeptFields(ResultFields):
    """And those that no reader sees."""

    methods: list[str] | None = Field(default=None, sa_type=JSONB)
    """Those that the limits name by which it is judged."""
    applied_limit: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
    message_id: UUID | None = None
    concluded_sequence: int | None = None
    """Of the last fact that told how its investigation stands: an earlier one that comes late changes nothing."""
