"""HTTP words for target profiles."""

from contracts import Role
from serving.actions import Actions
from tech_transfer.target_profiles import commands, queries
from tech_transfer.target_profiles.model import TargetProfile
from tech_transfer.target_profiles.schemas import ProfileRead, ReviseProfile, StateProfile

target_profiles = Actions("target-profiles", TargetProfile, ProfileRead, queries.show)
target_profiles.create(commands.state, StateProfile, Role.msat)
target_profiles.post("revision", TargetProfile.revise, ReviseProfile, commands.revise)
target_profiles.get()
target_profiles.list(queries.FILTERS)
