"""Reading definitions and targets."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func
from sqlalchemy.orm import aliased
from sqlmodel import col, select

from kpi.definitions.model import KpiDefinition, KpiTarget
from runtime.problems import NotFound
from runtime.work import Work


def current() -> Select[Any]:
    """The newest formula of each KPI."""
    newer = aliased(KpiDefinition)
    newest = select(func.max(newer.formula_version)).where(newer.code == KpiDefinition.code).scalar_subquery()
    return select(KpiDefinition).where(KpiDefinition.formula_version == newest)


async def definition(work: Work, code: str, formula_version: int | None = None) -> KpiDefinition:
    """A KPI's newest formula, or the one of a version. Raises NotFound."""
    query = select(KpiDefinition).where(KpiDefinition.code == code)
    if formula_version is not None:
        query = query.where(KpiDefinition.formula_version == formula_version)
    found = await work.session.scalar(query.order_by(col(KpiDefinition.formula_version).desc()).limit(1))
    if found is None:
        raise NotFound("KPI", code if formula_version is None else f"{code} with formula version {formula_version}")
    return found


async def records(work: Work, code: str) -> list[UUID]:
    """The ids of all that a KPI is: the versions of its formula and its targets. Raises NotFound."""
    await definition(work, code)
    versions = await work.session.scalars(select(KpiDefinition.id).where(KpiDefinition.code == code))
    return [*versions, *await work.session.scalars(select(KpiTarget.id).where(KpiTarget.code == code))]


async def targets(work: Work, codes: Sequence[str]) -> dict[str, list[KpiTarget]]:
    """The targets of KPIs that the caller may see, the general one first."""
    rows = await work.session.scalars(select(KpiTarget).where(col(KpiTarget.code).in_(codes)))
    found: dict[str, list[KpiTarget]] = {code: [] for code in codes}
    for target in sorted(rows, key=lambda target: target.precedence):
        found[target.code].append(target)
    return found


async def target(work: Work, code: str, partner_id: UUID | None, product_id: UUID | None) -> KpiTarget | None:
    """The target that was set for exactly this partner and product (None: in general)."""
    return await work.session.scalar(
        select(KpiTarget).where(
            KpiTarget.code == code,
            col(KpiTarget.partner_id).is_not_distinct_from(partner_id),
            col(KpiTarget.product_id).is_not_distinct_from(product_id),
        )
    )
