"""What the sponsor's own people note of a qualification. No partner reads a row of it, or that there is one."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKeyConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, col, select

from partner_registry.metadata import Table
from partner_registry.qualifications.model import Qualification
from partner_registry.qualifications.schemas import ItemAnswer
from runtime.work import Versioned, Work


class QualificationRemark(Versioned, Table, table=True):
    """Why items were judged so and by whom, and why the audit is waived. Its id is the qualification's."""

    __tablename__ = "qualification_remark"
    __table_args__ = (ForeignKeyConstraint(["id"], ["qualification.id"]),)

    items: dict[str, Any] = Field(default_factory=dict, sa_type=JSONB)
    """By an item's code the ``reason`` of its verdict, and ``by`` whom it is."""
    waiver: dict[str, Any] | None = Field(default=None, sa_type=JSONB)

    def answered(self, answers: Sequence[ItemAnswer], by: str) -> None:
        """Keep why items are judged so."""
        self.items = self.items | {each.item: {"reason": each.reason, "by": by} for each in answers}

    def waived(self, risk: str, reason: str, by: str) -> None:
        """Keep why the audit is waived, and what risk that is."""
        self.waiver = {"risk": risk, "reason": reason, "by": by}


async def remark_on(work: Work, found: Qualification) -> QualificationRemark:
    """That of a qualification, which is locked; made where there is none."""
    there = await work.session.get(QualificationRemark, found.id)
    return there or work.add(QualificationRemark(id=found.id))


async def remarks_on(work: Work, qualifications: Sequence[Qualification]) -> Mapping[UUID, QualificationRemark]:
    """By qualification, for the sponsor's people alone."""
    if work.principal.partner_id is not None:
        return {}
    ids = {each.id for each in qualifications}
    found = await work.session.scalars(select(QualificationRemark).where(col(QualificationRemark.id).in_(ids)))
    return {each.id: each for each in found}


def read_with(found: Qualification, remark: QualificationRemark | None) -> dict[str, Any]:
    """A qualification's items and waiver, with what is noted of them as far as that is known.

    A signature is read by its partner: what is shown to who signs has nothing of that.
    """
    items, waiver = (remark.items, remark.waiver) if remark else ({}, None)
    unsaid = dict.fromkeys(("reason", "by"))
    why = dict.fromkeys(("risk", "reason", "by")) | (waiver or {})
    return {
        "items": [each | unsaid | items.get(each["code"], {}) for each in found.items],
        "waiver": found.waiver and found.waiver | why,
        "waived": found.waiver,
    }
