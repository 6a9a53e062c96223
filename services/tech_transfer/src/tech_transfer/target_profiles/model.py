"""The quality target product profile of a transfer and its lifecycle (ICH Q8(R2) 2.1)."""

from collections.abc import Sequence

from contracts import Role
from runtime.lifecycle import transition
from tech_transfer.metadata import Table
from tech_transfer.target_profiles.schemas import ProfileElement, ProfileFields
from tech_transfer.target_profiles.schemas import ProfileState as State
from tech_transfer.transfers.part import PartOfTransfer


class TargetProfile(ProfileFields, PartOfTransfer, Table, table=True):
    """What the product has to be. A transfer has one; both units read it, and each version is in its history."""

    __tablename__ = "target_profile"

    @transition(source={State.stated}, target=None, by={Role.msat})
    def revise(self, elements: Sequence[ProfileElement], reason: str) -> None:
        """It has to be something else from now on."""
        self.elements, self.reason = [each.model_dump() for each in elements], reason
        self.revision += 1
