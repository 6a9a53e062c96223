"""The lots that a deviation concerns. One deviation on three lots is one deviation."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Self
from uuid import UUID

from sqlmodel import Field
from uuid_utils.compat import uuid7

from contracts import Lot
from quality_events.deviations.terms import Report
from quality_events.metadata import Table
from runtime.problems import RuleViolated


class DeviationLot(Table, table=True):
    """One lot, its batch where it is one, and the stated impact on it."""

    __tablename__ = "deviation_lot"

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    deviation_id: UUID = Field(foreign_key="deviation.id")
    lot_id: UUID
    number: str
    material: str
    product_id: UUID | None = None
    site_id: UUID
    partner_id: UUID
    batch_id: UUID | None = Field(default=None, foreign_key="batch.id")
    impact: str | None = None
    left_out_by_revision: int | None = None
    """The revision of the partner's record that does not name it any more: the deviation concerns it no longer. While
    that is open, and not minor, it asks about the lot until quality states that it has nothing to do with it."""

    @classmethod
    def of(cls, deviation_id: UUID, lot: Lot, batch_id: UUID | None) -> Self:
        """A lot of a deviation; the impact on it is not stated yet."""
        return cls(deviation_id=deviation_id, lot_id=lot.id, batch_id=batch_id, **lot.model_dump(exclude={"id"}))

    @property
    def lot(self) -> Lot:
        """The lot as facts name it."""
        return Lot(id=self.lot_id, **self.model_dump(include=set(Lot.model_fields) - {"id"}))


def concerned(lots: Iterable[DeviationLot]) -> list[DeviationLot]:
    """Those that the deviation concerns now."""
    return [lot for lot in lots if lot.left_out_by_revision is None]


def revise(
    deviation_id: UUID, lots: Iterable[DeviationLot], report: Report, overtaken_by: int | None = None
) -> list[DeviationLot]:
    """Mark those that a later revision leaves out, take back those that it names again, and give those that are new.

    Of a revision that is ``overtaken_by`` another what it alone names was named, and is left out. All lots of a
    deviation that a partner's system reported are that system's: nobody else adds any.
    """
    known = {lot.lot_id: lot for lot in lots}
    named = {lot.id for lot in report.lots}
    for id, lot in known.items() if overtaken_by is None else ():
        if id in named:
            lot.left_out_by_revision = None
        elif lot.left_out_by_revision is None:
            lot.left_out_by_revision = report.revision
    new = [DeviationLot.of(deviation_id, lot, report.batches.get(lot.id)) for lot in report.lots if lot.id not in known]
    for lot in new:
        lot.left_out_by_revision = overtaken_by
    return new


def maker_at(site_id: UUID, owner: UUID, lots: Iterable[Lot]) -> UUID:
    """Whose a deviation at a site is: its owner's, or of lots that another one made there this maker's.

    Raises RuleViolated for lots of several owners of the site: neither may learn of the other's.
    """
    makers = {lot.partner_id for lot in lots if lot.site_id == site_id}
    if len(makers) > 1:
        why = "the lots were made by several owners of the site, of which none may learn of the others'"
        raise RuleViolated(f"{why}: record one for each of them", fields=["batch_ids", "lots"])
    return makers.pop() if makers else owner


def parties_of(partner_id: UUID, makers: Iterable[UUID]) -> list[UUID]:
    """Whose deviation it is, and the maker of the lots that it concerns, where that is another.

    Raises RuleViolated for the lots of several others: each would read the others' lots in it.
    """
    parties = {partner_id, *makers}
    if len(parties) > 2:
        raise RuleViolated(
            "the lots are of several other makers, none of which may learn of the others': record one for each of them"
        )
    return sorted(parties)


def only_product(lots: Iterable[Lot]) -> UUID | None:
    """The product of all lots, where they are of one."""
    products = {lot.product_id for lot in lots}
    return products.pop() if len(products) == 1 else None


def without_impact(lots: Sequence[DeviationLot]) -> list[str]:
    """The numbers of the batches whose impact nobody stated."""
    return [lot.number for lot in lots if lot.batch_id and not lot.impact]


def batch_ids(lots: Sequence[Lot], batches: Mapping[UUID, UUID]) -> list[UUID]:
    """The batches of the lots, each once."""
    return list(dict.fromkeys(batches[lot.id] for lot in lots if lot.id in batches))
