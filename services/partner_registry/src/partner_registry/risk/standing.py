"""What is in force of a site's risk: the last signature, and the floors of facts that no signature covers."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, Self
from uuid import UUID

from sqlmodel import Field, String

from contracts.oversight import RiskBand, RiskDimension, RiskScoreChanged
from partner_registry.metadata import INSTANT, Table
from partner_registry.risk import scoring
from partner_registry.risk.model import RiskAssessment
from partner_registry.risk.schemas import SiteRiskFields
from partner_registry.sites.model import Site
from runtime.work import Versioned

_SIGNED: Final = {
    "signed_band": "band", "assessment_id": "id", "scale_version": "scale_version", "worst_score": "worst_score",
    "trajectory": "trajectory",
}  # fmt: skip
"""What is in force of a signed assessment as it was signed, by the name under which it stands here."""


class RiskFloor(Table, table=True):
    """At least which band a dimension has since a fact, until an assessment is signed that covers it."""

    __tablename__ = "risk_floor"

    id: UUID = Field(primary_key=True)
    site_id: UUID = Field(foreign_key="site.id")
    cause: str
    fact: str
    dimension: RiskDimension = Field(sa_type=String)
    band: RiskBand = Field(sa_type=String)
    for_cause: bool
    """Whether it is one after which a site is audited for cause."""
    holds_from: datetime = Field(sa_type=INSTANT)
    """The fact's moment."""
    due_at: datetime = Field(sa_type=INSTANT)


class SiteRisk(SiteRiskFields, Versioned, Table, table=True):
    """A site's risk as it stands. Its id is the site's."""

    __tablename__ = "site_risk"

    @property
    def parties(self) -> tuple[()]:
        """No partner hears of it."""
        return ()

    @classmethod
    def of(cls, site: Site) -> Self:
        """That of a site of which nothing is known."""
        return cls(id=site.id, site_id=site.id, partner_id=site.partner_id)

    def stand(
        self, signed: RiskAssessment | None, floors: Sequence[RiskFloor], at: datetime
    ) -> RiskScoreChanged | None:
        """Take what is in force from the last signature and the floors that hold; the fact, where that is a change.

        The same, whatever order the facts came in.
        """
        before, stood = self.band, self._shown()
        scores = signed.scores if signed else {}
        held = {each: scoring.worst(one.band for one in floors if one.dimension == each) for each in RiskDimension}
        self.at_least = signed is None or signed.at_least
        for field, of in _SIGNED.items():
            setattr(self, field, getattr(signed, of) if signed else None)
        self.band = scoring.worst([self.signed_band, *held.values()])
        self.provisional = any(held.values())
        self.dimensions = [
            {"dimension": each, "score": scores[each].value, "band": scores[each].band, "floor": held[each]}
            if each in scores
            else {"dimension": each, "score": None, "band": None, "floor": held[each]}
            for each in RiskDimension
        ]
        by_facts = [f"{one.dimension}: {one.cause}" for one in sorted(floors, key=lambda one: (one.holds_from, one.id))]
        self.drivers = [*by_facts, *(signed.drivers if signed else ())]
        self.due_at = min((one.due_at for one in floors), default=None)
        if self.band is None or self._shown() == stood:
            return None
        return RiskScoreChanged.of(self, at, before=before, site_id=self.site_id)

    def _shown(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in SiteRiskFields.model_fields}
