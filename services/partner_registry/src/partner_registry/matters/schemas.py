"""How what is open is shown, and what is decided of open work."""

from collections.abc import Sequence
from datetime import datetime
from typing import Self
from uuid import UUID

from pydantic import Field, model_validator

from contracts.partner_work import WorkDecision
from partner_registry.matters.model import MatterKind
from runtime.bodies import Body, Reason, Words
from serving.shown import Answer


class OpenMatter(Answer):
    """A batch, an order or a quality event that is open at a partner."""

    id: UUID
    kind: MatterKind
    number: str
    site_id: UUID | None
    since: datetime | None
    """The earliest moment that was told of it."""


class OpenWork(OpenMatter):
    """A batch or an order that is open at a partner, and what was decided of it for the time of a suspension."""

    decision: WorkDecision | None
    """None while nobody has decided."""
    rationale: str | None


class DecideWork(Body):
    """What becomes of one batch or order, and why."""

    work_id: UUID
    decision: WorkDecision = Field(examples=["hold"])
    rationale: Words = Field(examples=["waits until the recall is assessed"])


class DecideWorks(Body):
    """What becomes of open work."""

    decisions: list[DecideWork] = Field(min_length=1, max_length=500)

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        check_each_once(self.decisions)
        return self


class SuspendPartner(Reason):
    """Why, and what becomes of open work, as far as that is decided already."""

    decisions: list[DecideWork] = Field(default_factory=list, max_length=500, examples=[[]])
    causes: list[UUID] = Field(default_factory=list, max_length=50, examples=[[]])
    """Those for which it is, of ``suspension_proposed``: while one holds, it is not active again."""

    @model_validator(mode="after")
    def _each_once(self) -> Self:
        check_each_once(self.decisions)
        return self


def check_each_once(decisions: Sequence[DecideWork]) -> None:
    """Raise ValueError for work of which two things are said."""
    named = [str(each.work_id) for each in decisions]
    if twice := sorted({each for each in named if named.count(each) > 1}):
        raise ValueError(f"decided twice: {', '.join(twice)}; say one decision for each")
