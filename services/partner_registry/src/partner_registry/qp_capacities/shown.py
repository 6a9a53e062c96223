"""How capacities are shown: one that has ended with the batches that somebody else certifies now."""

from collections.abc import Sequence

from partner_registry.entities.named import entities_of
from partner_registry.matters.model import KnownMatter
from partner_registry.matters.queries import batches_at, unread_work
from partner_registry.matters.schemas import OpenMatter
from partner_registry.qp_capacities.model import QpCapacity
from partner_registry.qp_capacities.schemas import QpCapacityRead, QpNamingState
from runtime.work import Work

OVER = frozenset({QpNamingState.ended, QpNamingState.withdrawn})


async def show(work: Work, capacities: Sequence[QpCapacity]) -> list[QpCapacityRead]:
    """The capacities, and of those that are over the batches that are open at their sites."""
    sites = {site for each in capacities if each.state in OVER for site in each.site_ids}
    batches = await batches_at(work, sites) if sites else ()
    known = not await unread_work(work)
    entities = await entities_of(work, capacities)
    shown = []
    for one in capacities:
        more = {"entity": entities.get(one.legal_entity_id), "open_batches": _left_by(one, batches)}
        shown.append(QpCapacityRead.model_validate(dict(one) | more | {"open_work_known": known}))
    return shown


def _left_by(one: QpCapacity, batches: Sequence[KnownMatter]) -> list[OpenMatter]:
    if one.state not in OVER or one.ends_at is None:
        return []
    left = [
        each for each in batches if each.site_id in one.site_ids and (each.since is None or each.since < one.ends_at)
    ]
    return [OpenMatter.model_validate(each, from_attributes=True) for each in left]
