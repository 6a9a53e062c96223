"""Whether the receiving site may do what is handed over, or is to be assessed for it, as a gate asks: pure rules."""

from collections.abc import Iterable

from contracts.partner_registry import ProductRegistered
from contracts.qualifications import QualificationPlanned, SiteQualificationChanged
from tech_transfer.copies.known import KnownFact
from tech_transfer.gates.dossier import Dossier
from tech_transfer.gates.terms import GateRule, Unit, Unmet
from tech_transfer.qualifications.rules import Asked, is_qualified, is_to_be_assessed


def receiving_site(dossier: Dossier) -> list[Unmet]:
    """It is qualified on its own day for the purpose and the product, or its assessment is planned or goes on.

    Both units read why, and the sending one may be a rival: it does not say what became of which qualification.
    """
    transfer, told = dossier.transfer, dossier.told
    asked = Asked(
        kind=transfer.kind,
        purpose=transfer.purpose,
        product_id=transfer.product_id,
        dosage_form=_dosage_form(told.of(ProductRegistered)),
        day=dossier.today,
        zone=told.time_zone,
    )
    changes, plans = told.of(SiteQualificationChanged), told.of(QualificationPlanned)
    changed, planned = [(each.said, each.sequence) for each in changes], [each.said for each in plans]
    if is_qualified(asked, changed) or is_to_be_assessed(asked, planned, changed):
        return []
    why = f"the receiving site is not qualified for {transfer.purpose} work of this kind, and no assessment is planned"
    lost = [each.recorded_at for each in changes if asked.covered_by(SiteQualificationChanged(**each.said))]
    return [Unmet(GateRule.receiving_site, why, Unit.sponsor, max([dossier.began, *lost]))]


def _dosage_form(registrations: Iterable[KnownFact]) -> str | None:
    """As it was registered last; None where nothing is known."""
    last = max(registrations, key=lambda each: (each.sequence, each.recorded_at, each.id), default=None)
    return last.said["dosage_form"] if last else None
