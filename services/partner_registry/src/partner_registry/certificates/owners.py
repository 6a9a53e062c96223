"""What becomes of a certificate when its site is sold: that of the premises goes on, as the buyer's own record."""

from datetime import date, datetime
from typing import Any, Final
from uuid import uuid4

from contracts import Fact
from contracts import partner_registry as facts
from contracts.partner_registry import CertificateKind, CertificateState
from partner_registry.certificates.model import Certificate
from partner_registry.sites.model import Site

OF_THE_PREMISES: Final = frozenset({CertificateKind.gmp, CertificateKind.gdp})
"""Kinds of what an authority says of the premises. An authorisation, an accreditation or an ISO certificate is of the
company that has it, and stays with that."""
_PRINTED: Final = (
    *("state", "kind", "holder", "certificate_number", "authority", "activities", "dosage_forms", "inspected_on"),
    *("valid_from", "valid_to", "ends_on", "ends_at", "digest", "authority_register", "checked_on", "checked_by"),
    *("extensions", "warned_days"),
)
_WHY: Final = "restricted while the site was its former owner's"


def goes_with_the_site(found: Certificate) -> bool:
    """Whether it does: one of the premises that counts. What nobody has confirmed the buyer records itself."""
    return found.kind in OF_THE_PREMISES and found.state == CertificateState.valid


def left(found: Certificate, on: date) -> None:
    """The site belongs to another partner since a local day: the seller keeps the record as it was, to that day."""
    found.site_sold_on = on


def carried_on(found: Certificate, site: Site, number: str, by: str, now: datetime) -> tuple[Certificate, list[Fact]]:
    """The buyer's own record of it, and what the buyer is told: it is there, and was found in the register.

    Why it was restricted was said to the seller, and is not in it.
    """
    printed: dict[str, Any] = {name: getattr(found, name) for name in _PRINTED}
    remains = [each | {"reason": _WHY} for each in found.restrictions]
    made = Certificate(
        **printed, id=uuid4(), number=number, site_id=site.id, partner_id=site.partner_id, parties=[site.partner_id],
        recorded_by=by, restrictions=remains,
    )  # fmt: skip
    found.carried_on_by = made.id
    return made, [made.told(facts.CertificateRecorded, now), made.told(facts.CertificateConfirmed, now)]
