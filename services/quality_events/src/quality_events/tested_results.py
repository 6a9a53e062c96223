"""The result that an investigation is of: which lot was tested, whose it is, and which laboratory found it."""

from uuid import UUID

from sqlmodel import Field, SQLModel

from contracts import Lot


class OfAResult(SQLModel):
    """What an investigation has of its result as readers see it, whether that is out of specification or of trend."""

    result_id: UUID
    batch_id: UUID | None = Field(default=None, foreign_key="batch.id")
    """None for a raw material's lot."""
    lot_id: UUID
    lot_number: str
    material: str
    product_id: UUID | None = None
    site_id: UUID
    partner_id: UUID
    laboratory_site_id: UUID
    laboratory_partner_id: UUID
    test: str
    unit: str

    @property
    def lot(self) -> Lot:
        """The lot as facts name it."""
        return Lot(
            id=self.lot_id,
            number=self.lot_number,
            material=self.material,
            product_id=self.product_id,
            site_id=self.site_id,
            partner_id=self.partner_id,
        )
