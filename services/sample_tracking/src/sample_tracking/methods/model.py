"""A version of a method by which laboratories test (ICH Q2; 21 CFR 211.194(a)(2))."""

from datetime import date
from enum import StrEnum
from uuid import UUID

from sqlmodel import Field, SQLModel, String

from contracts import Role
from runtime.lifecycle import transition
from runtime.work import Versioned
from sample_tracking.entitlements.rule import MethodVersion
from sample_tracking.metadata import Table


class MethodState(StrEnum):
    """Whether a record of a method holds."""

    registered = "registered"
    withdrawn = "withdrawn"
    """It was registered by mistake: nothing is judged by it."""


class MethodFields(SQLModel):
    """What readers see of a version of a method as it is stored."""

    code: str
    major: int
    minor: int
    """A minor version inherits the entitlements of those before it; a major one begins anew."""
    title: str
    product_id: UUID | None = None
    """For which product it is; None of one for all."""
    effective_from: date
    """The first day on which it is in use: what names no version was tested by the newest in use."""
    report: str
    """The report of its validation."""
    report_digest: str
    """SHA-256 of that, in hexadecimal."""
    state: MethodState = Field(default=MethodState.registered, sa_type=String)
    registered_by: str
    withdrawal_reason: str | None = None


class Method(MethodFields, Versioned, Table, table=True):
    """What is tested how, in one version. It stays as it was registered."""

    @property
    def parties(self) -> tuple[()]:
        """The sponsor's own: a laboratory sees what it is entitled for."""
        return ()

    @property
    def known(self) -> MethodVersion:
        """What the rules know of it."""
        return MethodVersion(**{name: getattr(self, name) for name in MethodVersion.__dataclass_fields__})

    @transition(source={MethodState.registered}, target=MethodState.withdrawn, by={Role.quality})
    def withdraw(self, reason: str) -> None:
        """It was registered by mistake. What was judged by it is judged anew."""
        self.withdrawal_reason = reason
