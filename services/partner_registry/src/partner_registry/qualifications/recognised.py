"""Foreign authorities' inspections that stand for a certificate, for their country is recognised (art. 51(2), MRA)."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from sqlmodel import col, select

from contracts.certifying import RecognisedWork, RecognisingRegime
from contracts.complaints import AuthorityRegime
from contracts.partner_registry import CertificateKind
from partner_registry.certificates.model import Certificate
from partner_registry.inspections.covering import Covered
from partner_registry.inspections.model import Inspection
from partner_registry.known import found_as_known
from partner_registry.mutual_recognition.model import MutualRecognition, recognising
from partner_registry.qualifications.carrying import kinds_for
from partner_registry.sites.model import Activity
from runtime.work import Work

REGIMES: Final = {AuthorityRegime.eu_eea: RecognisingRegime.eu, AuthorityRegime.gb: RecognisingRegime.gb}
"""Whose law recognises what other countries' authorities do, of the laws that markets follow."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """An inspection that counts beside certificates, by which row, and for what."""

    inspection: Inspection
    row: MutualRecognition
    covered: Covered

    def __str__(self) -> str:
        return f"{self.inspection.number} by {self.row.number}"


@dataclass(frozen=True, slots=True)
class Foreign:
    """What may be recognised of sites: inspections with what they cover, and the rows of mutual recognition."""

    inspections: Sequence[Inspection] = ()
    rows: Sequence[MutualRecognition] | None = ()
    """None for a partner: by what the sponsor decides is its own."""

    def of(self, site_id: Any) -> "Foreign":
        """That of one site."""
        return Foreign([each for each in self.inspections if each.site_id == site_id], self.rows)

    def recognised(
        self,
        held: Sequence[Certificate],
        activity: Activity,
        form: str | None,
        day: date,
        as_of: datetime,
        regimes: Collection[RecognisingRegime] = tuple(RecognisingRegime),
    ) -> Recognised | None:
        """The first that carries a work at the site on a local day, as it was known at an instant.

        ``held`` are the site's certificates: what was taken back from one of them, of this work, no earlier inspection
        heals.
        """
        if any(each.takes_back(activity, form, day) for each in held):
            return None
        of_it = [each for each in held if each.issued.covers(activity, form)]
        withdrawn = (each.withdrawn_on for each in of_it if each.withdrawn_on and each.withdrawn_on <= day)
        taken_back = max(withdrawn, default=date.min)
        for inspection, covered in self._covering(activity, form, day, as_of):
            if covered.decided_on <= taken_back:
                continue
            rows = [each for each in self.rows or () if each.regime in regimes and each.country == covered.country]
            row, _ = recognising(rows, RecognisedWork.inspection, covered.product_kind, day)
            if row:
                return Recognised(inspection, row, covered)
        return None

    def undecided(self, activity: Activity, form: str | None, day: date, as_of: datetime) -> bool:
        """Whether one would carry the work if its country is recognised, which who asks may not know."""
        return self.rows is None and bool(self._covering(activity, form, day, as_of))

    def _covering(
        self, activity: Activity, form: str | None, day: date, as_of: datetime
    ) -> list[tuple[Inspection, Covered]]:
        if CertificateKind.gmp not in kinds_for(activity):
            return []
        found = [(each, each.covers_on(day, as_of)) for each in self.inspections]
        return [(each, covered) for each, covered in found if covered and covered.scope.covers(activity, form)]


async def foreign(work: Work, site_ids: Collection[Any] | None = None, as_of: datetime | None = None) -> Foreign:
    """What may be recognised at sites, by the rows as they were known at an instant; at all where none are named."""
    of = Inspection
    query = select(of).where(of.outcome != None).order_by(col(of.id))  # noqa: E711
    query = query if site_ids is None else query.where(col(of.site_id).in_(site_ids))
    found = [each for each in await work.session.scalars(query) if each.readings]
    if work.principal.partner_id is not None:
        return Foreign(found, None)
    countries = {read["country"] for each in found for read in each.readings or ()}
    of_them = select(MutualRecognition).where(col(MutualRecognition.country).in_(countries))
    by_age = of_them.order_by(col(MutualRecognition.id))
    return Foreign(found, await found_as_known(work, by_age, as_of) if countries else ())
