"""What becomes of a certificate when its site is sold: that of the premises goes on, as the buyer's own record."""

from datetime import date, datetime
from typing import Any, Final
from uuid import uuid4

from contracts import Fact
from contracts import partner_registry as facts
from contracts.partner_registry import CertificateKind, CertificateState
from partner_registry.certificates.model import CONFIRMED, Certificate
from partner_registry.sites.model import Site

OF_THE_PREMISES: Final = frozenset({CertificateKind.gmp, CertificateKind.gdp})
"""Kinds of what an authority says of the premises. An authorisation, an accreditation or an ISO certificate is of the
company that has it, and stays with that."""
_PRINTED: Final = (
    *("state", "kind", "holder", "certificate_number", "authority", "activities", "dosage_forms", "inspected_on"),
    *("valid_from", "valid_to", "ends_on", "ends_at", "digest", "authority_register", "checked_on", "checked_by"),
    *("extensions", "warned_days", "withdrawn_on", "non_compliance"),
)
_WHY: Final = "restricted while the site was its former owner's"
_WITHDRAWN: Final = "withdrawn before the sale of the site was recorded"


def goes_with_the_site(found: Certificate, on: date) -> bool:
    """Whether it does: one of the premises that counts, or did on a day since the sale, which is told late.

    What nobody has confirmed the buyer records itself.
    """
    counted = (found.ends_on or date.max) >= on and (found.withdrawn_on or date.max) > on
    once = found.state == CertificateState.valid or (found.state in CONFIRMED and counted)
    return found.kind in OF_THE_PREMISES and once


def left(found: Certificate, on: date) -> None:
    """The site belongs to another partner since a local day: the seller keeps the record as it was, to that day."""
    found.site_sold_on = on


def carried_on(
    found: Certificate, site: Site, number: str, by: str, now: datetime, followed: bool = False
) -> tuple[Certificate, list[Fact]]:
    """The buyer's own record of it, and what the buyer is told: it is there, was found in the register, and its end.

    Why it was restricted or withdrawn was said to the seller, and is not in it.
    """
    printed: dict[str, Any] = {name: getattr(found, name) for name in _PRINTED}
    remains = [each | {"reason": _WHY} for each in found.restrictions]
    made = Certificate(
        **printed, id=uuid4(), number=number, site_id=site.id, partner_id=site.partner_id, parties=[site.partner_id],
        recorded_by=by, restrictions=remains,
    )  # fmt: skip
    found.carried_on_by = made.id
    told = [made.told(facts.CertificateRecorded, now), made.told(facts.CertificateConfirmed, now)]
    return made, [*told, *_ended(made, now, followed)]


def _ended(made: Certificate, now: datetime, followed: bool) -> list[Fact]:
    if made.state == CertificateState.withdrawn:
        said = {"effective_on": made.withdrawn_on, "non_compliance": made.non_compliance, "reason": _WITHDRAWN}
        return [made.told(facts.CertificateWithdrawn, now, **said, wholly=True)]
    if made.state == CertificateState.expired and made.ends_at:
        return [made.told(facts.CertificateExpired, made.ends_at, followed=followed)]
    return []
