"""Reads of target profiles."""

from serving.listing import equal
from tech_transfer.target_profiles.model import TargetProfile
from tech_transfer.target_profiles.schemas import ProfileRead
from tech_transfer.transfers.shown import showing

FILTERS = equal(TargetProfile, "transfer_id", "product_id")

show = showing(ProfileRead)
