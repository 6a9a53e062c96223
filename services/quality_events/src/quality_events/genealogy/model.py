"""Edges of the genealogy and their rules (EU GMP 4.20, 5.65; ICH Q7 14; 21 CFR 211.188)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy import Numeric, String, Uuid
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field

from contracts import Quantity, Side
from contracts.batches import LinkKind
from quality_events import moments
from quality_events.batches.fields import StatedColumns
from quality_events.genealogy.amounts import Portion
from quality_events.metadata import Table
from runtime.problems import RuleViolated
from runtime.work import Versioned

SAME_MATERIAL: Final = frozenset({LinkKind.split, LinkKind.merged, LinkKind.reworked, LinkKind.reprocessed})
ONE_PARENT: Final = frozenset({LinkKind.split, LinkKind.reworked, LinkKind.reprocessed})


class BatchLink(Versioned, Table, table=True):
    """So much of one batch went into another. It is one maker's, or between two makers the sponsor's alone."""

    __tablename__ = "batch_link"

    sides: ClassVar[Mapping[Side, str]] = {Side.maker: "partner_id"}
    parent_id: UUID = Field(foreign_key="batch.id")
    child_id: UUID = Field(foreign_key="batch.id")
    kind: LinkKind = Field(sa_type=String)
    quantity: Decimal = Field(sa_type=Numeric)
    unit: str
    deviation_id: UUID | None = Field(default=None, foreign_key="deviation.id")
    """That asks for the reprocessing."""
    change_id: UUID | None = Field(default=None, foreign_key="change.id")
    """That the rework follows."""
    stability: str | None = None
    """SHA-256 of what shows that the stability of what is reworked was looked at."""
    linked_by: str
    partner_id: UUID | None
    parties: list[UUID] = Field(sa_type=ARRAY(Uuid))

    @property
    def amount(self) -> Quantity:
        """How much of the parent it was."""
        return Quantity(value=self.quantity, unit=self.unit)


@dataclass(frozen=True, slots=True)
class Lineage:
    """What a batch came of, and in which way."""

    kind: LinkKind
    portions: Sequence[Portion]
    by: str
    deviation_id: UUID | None = None
    change_id: UUID | None = None
    stability: str | None = None

    def links(self, child: StatedColumns) -> list[BatchLink]:
        """The edges. Raises RuleViolated for parents that this kind cannot have, or more than is left of one."""
        self._check_kind(child)
        for portion in self.portions:
            portion.check()
        return [self._link(child, portion) for portion in self.portions]

    def earliest_dates(self) -> tuple[str, str]:
        """When a merge is made and expires: as the first of its inputs. Raises RuleViolated where one is unknown."""
        parents = [portion.parent for portion in self.portions]
        if unknown := [each.number for each in parents if not (each.manufacture_date and each.expiry_date)]:
            detail = "a merge takes the earliest manufacture_date and expiry_date of its inputs: state those of "
            raise RuleViolated(detail + ", ".join(unknown), missing=unknown)
        made = [each.manufacture_date for each in parents if each.manufacture_date]
        expires = [each.expiry_date for each in parents if each.expiry_date]
        return (
            min(made, key=lambda text: (moments.sortable(moments.read(text)), text)),
            min(expires, key=lambda text: (moments.ends(moments.read_ahead(text)), text)),
        )

    def _check_kind(self, child: StatedColumns) -> None:
        parents = [portion.parent for portion in self.portions]
        if any(parent.id == child.id for parent in parents) or len({parent.id for parent in parents}) < len(parents):
            raise RuleViolated(f"each parent of {child.number} is another batch, and is named once", fields=["parents"])
        if self.kind in ONE_PARENT and len(parents) > 1:
            raise RuleViolated(f"{child.number} is {self.kind} from one batch: name that one", fields=["parents"])
        if self.kind == LinkKind.merged and len(parents) < 2:
            raise RuleViolated(f"{child.number} is merged from two or more: name all of them", fields=["parents"])
        others = [parent.number for parent in parents if parent.material != child.material]
        if self.kind in SAME_MATERIAL and others:
            same = f"{child.number} is {child.material}, and {', '.join(others)} is another material"
            raise RuleViolated(f"{same}: what is {self.kind} stays what it is", fields=["parents"])

    def _link(self, child: StatedColumns, portion: Portion) -> BatchLink:
        makers = {child.partner_id, portion.parent.partner_id}
        own: dict[str, Any] = {"partner_id": child.partner_id, "parties": [child.partner_id]}
        return BatchLink(
            parent_id=portion.parent.id,
            child_id=child.id,
            kind=self.kind,
            quantity=portion.quantity.value,
            unit=portion.quantity.unit,
            deviation_id=self.deviation_id,
            change_id=self.change_id,
            stability=self.stability,
            linked_by=self.by,
            **(own if len(makers) == 1 else {"partner_id": None, "parties": []}),
        )
