"""Continued process verification, as it was made at one moment."""

from datetime import datetime

from contracts.transfer_batches import ProcessVerified, RunSignal, VerifiedAttribute
from tech_transfer.metadata import Table
from tech_transfer.transfers.part import PartOfTransfer
from tech_transfer.verifications.schemas import ProcessVerificationFields, VerifiedAttributeRead


class ProcessVerification(ProcessVerificationFields, PartOfTransfer, Table, table=True):
    """It stays as it was made; the next one looks at more lots. The sending unit is no party to it."""

    __tablename__ = "process_verification"

    def told(self, found: list[VerifiedAttributeRead], now: datetime) -> ProcessVerified:
        """What others may know of it."""
        names = ("attribute", "lots", "n", "ppk", "lower95", "verdict")
        attributes = [
            VerifiedAttribute(
                **{name: getattr(each.capability, name) for name in names},
                signals=tuple(RunSignal(rule=signal.rule, lot=signal.lot) for signal in each.signals),
            )
            for each in found
        ]
        return self.tell(ProcessVerified, now, verification_id=self.id, attributes=tuple(attributes))
