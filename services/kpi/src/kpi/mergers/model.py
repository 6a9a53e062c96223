"""A partner that is no more since a day."""

from datetime import date
from uuid import UUID

from sqlmodel import Field

from gxp.clocks import ONE_DAY
from kpi.metadata import Table


class AbsorbedPartner(Table, table=True):
    """Into which one a partner merged. Its id is the partner's: what was measured of it stays its own."""

    __tablename__ = "absorbed_partner"

    id: UUID = Field(primary_key=True)
    successor_number: str
    effective_on: date
    """The first day on which there is only the successor."""

    @property
    def ended_on(self) -> date:
        """The last day on which it was there."""
        return self.effective_on - ONE_DAY

    @property
    def end_reason(self) -> str:
        """What became of it, in words."""
        return f"merged into {self.successor_number} on {self.effective_on}"

    def is_over(self, last_month: date) -> bool:
        """Whether a window that ends in a month, by its first day, ends after the last one in which it was there."""
        return last_month >= self.effective_on
