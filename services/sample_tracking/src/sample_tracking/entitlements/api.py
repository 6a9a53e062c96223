"""HTTP words for entitlements."""

from contracts import Role
from sample_tracking.entitlements import commands, queries
from sample_tracking.entitlements.model import Entitlement
from sample_tracking.entitlements.schemas import EntitlementRead, SetEntitlement
from serving.actions import Actions

entitlements = Actions("entitlements", Entitlement, EntitlementRead, queries.show)
entitlements.create(commands.set_entitlement, SetEntitlement, Role.quality)
entitlements.get()
entitlements.list(
    queries.FILTERS,
    "How laboratories stand to methods, each setting with the day from which it holds. The last before a day decides.",
)
