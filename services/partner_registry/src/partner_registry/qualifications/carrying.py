"""Which kinds of certificate carry which work."""

from collections.abc import Collection
from typing import Final

from contracts.partner_registry import CertificateKind
from partner_registry.sites.model import Activity

_COVERS: Final = {
    Activity.testing: {CertificateKind.gmp, CertificateKind.accreditation},
    Activity.storage: {CertificateKind.gmp, CertificateKind.gdp},
    Activity.distribution: {CertificateKind.gdp},
}


def kinds_for(activity: Activity) -> Collection[CertificateKind]:
    """What kinds of certificate carry an activity; all that is made is carried by one of GMP."""
    return _COVERS.get(activity, {CertificateKind.gmp})
