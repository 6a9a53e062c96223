"""HTTP words for certificates."""

from partner_registry.certificates import commands, queries
from partner_registry.certificates.model import RECORDERS, Certificate
from partner_registry.certificates.schemas import (
    CertificateRead,
    ConfirmCertificate,
    ExtendCertificate,
    RecordCertificate,
    RestrictCertificate,
    WithdrawCertificate,
)
from partner_registry.names import zone
from runtime.bodies import Reason
from serving.actions import Actions

LOADS = {"zone": zone, "followed": queries.is_followed}
certificates = Actions("certificates", Certificate, CertificateRead, queries.show, loads=LOADS)
certificates.create(commands.record, RecordCertificate, *RECORDERS)
certificates.post("confirmation", Certificate.confirm, ConfirmCertificate)
certificates.post("refusal", Certificate.refuse, Reason)
certificates.post("extension", Certificate.extend, ExtendCertificate)
certificates.post("restriction", Certificate.restrict, RestrictCertificate, commands.restrict)
certificates.post("withdrawal", Certificate.withdraw, WithdrawCertificate, commands.withdraw)
certificates.get()
certificates.list(queries.FILTERS)
