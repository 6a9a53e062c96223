"""HTTP words for definitions and targets."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Query
from pydantic import Field

from contracts import Role
from kpi.definitions import commands, queries
from kpi.definitions.model import KpiDefinition, KpiTarget
from kpi.definitions.schemas import DefineKpi, Formula, KpiRead, MeasureRead, SetTarget, TargetRead
from kpi.dimensions.queries import registered
from kpi.dimensions.schemas import NONE, Dimension
from kpi.measures import MEASURES
from kpi.mergers.commands import absorbed
from kpi.mergers.model import AbsorbedPartner
from runtime.access import READERS, SPONSORS, allowed, requirement
from runtime.bodies import Plain
from runtime.problems import NotFound, Problem
from runtime.routes import Command, CommandRoute, QueryRoute
from runtime.routes import Query as Reading
from runtime.work import Work
from serving import cursors, history, listing
from serving.history import HistoryEntry
from serving.paging import Page, Part
from serving.shown import Allowed

writing = APIRouter(prefix="/kpis", tags=["kpis"], route_class=CommandRoute)
reading = APIRouter(prefix="/kpis", tags=["kpis"], route_class=QueryRoute)
measures = APIRouter(prefix="/measures", tags=["kpis"], route_class=QueryRoute)
FormulaVersion = Annotated[Annotated[int, Field(ge=1), Plain] | None, Query(description="default: the newest")]
OfPartner = Annotated[str | None, Query(description="a partner's id or number; absent: all partners")]
OfProduct = Annotated[str | None, Query(description="a product's id or code; absent: all products")]


async def _whose(work: Work, partner: str | None, product: str | None) -> tuple[UUID | None, UUID | None]:
    if product == NONE:
        raise Problem(422, "unknown-product", "a target is of a product or of all products")
    return (
        await registered(work, Dimension.partner, partner) if partner else None,
        await registered(work, Dimension.product, product) if product else None,
    )


@writing.post("", status_code=201)
@allowed(Role.quality, Role.governance)
async def define(body: DefineKpi, work: Command) -> KpiRead:
    """Add a KPI from measures that exist; it is computed at once, over all facts there are."""
    return (await _shown(work, [await commands.define(work, body)]))[0]


@writing.post("/{code}/versions", status_code=201)
@allowed(Role.quality, Role.governance)
async def redefine(code: str, body: Formula, work: Command) -> KpiRead:
    """Give a KPI another formula: its next version. Targets stay."""
    return (await _shown(work, [await commands.redefine(work, code, body)]))[0]


@writing.put("/{code}/target")
@allowed(Role.quality, Role.governance)
async def set_target(
    code: str, body: SetTarget, work: Command, partner: OfPartner = None, product: OfProduct = None
) -> TargetRead:
    """Set the target: the general one, or of a partner, a product or both. `If-Match: *` sets the first one."""
    target = await commands.set_target(work, code, body, *await _whose(work, partner, product))
    return TargetRead.of(target, {})  # of a partner that is no more none is set


@reading.get("/{code}/target")
@allowed(*READERS)
async def read_target(code: str, work: Reading, partner: OfPartner = None, product: OfProduct = None) -> TargetRead:
    """The target that was set for exactly this partner and product."""
    target = await queries.target(work, code, *await _whose(work, partner, product))
    if target is None:
        raise NotFound("such target of KPI", code)
    work.subject = target
    return TargetRead.of(target, await _over(work, [target]))


@reading.get("/{code}")
@allowed(*READERS)
async def read(code: str, work: Reading, formula_version: FormulaVersion = None) -> KpiRead:
    """One KPI with its newest formula, or that of a version, and its targets."""
    work.subject = definition = await queries.definition(work, code, formula_version)
    return (await _shown(work, [definition]))[0]


@reading.get("/{code}/history", name="history")
@allowed(*(READERS & SPONSORS))
async def past(code: str, work: Reading, part: Part) -> Page[HistoryEntry]:
    """Each version of the formula and each change of a target with who, when and why, oldest first."""
    return await history.read(work, await queries.records(work, code), part, {})


async def _shown(work: Work, definitions: Sequence[KpiDefinition]) -> list[KpiRead]:
    targets = await queries.targets(work, [definition.code for definition in definitions])
    over = await _over(work, [target for of_one in targets.values() for target in of_one])
    shown = {code: [TargetRead.of(target, over) for target in of_one] for code, of_one in targets.items()}
    return [KpiRead.of(each, shown[each.code], _allowed(work, each)) for each in definitions]


async def _over(work: Work, targets: Sequence[KpiTarget]) -> Mapping[UUID, AbsorbedPartner]:
    return await absorbed(work, {each.partner_id for each in targets if each.partner_id})


def _allowed(work: Work, definition: KpiDefinition) -> list[Allowed]:
    # A formula goes through no states: whoever may change it may do so at any time.
    here = f"{work.root_path}/v1/kpis/{definition.code}"
    steps: dict[Callable[..., Any], Allowed] = {
        redefine: Allowed(name="redefine", method="POST", path=f"{here}/versions"),
        set_target: Allowed(name="set_target", method="PUT", path=f"{here}/target"),
    }
    return [step for route, step in steps.items() if requirement(route).permits(work.principal, definition)]


listing.add(
    reading,
    "",
    KpiDefinition,
    KpiRead,
    _shown,
    listing.equal(KpiDefinition, "code", "family"),
    readers=READERS,
    about="The KPIs, each with its newest formula.",
    of=lambda _: queries.current(),
)


@measures.get("")
@allowed(*READERS)
async def list_measures(part: Part) -> Page[MeasureRead]:
    """What is measured: the words from which a KPI can be made."""
    codes = list(MEASURES)
    (last,) = cursors.decode("measures", part.cursor, codes.index) if part.cursor else (-1,)
    shown, more = cursors.part(codes[last + 1 :], part.limit, "measures", lambda code: [code])
    return Page(items=[MeasureRead.model_validate(MEASURES[code]) for code in shown], next=more)
