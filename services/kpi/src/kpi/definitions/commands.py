"""Use cases of definitions and targets."""

from uuid import UUID

from sqlmodel import func, select

from kpi.definitions import queries
from kpi.definitions.model import Direction, KpiDefinition, KpiTarget, in_order
from kpi.definitions.schemas import DefineKpi, Formula, SetTarget
from kpi.mergers.commands import absorbed
from runtime.problems import Problem, RuleViolated
from runtime.work import Work


async def define(work: Work, body: DefineKpi) -> KpiDefinition:
    """Add a KPI. Raises RuleViolated for a code that is taken."""
    if await work.session.scalar(select(KpiDefinition).where(KpiDefinition.code == body.code)):
        raise RuleViolated(f"the code {body.code} is taken; a changed formula is posted to /kpis/{body.code}/versions")
    return work.add(KpiDefinition(formula_version=1, **body.model_dump()))


async def redefine(work: Work, code: str, body: Formula) -> KpiDefinition:
    """Give a KPI another formula: its next version. What was computed with an older one can still be asked for."""
    await work.get(KpiDefinition, (await queries.definition(work, code)).id)
    # After the lock: another change of this formula may have been waited for.
    last = await work.session.scalar(select(func.max(KpiDefinition.formula_version)).where(KpiDefinition.code == code))
    work.subject = work.add(KpiDefinition(code=code, formula_version=(last or 0) + 1, **body.model_dump()))
    return work.subject


async def set_target(
    work: Work, code: str, body: SetTarget, partner_id: UUID | None, product_id: UUID | None
) -> KpiTarget:
    """Set what is aimed at, in general or for a partner, a product or both.

    Raises RuleViolated when the bounds are out of order or the partner merged into another one, and a 412 Problem when
    If-Match names a version of a target that does not exist.
    """
    if partner_id and (over := (await absorbed(work, [partner_id])).get(partner_id)):
        raise RuleViolated(f"the partner {over.end_reason}: set a target of that one")
    direction = Direction((await queries.definition(work, code)).direction)
    amber = body.value if body.amber is None else body.amber
    if not in_order(direction, body.value, amber, body.red):
        better = "value >= amber <= red" if direction is Direction.lower_is_better else "value <= amber >= red"
        raise RuleViolated(f"{direction} is better for {code}, so it must hold that {better}")
    if known := await queries.target(work, code, partner_id, product_id):
        target = await work.get(KpiTarget, known.id)
        target.set(body.value, amber, body.red)
        await work.session.flush()  # its version rises with this, and the answer tells it
        return target
    if work.expected_version is not None:
        raise Problem(412, "outdated", "there is no such target yet; send If-Match: * to set the first one")
    target = KpiTarget(
        code=code, partner_id=partner_id, product_id=product_id, value=body.value, amber=amber, red=body.red
    )
    return work.add(target)
